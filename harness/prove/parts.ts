import type { Exchange } from '../core/index.ts'

/** One kind of request that a flow makes. */
export interface Part {
  readonly method: string
  /** `*` stands for what differs from one time to the next. */
  readonly path: string
  /** The service whose front door is asked, or the host of a site. */
  readonly to: { readonly service: string } | { readonly host: string }
  readonly answer: 'json' | 'redirect' | 'bytes' | 'empty'
}

type Door = readonly [service: string, url: string]

/** The parts of a flow, from all that it asked in several runs of it; each run asks the same, if not for the same things. */
export function partsOf(runs: readonly (readonly Exchange[])[], doors: readonly Door[]): Part[] {
  // In parallel they come in any order, so that what belongs together is found by the address.
  const sorted = runs.map((run) => run.map((one) => partOf(one, doors)).toSorted(byAddress))
  const [first = [], ...others] = sorted
  const parts = first.map((part, i) =>
    others.reduce((merged, run) => {
      const same = run.length === first.length ? run[i] : undefined
      const isSame = same?.method === merged.method && nameOf(same) === nameOf(merged)
      return isSame ? { ...merged, path: common(merged.path, same.path) } : merged
    }, part),
  )
  return [...new Map(parts.map((part) => [labelOf(part), part])).values()]
}

export function labelOf(part: Part): string {
  return 'host' in part.to
    ? `${part.method} ${part.to.host}${part.path}`
    : `${part.method} ${part.path}`
}

function nameOf({ to }: Part): string {
  return 'host' in to ? to.host : to.service
}

function byAddress(a: Part, b: Part): number {
  return labelOf(a) < labelOf(b) ? -1 : 1
}

function partOf(exchange: Exchange, doors: readonly Door[]): Part {
  const { origin, host, pathname } = new URL(exchange.url)
  const door = doors.find(([, url]) => url === origin)
  return {
    method: exchange.method,
    path: pathname,
    to: door ? { service: door[0] } : { host },
    answer: answerOf(exchange),
  }
}

function answerOf({ status = 0, responseHeaders = {}, responseBody }: Exchange): Part['answer'] {
  if (responseHeaders['location'] !== undefined && status >= 300 && status < 400) return 'redirect'
  if (responseHeaders['content-type']?.includes('json')) return 'json'
  return responseBody ? 'bytes' : 'empty'
}

/** A path with `*` in place of each segment in which two differ. */
function common(a: string, b: string): string {
  const others = b.split('/')
  const segments = a.split('/')
  if (segments.length !== others.length) return '/*'
  return segments.map((segment, i) => (segment === others[i] ? segment : '*')).join('/')
}
