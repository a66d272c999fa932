import {
  fail,
  figureText,
  inconclusive,
  linkCountsSince,
  pass,
  type BreakpointSearch,
  type Emit,
  type LinkCount,
  type LoadProfile,
  type Verdict,
} from '../core/index.ts'
import { firstToBreak, firstToBreakText, withoutCut } from '../judge/index.ts'
import {
  awaitRecovery,
  durationOr,
  judgeTrial,
  searchBreakpoint,
  type BreakpointResult,
  type LoadResult,
} from '../load/index.ts'

const recoverWithinMs = 60_000
/** How often a rate is tried at most of which nothing can be told since the load itself was the limit. */
const triesIfLimited = 3

/** What a search is made on. */
export interface SearchOptions {
  readonly profile: LoadProfile
  readonly run: (
    profile: LoadProfile,
    /** `isProbe`: only to see whether the system is back. */
    at: { readonly rate: number; readonly isProbe?: boolean },
  ) => Promise<LoadResult>
  /** What passed through links so far. */
  readonly counted: () => Promise<readonly LinkCount[]>
  readonly emit: Emit
  /** Ms on a clock that does not jump. */
  readonly now: () => number
  readonly signal: AbortSignal
}

/** Runs the one executor of the profile at one rate after the other, and writes down what was found. Fails when not even the first rate holds. */
export async function searchOnStack(
  search: BreakpointSearch,
  options: SearchOptions,
): Promise<Verdict> {
  const { profile, run, counted, emit, now, signal } = options
  const broken = new Map<number, readonly string[]>()
  const untold = new Map<number, readonly string[]>()
  let notBack: readonly string[] = []
  /** What passed through links at the last rate that held. */
  let held: readonly LinkCount[] = []
  const recover = () =>
    awaitRecovery({
      now,
      signal,
      withinMs: durationOr(search.recoverWithin, recoverWithinMs),
      async probe() {
        const at = { rate: search.from, isProbe: true }
        const { trial, why } = judgeTrial(await run(atRate(profile, search.from, search), at))
        notBack = why
        return trial === 'holds'
      },
    })
  const found = await searchBreakpoint(search, {
    signal,
    recover,
    async attempt(rate) {
      for (let left = triesIfLimited; ; left -= 1) {
        const before = await counted()
        const result = await run(atRate(profile, rate, search), { rate })
        const { trial, why } = judgeTrial(result)
        // What the load itself limited says nothing of the rate: it is tried again, from where the system was.
        const isAgain = !result.selfCheck.ok && left > 1 && !signal.aborted
        if (isAgain && (rate === search.from || (await recover()))) continue
        if (trial === 'unknown') untold.set(rate, why)
        const links = linkCountsSince(before, await counted())
        if (trial === 'holds') held = links
        if (trial === 'breaks') broken.set(rate, brokenFirst(result, links, held))
        return trial
      }
    },
  })
  const first = broken.get(found.breaksAt ?? NaN) ?? []
  emit('load.breakpoint', { ...found, first })
  return verdictOf(search, found, { first, notBack, untold: untold.get(found.unknownAt ?? NaN) })
}

function verdictOf(
  search: BreakpointSearch,
  { holdsAt, unknownAt, unrecoveredAfter }: BreakpointResult,
  why: Readonly<Record<'first' | 'notBack' | 'untold', readonly string[] | undefined>>,
): Verdict {
  const because = (list: readonly string[] = []) => list.join('; ')
  if (unrecoveredAfter !== undefined) {
    const ms = durationOr(search.recoverWithin, recoverWithinMs)
    return inconclusive({
      code: 'not-recovered',
      message: `after ${unrecoveredAfter} per second not even ${search.from} per second held again within ${ms / 1_000} s: ${because(why.notBack)}`,
    })
  }
  if (unknownAt !== undefined) {
    return inconclusive({
      code: 'generator-limited',
      message: `at ${unknownAt} per second nothing could be told: ${because(why.untold)}`,
    })
  }
  if (holdsAt !== undefined) return pass
  return fail({
    code: 'threshold',
    message: `not even ${search.from} per second holds: ${because(why.first)}`,
  })
}

function atRate(
  profile: LoadProfile,
  rate: number,
  { stepDuration }: BreakpointSearch,
): LoadProfile {
  const executors = Object.entries(profile.executors).map(([name, executor]) => [
    name,
    { ...executor, rate, timeUnit: '1s', duration: stepDuration ?? '10s' },
  ])
  return { ...profile, executors: Object.fromEntries(executors) as LoadProfile['executors'] }
}

/** The thresholds that do not hold, the flow that fails most or, where none does, takes longest, and the service at which that shows. */
function brokenFirst(
  { thresholds, metrics }: LoadResult,
  links: readonly LinkCount[],
  held: readonly LinkCount[],
): string[] {
  const service = firstToBreak(withoutCut(links, metrics.cutRequests), held)
  const crossed = thresholds.filter(({ outcome }) => outcome === 'crossed')
  const [worst] = metrics
    .cells()
    .toSorted((a, b) => b.failed / b.count - a.failed / a.count || b.p95 - a.p95)
  return [
    ...crossed.map(({ text, value }) => `${text} (${figureText(value)})`),
    ...(worst
      ? [
          `${worst.flow} as ${worst.actor}: ${worst.failed} of ${worst.count} failed, p95 ${worst.p95} ms`,
        ]
      : []),
    ...(service ? [firstToBreakText(service)] : []),
  ]
}
