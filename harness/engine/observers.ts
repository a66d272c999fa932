import {
  describeError,
  handlerThrew,
  selects,
  type Effect,
  type Emit,
  type EventOf,
  type HttpClient,
  type JournalEvent,
  type OutsideRecord,
  statusStates,
  type StatusPageProbe,
  type StatusReading,
  type Step,
} from '../core/index.ts'
import { isRed, judgeStatusPage, type Span, type StatusPoint } from '../judge/index.ts'
import { OutsideDigest } from './outside-digest.ts'
import type { Clock, RunningStack } from './ports.ts'

const statusEveryMs = 150
const statusTimeoutMs = 2_000
const outsideEveryMs = 250

/** Calls `task` again and again with a pause until the signal fires; resolves when the last call is done. */
async function repeat(
  task: () => Promise<void>,
  everyMs: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await task()
    await clock.sleep(everyMs, signal)
  }
}

/** Reads the status page all the time. A page that cannot be read is 'unknown', with the reason. */
export async function observeStatusPage(
  probe: StatusPageProbe,
  clientFor: (signal: AbortSignal) => HttpClient,
  emit: Emit,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const read = async () => {
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(statusTimeoutMs)])
    try {
      emit('status.read', checkedReading(await probe.read(clientFor(bounded))))
    } catch (error) {
      if (signal.aborted) return
      emit('status.read', { overall: 'unknown', components: {}, error: describeError(error) })
    }
  }
  await repeat(read, statusEveryMs, clock, signal)
}

/** A reading as the scenario's code returned it; throws what is wrong with it. */
function checkedReading(given: Partial<StatusReading> | undefined): StatusReading {
  const { overall, components = {} } = given ?? {}
  const isState = (state: unknown) => (statusStates as readonly unknown[]).includes(state)
  const wrong = Object.entries({ overall, ...components }).find(([, state]) => !isState(state))
  if (overall !== undefined && !wrong) return { overall, components }
  const [name = 'overall', state] = wrong ?? []
  throw new Error(
    `what the status page was read as has '${String(state)}' for ${name}, which is none of ${statusStates.join(', ')}`,
  )
}

/** Copies what the system asked of the outside world into the journal, bounded in size. `close` fetches what is left and says what was only counted. */
export class OutsideObserver {
  /** Asked of the outside so far, written down or not. */
  requests = 0
  #after = 0
  readonly #digest = new OutsideDigest()
  readonly #lastPatienceMs: number
  readonly #stack: RunningStack
  readonly #emit: Emit

  constructor(stack: RunningStack, emit: Emit, lastPatienceMs = 30_000) {
    this.#stack = stack
    this.#emit = emit
    this.#lastPatienceMs = lastPatienceMs
  }

  async run(clock: Clock, signal: AbortSignal): Promise<void> {
    // What could not be fetched is fetched the next time. If that never works, `close` says so.
    await repeat(() => this.#drain().catch(() => undefined), outsideEveryMs, clock, signal)
  }

  /** Throws when the outside world is gone. One that only keeps silent says something, too: code of a site stands in its way. */
  async close(): Promise<void> {
    try {
      await this.#drain(this.#lastPatienceMs)
    } catch (error) {
      if (!isTimeout(error)) throw error
      const message = `what carries all traffic and answers for the sites kept silent for ${this.#lastPatienceMs / 1_000} s at the end: does a handler compute without a pause?`
      this.#emit('site.failed', { failedAt: Date.now(), message })
    }
    const { counts, lost } = this.#digest
    if (counts.length > 0 || lost > 0) this.#emit('outside.counted', { counts, lost })
  }

  async #drain(patienceMs = 5_000): Promise<void> {
    const records = await this.#stack.outside(this.#after, AbortSignal.timeout(patienceMs))
    for (const record of records) {
      const { atMs: askedAt, isAside, ...told } = record
      this.#after = record.seq
      if (!isAside) this.requests += 1
      if (!this.#digest.take(record)) continue
      if (isAside) this.#emit('site.failed', siteFailure(record))
      else this.#emit('outside', { ...told, askedAt })
    }
  }
}

/** Of a wait that ended with its time, whoever tells of it. */
function isTimeout(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return error.name === 'TimeoutError' || isTimeout(error.cause)
}

function siteFailure({ atMs, from, method, url, note = '' }: OutsideRecord) {
  const message = note.startsWith(handlerThrew) ? note.slice(handlerThrew.length) : note
  return { failedAt: atMs, ...(url === '' ? {} : { request: { from, method, url } }), message }
}

/** So many failures in a row, and then so many successes, are no chance: the cell was down, and is up again. */
const downAfter = 3
const upAfter = 8

/** From a failure to the last one before the cell was well again. */
interface Outage extends Span {
  /** How many failures in a row it ended with, and how many successes came since. */
  readonly failedInARow: number
  readonly wellSince: number
  /** Not proven to hold since the one before. */
  readonly isRelapse: boolean
}

/** Remembers when undeclared failures were seen, to compare with what the status page said meanwhile. */
export class BreakageClock {
  /** Of each cell, in order. A cell may fail now and then, or be down now and then. */
  readonly #failing = new Map<string, Outage[]>()
  /** Cells that were proven to hold since they failed last. */
  readonly #well = new Set<string>()
  readonly #broken = new Set<string>()
  /** Cells that suffer from a fault as it was declared. */
  readonly #struck = new Set<string>()
  /** Cells that failed as a step declares, or of which it was not decided whether they are broken: a page may tell of it, and need not. */
  readonly #known = new Set<string>()
  readonly #struckBy: readonly Effect[]
  readonly #declared: readonly Effect[]
  readonly #readings: StatusPoint[] = []
  /** Names of the steps of the scenario. */
  readonly #steps: ReadonlySet<string>
  /** Steps that a person took beside these, and that are in force. */
  readonly #byHand = new Set<string>()
  #sinceMs = Infinity

