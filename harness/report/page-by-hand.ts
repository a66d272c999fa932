import { cellKey, type CellId, type JournalEvent, type SampleRecord } from '../core/index.ts'

/** A step that a person took and no scenario has. */
export interface HandStep {
  readonly name: string
  /** What was being done, in words. */
  readonly text: string
  readonly on: readonly string[]
  readonly explain: readonly string[]
  readonly fromMs: number
  /** Absent while it is in force. */
  readonly undoneMs?: number
  /** Cells that failed while it was the step in force that came last, and did not fail so without it; judged by nobody. */
  readonly failed: readonly FailedCell[]
  /** Cells that failed as often without it: by what else was in force, or from the beginning. */
  readonly failedAlready: readonly FailedCell[]
}

type FailedCell = CellId & { readonly samples: number; readonly failures: number }

type Tally = ReadonlyMap<string, FailedCell>

/** What was seen of the cells while a step was the last one in force, and how they fared just before without it. */
interface Span {
  readonly without: Tally
  readonly cells: Map<string, FailedCell>
  /** The first failure of a cell that shows a symptom. */
  readonly firstFailures: Map<string, SampleRecord>
}

interface Taken {
  readonly step: Omit<HandStep, 'failed' | 'failedAlready'>
  readonly spans: Span[]
}

const mostSteps = 200
/** Of a cell that failed before in at least this share of what it fails in now, the step is not to blame. */
const asOften = 0.5

/** What was done by hand to a system that stayed up, and what failed meanwhile. */
export class HandFold {
  readonly #taken = new Map<string, Taken>()
  /** How the cells fared when such steps were in force last, by the steps. */
  readonly #seen = new Map<string, Map<string, FailedCell>>()
  #known: ReadonlySet<string> = new Set()
  #text = ''
  /** What steps in force are on, in order. */
  #inForce = new Map<string, readonly string[]>()
  #now = new Map<string, FailedCell>()
  #span: Span | undefined
  #sinceMs = 0

  readonly take = (event: JournalEvent): void => {
    switch (event.kind) {
      case 'run.started':
        this.#known = new Set(event.changes.map(({ name }) => name))
        return
      case 'hand.acted':
        this.#text = event.text
        this.#sinceMs = event.atMs
        return
      case 'change.applied': {
        const { change, replicas, atMs } = event
        if (replicas.length === 0) return
        if (!this.#known.has(change)) this.#note(change, event)
        const before = this.#inForce.get(change) ?? []
        this.#alter(atMs, [...this.#without(change), [change, [...before, ...replicas]]])
        return
      }
      case 'change.undone': {
        const { change, replicas, atMs } = event
        const left = (this.#inForce.get(change) ?? []).filter(
          (one) => replicas.length > 0 && !replicas.includes(one),
        )
        const others = this.#without(change)
        this.#alter(atMs, left.length === 0 ? others : [...others, [change, left]])
        const taken = this.#taken.get(change)
        if (taken && left.length === 0) this.#set(taken, { undoneMs: atMs })
        return
      }
      case 'sample':
        this.#takeSample(event)
        return
      default:
        return
    }
  }

  data(): HandStep[] {
    return [...this.#taken.values()].map(({ step, spans }) => {
      const of = (isAlready: boolean) =>
        summed(
          spans.flatMap((span) => failedIn(span).filter((one) => isOld(span, one) === isAlready)),
        )
      const failed = of(false)
      const isTold = new Set(failed.map(cellKey))
      return {
        ...step,
        failed,
        failedAlready: of(true).filter((one) => !isTold.has(cellKey(one))),
      }
    })
  }

