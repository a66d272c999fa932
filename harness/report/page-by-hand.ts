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
  /** Cells that failed while it was the last thing in force, judged by nobody. */
  readonly failed: readonly (CellId & { readonly samples: number; readonly failures: number })[]
}

interface Seen extends CellId {
  samples: number
  failures: number
}

interface Taken {
  readonly step: Omit<HandStep, 'failed'>
  readonly cells: Map<string, Seen>
  /** The first failure of a cell that shows a symptom. */
  readonly firstFailures: Map<string, SampleRecord>
}

const mostSteps = 200

/** What was done by hand to a system that stayed up, and what failed meanwhile. */
export class HandFold {
  readonly #taken = new Map<string, Taken>()
  #known: ReadonlySet<string> = new Set()
  #text = ''
  /** Names of steps in force, in order. */
  #inForce: string[] = []
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
      case 'change.applied':
        if (event.replicas.length === 0) return
        this.#alter(event.atMs, [...this.#without(event.change), event.change])
        if (!this.#known.has(event.change)) this.#note(event.change, event)
        return
      case 'change.undone': {
        this.#alter(event.atMs, this.#without(event.change))
        const taken = this.#taken.get(event.change)
        if (taken) this.#set(taken, { undoneMs: event.atMs })
        return
      }
      case 'sample':
        if (event.window === 'transition') this.#takeSample(event)
        return
      default:
        return
    }
  }

  data(): HandStep[] {
    return [...this.#taken.values()].map(({ step, cells }) => ({
      ...step,
      failed: [...cells.values()].filter(({ failures }) => failures > 0),
    }))
  }

  /** What failed first, with the step that it failed under in the place of a window. */
  failures(): SampleRecord[] {
    return [...this.#taken.values()].flatMap(({ step, firstFailures }) =>
      [...firstFailures.values()].map((sample) => ({ ...sample, window: step.name })),
    )
  }

  #without(step: string): string[] {
    return this.#inForce.filter((name) => name !== step)
  }

  #alter(atMs: number, inForce: string[]): void {
    this.#inForce = inForce
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
      cells: known?.cells ?? new Map<string, Seen>(),
      firstFailures: known?.firstFailures ?? new Map<string, SampleRecord>(),
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
    const taken = this.#taken.get(this.#inForce.at(-1) ?? '')
    if (!taken || sample.startMs < this.#sinceMs) return
    const { flow, actor, ok, symptom = 'failed' } = sample
    const key = cellKey(sample)
    const seen: Seen = taken.cells.get(key) ?? { flow, actor, samples: 0, failures: 0 }
    taken.cells.set(key, seen)
    seen.samples += 1
    if (ok) return
    seen.failures += 1
    const first = `${key} ${symptom}`
    if (!taken.firstFailures.get(first)?.exchange) taken.firstFailures.set(first, sample)
  }
}
