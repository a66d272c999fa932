import {
  combine,
  count,
  fail,
  inconclusive,
  pass,
  type EventOf,
  type JournalEvent,
  type OutsideCount,
  type OutsideLimit,
  type ReasonCode,
  type Verdict,
  type WindowKind,
} from '../core/index.ts'
import { checkHandlers } from './site-handlers.ts'

type Asked = EventOf<'outside'>

/** Requests that the journal has as numbers only, since there were too many of them, and those that nothing is known of. */
export interface OutsideRest {
  /** The host '*' stands for several. */
  readonly counts: readonly OutsideCount[]
  /** Records that were overwritten before they were read. */
  readonly lost: number
}

/** too-many: more than the limit. unknown: the journal cannot tell, which is no pass. */
export interface OutsideFinding {
  readonly kind: 'too-many' | 'unknown'
  /** One sentence that needs no context. */
  readonly message: string
}

/** Whether the mocked world was in order, was asked no more often than the scenario allows, and was asked for nothing that it does not know. */
export function checkOutsideWorld(history: readonly JournalEvent[]): Verdict {
  const started = history.find((event) => event.kind === 'run.started')
  const rest = history.findLast((event) => event.kind === 'outside.counted') ?? nothing
  const limits = started?.outside?.maxRequests ?? []
  return combine([
    pass,
    checkHandlers(history),
    ...checkOutsideLimits(history, limits, rest).map(verdictOn),
    ...checkCounted(rest, started?.allowOutside ?? []),
  ])
}

function verdictOn({ kind, message }: OutsideFinding): Verdict {
  const reason = (code: ReasonCode) => ({ code, message })
  switch (kind) {
    case 'too-many':
      return fail(reason('outside-limit'))
    case 'unknown':
      return inconclusive(reason('no-data'))
  }
}

/** What is known by number only must not hide a request that was refused. */
function checkCounted({ counts, lost }: OutsideRest, allowed: readonly string[]): Verdict[] {
  const refused = counts.filter(
    ({ outcome, host }) => outcome === 'refused' && !allowed.includes(host),
  )
  return [
    ...refused.map(({ from, host, count }) => {
      const asked = `${from} asked for ${host} (${count}×, beside those that are listed)`
      return host === '*' && allowed.length > 0
        ? inconclusive({
            code: 'no-data',
            message: `${asked}, too many to say whether all were allowed`,
          })
        : fail({
            code: 'outside-traffic',
            message: `${asked}, which is outside of the mocked world`,
          })
    }),
    ...(lost === 0
      ? []
      : [
          inconclusive({
            code: 'no-data',
            message: `${count(lost, 'request')} to the outside came faster than they could be read, so that nobody knows what they asked for`,
          }),
        ]),
  ]
}

const nothing: OutsideRest = { counts: [], lost: 0 }

/** The findings on each limit that was exceeded, or cannot be judged. Pure; needs every 'outside' event of the history. */
export function checkOutsideLimits(
  history: readonly JournalEvent[],
  limits: readonly OutsideLimit[],
  rest: OutsideRest = nothing,
): OutsideFinding[] {
  const asked = history.filter((event): event is Asked => event.kind === 'outside')
  const spans = spansOf(history)
  // Any of these may have gone to any host.
  const anywhere = rest.lost + countOf(rest, '*')
  return limits.flatMap((limit) => {
    const seen = asked.filter((event) => isMeant(limit, event) && isWithin(limit, event, spans))
    const uncounted = countOf(rest, limit.host)
    const isNarrow = limit.path !== undefined || limit.window !== undefined
    // Of what is known by number only, path and time are not known.
    const certain = seen.length + (isNarrow ? 0 : uncounted)
    if (certain > limit.atMost) return [tooMany(limit, certain, seen)]
    const possible = seen.length + uncounted + anywhere
    return possible > limit.atMost ? [unknown(limit, seen.length, possible)] : []
  })
}

function countOf({ counts }: OutsideRest, asked: string): number {
  return counts.reduce((sum, { host, count }) => sum + (host === asked ? count : 0), 0)
}

function isMeant({ host, path }: OutsideLimit, { url }: Asked): boolean {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed?.hostname !== host) return false
  if (path === undefined) return true
  return path.endsWith('*')
    ? parsed.pathname.startsWith(path.slice(0, -1))
    : parsed.pathname === path
}

interface Span {
  readonly kind: WindowKind
  /** Milliseconds of the epoch. */
  readonly fromMs: number
  readonly toMs: number
}

function isWithin({ window }: OutsideLimit, { askedAt }: Asked, spans: readonly Span[]): boolean {
  if (window === undefined) return true
  return spans.some(
    ({ kind, fromMs, toMs }) => kind === window && askedAt >= fromMs && askedAt < toMs,
  )
}

/** Windows by the clock that requests are stamped with: the start of the run is when that of the run was at 0. */
function spansOf(history: readonly JournalEvent[]): Span[] {
  const started = history.find((event) => event.kind === 'run.started')
  if (started?.kind !== 'run.started') return []
  const offsetMs = Date.parse(started.startedAt)
  const closed = new Map(
    history.flatMap((event) =>
      event.kind === 'window.closed' ? [[event.window.id, event.atMs] as const] : [],
    ),
  )
  return history.flatMap((event) => {
    if (event.kind !== 'window.opened') return []
    const { id, kind } = event.window
    const toMs = offsetMs + (closed.get(id) ?? Infinity)
    return [{ kind, fromMs: offsetMs + event.atMs, toMs }]
  })
}

function tooMany(limit: OutsideLimit, count: number, seen: readonly Asked[]): OutsideFinding {
  const callers = [...Map.groupBy(seen, ({ from }) => from)]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .map(([from, events]) => `${from} ${events.length}×`)
  const by = callers.length === 0 ? '' : `, by ${callers.join(', ')}`
  return {
    kind: 'too-many',
    message: `${nameOf(limit)} was to be asked ${limit.atMost}× at most, and was asked ${count}×${by}`,
  }
}

function unknown(limit: OutsideLimit, least: number, most: number): OutsideFinding {
  return {
    kind: 'unknown',
    message: `whether ${nameOf(limit)} was asked ${limit.atMost}× at most cannot be said: at least ${least}×, at most ${most}×, since not all requests are in the journal one by one`,
  }
}

function nameOf({ host, path, window }: OutsideLimit): string {
  return `${host}${path ?? ''}${window === undefined ? '' : ` during ${window}`}`
}