  /** What failed first, with the step that it failed under in the place of a window. */
  failures(): SampleRecord[] {
    return [...this.#taken.values()].flatMap(({ step, spans }) => {
      const first = new Map<string, SampleRecord>()
      for (const span of spans) {
        const fresh = new Set(
          failedIn(span)
            .filter((one) => !isOld(span, one))
            .map(cellKey),
        )
        for (const [key, sample] of span.firstFailures) {
          if (fresh.has(cellKey(sample)) && !first.get(key)?.exchange) first.set(key, sample)
        }
      }
      return [...first.values()].map((sample) => ({ ...sample, window: step.name }))
    })
  }

  #without(step: string): [string, readonly string[]][] {
    return [...this.#inForce].filter(([name]) => name !== step)
  }

  /** From here on other steps are in force. How the cells fared until now is kept. */
  #alter(atMs: number, inForce: readonly (readonly [string, readonly string[]])[]): void {
    const left = JSON.stringify([...this.#inForce])
    const seen = this.#seen.get(left) ?? new Map<string, FailedCell>()
    for (const [key, cell] of this.#now) seen.set(key, cell)
    this.#seen.set(left, seen)
    const last = inForce.at(-1)?.[0]
    const taken = last === undefined ? undefined : this.#taken.get(last)
    // Where the others were never in force without it, what was before it came is the nearest there is.
    const without =
      this.#seen.get(JSON.stringify(inForce.slice(0, -1))) ?? taken?.spans.at(-1)?.without
    this.#span = taken && {
      without: new Map(without),
      cells: new Map(),
      firstFailures: new Map(),
    }
    if (this.#span) taken?.spans.push(this.#span)
    this.#inForce = new Map(inForce)
    this.#now = new Map()
    this.#sinceMs = atMs
  }

  #note(
    name: string,
    event: { atMs: number; replicas: readonly string[]; explain: readonly string[] },
  ): void {
    const known = this.#taken.get(name)
    if (!known && this.#taken.size >= mostSteps) return
    const { on = [], explain = [], fromMs = event.atMs, text = this.#text } = known?.step ?? {}
    this.#taken.set(name, {
      spans: known?.spans ?? [],
      step: {
        name,
        text,
        on: [...new Set([...on, ...event.replicas])],
        explain: [...new Set([...explain, ...event.explain])],
        fromMs,
      },
    })
  }

  #set(taken: Taken, part: Partial<HandStep>): void {
    this.#taken.set(taken.step.name, { ...taken, step: { ...taken.step, ...part } })
  }

  /** What began before the last thing was done tells of how things were before. */
  #takeSample(sample: SampleRecord): void {
    if (sample.startMs < this.#sinceMs) return
    const { ok, symptom = 'failed' } = sample
    const key = cellKey(sample)
    count(this.#now, sample)
    // What a window is open for is judged there.
    if (!this.#span || sample.window !== 'transition') return
    count(this.#span.cells, sample)
    if (ok) return
    const first = `${key} ${symptom}`
    if (!this.#span.firstFailures.get(first)?.exchange) this.#span.firstFailures.set(first, sample)
  }
}

function count(tally: Map<string, FailedCell>, { flow, actor, ok }: SampleRecord): void {
  const key = cellKey({ flow, actor })
  const { samples, failures } = tally.get(key) ?? { samples: 0, failures: 0 }
  tally.set(key, { flow, actor, samples: samples + 1, failures: failures + (ok ? 0 : 1) })
}

function failedIn({ cells }: Span): FailedCell[] {
  return [...cells.values()].filter(({ failures }) => failures > 0)
}

/** Whether the cell failed as often without the step. */
function isOld({ without }: Span, { samples, failures, ...cell }: FailedCell): boolean {
  const before = without.get(cellKey(cell))
  return before !== undefined && before.failures / before.samples >= (asOften * failures) / samples
}

function summed(cells: readonly FailedCell[]): FailedCell[] {
  const sums = new Map<string, FailedCell>()
  for (const { samples, failures, ...cell } of cells) {
    const key = cellKey(cell)
    const sum = sums.get(key) ?? { samples: 0, failures: 0 }
    sums.set(key, {
      ...cell,
      samples: sum.samples + samples,
      failures: sum.failures + failures,
    })
  }
  return [...sums.values()]
}
