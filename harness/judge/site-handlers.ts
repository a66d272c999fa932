import {
  handlerThrew,
  inconclusive,
  pass,
  reasonsOf,
  type JournalEvent,
  type OutsideRecord,
  type Reason,
  type Verdict,
} from '../core/index.ts'

type Request = Pick<OutsideRecord, 'from' | 'method' | 'url'>

/** Inconclusive where code of a site failed: one reason for each place, with the request that it happened on. */
export function checkHandlers(history: readonly JournalEvent[]): Verdict {
  const faults = history.flatMap(faultOf)
  if (faults.length === 0) return pass
  const byPlace = Map.groupBy(faults, ({ what }) => what)
  return inconclusive(...[...byPlace].map(([what, found]) => reasonFor(what, found)))
}

/**
 * Where code of a site failed, what was seen is no word on the system: such a run fails for nothing, and nothing is blamed on the change.
 * What speaks against the system is kept among the reasons.
 */
export function unlessHandlersFailed(history: readonly JournalEvent[], verdict: Verdict): Verdict {
  const handlers = reasonsOf(checkHandlers(history))
  if (verdict.kind !== 'fail' || handlers.length === 0) return verdict
  const others = reasonsOf(verdict).filter(({ code }) => code !== 'site-handler')
  return inconclusive(...handlers, ...others.map(withoutBlame))
}

function withoutBlame(reason: Reason): Reason {
  const { cell, message } = reason
  return cell
    ? { ...reason, message: `${message}; code of a site failed in this run, so nobody is to blame` }
    : reason
}

interface Fault {
  readonly what: string
  readonly request: Request | undefined
}

function faultOf(event: JournalEvent): Fault[] {
  if (event.kind === 'site.failed') return [{ what: event.message, request: event.request }]
  if (event.kind !== 'outside' || !event.note?.startsWith(handlerThrew)) return []
  return [{ what: event.note.slice(handlerThrew.length), request: event }]
}

function reasonFor(what: string, faults: readonly Fault[]): Reason {
  const request = faults.find((fault) => fault.request)?.request
  const on = request
    ? ` on ${request.method} ${request.url}, asked by ${request.from}`
    : ' beside all requests'
  const times = faults.length === 1 ? '' : ` (and ${faults.length - 1}× more)`
  return {
    code: 'site-handler',
    message: `the site's own handler failed${on}${times}, so this run proves nothing: ${what}`,
  }
}
