import { ErrorCode, HttpError } from '../common/http-error.ts'

/** The first entry that blocks the target, if any. See LinkConfig.denylist for the forms. Pure. */
export function blockingEntry(target: URL, denylist: readonly string[]): string | undefined {
  return denylist.find((entry) => blocks(entry, target))
}

function blocks(entry: string, target: URL): boolean {
  const slash = entry.indexOf('/')
  const host = (slash < 0 ? entry : entry.slice(0, slash)).toLowerCase()
  const path = slash < 0 ? '' : entry.slice(slash)
  const targetHost = target.hostname.replace(/\.$/, '')
  const hostMatches = host === '' || targetHost === host || targetHost.endsWith(`.${host}`)
  return hostMatches && target.pathname.startsWith(path)
}

/** Names a host of two labels or more, or a path of three characters or more: anything less would block what nobody meant. Pure. */
export function isSpecific(entry: string): boolean {
  const [host = ''] = entry.split('/', 1)
  const path = entry.slice(host.length).replaceAll('/', '')
  return /[^.]\.[^.]/.test(host) || path.length >= 3
}

/** Throws an HttpError for a target that is blocked. */
export function refuseBlocked(target: URL, denylist: readonly string[]): void {
  if (blockingEntry(target, denylist) === undefined) return
  throw new HttpError(403, ErrorCode.linkBlocked, `Links to ${target.host} are blocked`)
}
