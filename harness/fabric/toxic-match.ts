import type { IncomingMessage } from 'node:http'

import type { ToxicMatch } from '../core/index.ts'

/** Whether a request is one that the toxic is for. */
export function matchesRequest(
  { method, path, headers = {} }: ToxicMatch,
  request: Pick<IncomingMessage, 'method' | 'url' | 'headers'>,
): boolean {
  if (method !== undefined && method.toUpperCase() !== request.method) return false
  const asked = request.url?.replace(/[?#].*$/s, '') ?? '/'
  if (path !== undefined && !matchesPath(path, asked)) return false
  return Object.entries(headers).every(
    ([name, value]) => request.headers[name.toLowerCase()] === value,
  )
}

/** `*` stands for any text. */
function matchesPath(pattern: string, path: string): boolean {
  const source = pattern
    .split('*')
    .map((text) => text.replaceAll(/[\\^$.|?+()[\]{}]/g, String.raw`\$&`))
  return new RegExp(`^${source.join('.*')}$`, 's').test(path)
}