  constructor(steps: readonly Step[] = []) {
    this.#steps = new Set(steps.map(({ name }) => name))
    this.#declared = steps.flatMap(({ effects }) => effects)
    this.#struckBy = steps.flatMap(({ kind, effects }) => (kind === 'fault' ? effects : []))
  }

  /** Failures count from the moment at which the first change was applied. */
  changeApplied(atMs: number): void {
    this.#sinceMs = Math.min(this.#sinceMs, atMs)
  }

  /** Whether the page as a whole told since then of a failure while it was seen: a reading that no failure follows admits nothing. */
  hasAdmittedSince(ms: number): boolean {
    const spans = [...this.#unwell(this.#broken), ...this.#unwell(this.#struck)]
    return this.#readings.some(
      (reading) =>
        reading.atMs >= ms &&
        isRed(reading) &&
        spans.some(({ fromMs, toMs }) => fromMs <= reading.atMs && reading.atMs <= toMs),
    )
  }

  get readings(): number {
    return this.#readings.length
  }

  readonly listen = (event: JournalEvent): void => {
    switch (event.kind) {
      case 'sample':
        return this.#takeSample(event)
      case 'cell.judged':
        if (event.judgement === 'holds') this.#well.add(keyOf(event))
        if (!event.window.startsWith('change:')) return
        if (event.judgement === 'broken') this.#broken.add(keyOf(event))
        else if (event.judgement === 'effect' && this.#struckBy.some((one) => selects(one, event)))
          this.#struck.add(keyOf(event))
        // What failed, and was not looked at for long enough, is not known to be whole.
        else if (event.judgement === 'undecided') this.#known.add(keyOf(event))
        return
      case 'change.applied':
        if (this.#steps.has(event.change)) return
        this.#byHand.add(event.change)
        // What it alters is not known to be the change's doing from here on.
        for (const key of this.#failing.keys()) this.#well.add(key)
        return
      case 'change.undone':
        this.#byHand.delete(event.change)
        return
      case 'status.read':
        this.#readings.push({
          atMs: event.atMs,
          overall: event.overall,
          anyComponent: Object.values(event.components).some(
            (state) => state === 'degraded' || state === 'outage',
          ),
        })
        return
      default:
        return
    }
  }

  finding(endMs: number) {
    const readings = this.#readings.slice(this.#firstThatCounts())
    const failing = (cells: ReadonlySet<string>) =>
      [...cells].flatMap((key) => this.#failing.get(key) ?? [])
    const [broken, struck, known] = [this.#broken, this.#struck, this.#known]
    return judgeStatusPage(readings, failing(broken), endMs, failing(struck), this.#unwell(known), {
      broken: this.#unwell(broken),
      struck: this.#unwell(struck),
    })
  }

  #unwell(cells: ReadonlySet<string>): Span[] {
    return [...cells].flatMap((key) => unwellIn(this.#failing.get(key) ?? []))
  }

  /** A page that is not green yet while the system starts says nothing wrong: it counts from its first green on, if that came before any change. */
  #firstThatCounts(): number {
    const first = this.#readings.findIndex(({ overall }) => overall === 'operational')
    return first > 0 && (this.#readings[first]?.atMs ?? Infinity) < this.#sinceMs ? first : 0
  }

  #takeSample(sample: EventOf<'sample'>): void {
    const endMs = sample.startMs + sample.durationMs
    if (endMs < this.#sinceMs) return
    const isByHand = this.#byHand.size > 0
    const key = isByHand ? `by hand: ${keyOf(sample)}` : keyOf(sample)
    if (isByHand) this.#known.add(key)
    const outages = this.#failing.get(key) ?? []
    const last = outages.at(-1)
    if (sample.ok) {
      if (last) outages[outages.length - 1] = { ...last, wellSince: last.wellSince + 1 }
      return
    }
    const { symptom = 'failed' } = sample
    const isDeclared = (one: Effect) => one.becomes === symptom || one.becomes === '*'
    if (this.#declared.some((one) => isDeclared(one) && selects(one, sample))) this.#known.add(key)
    const isProven = this.#well.delete(key)
    const isUp = last && last.failedInARow >= downAfter && last.wellSince >= upAfter
    const span = { fromMs: sample.startMs, toMs: endMs }
    this.#failing.set(
      key,
      isProven || isUp || !last
        ? [...outages, { ...span, failedInARow: 1, wellSince: 0, isRelapse: !isProven }]
        : [...outages.slice(0, -1), longer(last, endMs)],
    )
  }
}

function longer(outage: Outage, endMs: number): Outage {
  return {
    ...outage,
    toMs: Math.max(outage.toMs, endMs),
    failedInARow: outage.wellSince > 0 ? 1 : outage.failedInARow + 1,
    wellSince: 0,
  }
}

/** The outages of a cell, where only one that was proven to hold was well in between: meanwhile a page may tell of it. */
function unwellIn(outages: readonly Outage[]): Span[] {
  const spans: Span[] = []
  for (const { isRelapse, fromMs, toMs } of outages) {
    const before = isRelapse ? spans.pop() : undefined
    spans.push({ fromMs: before?.fromMs ?? fromMs, toMs: Math.max(before?.toMs ?? 0, toMs) })
  }
  return spans
}

function keyOf({ flow, actor }: { flow: string; actor: string }): string {
  return `${flow} ${actor}`
}
