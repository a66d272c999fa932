import {
  describeError,
  HarnessError,
  type Change,
  type Emit,
  type Fault,
  type Step,
  type SystemPort,
} from '../core/index.ts'
import {
  applyToReplicas,
  injectFault,
  stopsWithinMs,
  tryUndo,
  undoAll,
  type Applied,
  type StageResult,
  type Stuck,
} from './apply.ts'
import type { Clock, RunningReplica } from './ports.ts'
import { roundMs } from './round-ms.ts'
import type { EffectInForce } from './effect-in-force.ts'

const defaultTimeoutMs = 120_000

export interface StepsInForceOptions {
  readonly emit: Emit
  readonly clock: Clock
  /** Of the run. */
  readonly signal: AbortSignal
  /** Of each stage, in ms. Default 120,000. */
  readonly timeoutMs?: number | undefined
  /** Throws as soon as what runs the stack went away; its signal is aborted when the task is not waited for any more. */
  readonly unlessLost: <T>(task: (ended: AbortSignal) => Promise<T>) => Promise<T>
}

/** What is applied to the system and not undone: changes on replicas, faults, and the effects that they declare. */
export class StepsInForce {
  readonly #options: StepsInForceOptions
  readonly #applied: Applied[] = []
  /** Declared effects by the step that is in force. */
  readonly #effects = new Map<string, readonly EffectInForce[]>()
  /** Names of steps of which something could not be undone. */
  readonly #stuck = new Set<string>()
  #applyMs: number | undefined

  constructor(options: StepsInForceOptions) {
    this.#options = options
  }

  /** What applying took in all, in ms; undefined before the first step. */
  get applyMs(): number | undefined {
    return this.#applyMs
  }

  /** In order; a step on several replicas more than once. */
  get applied(): readonly Applied[] {
    return this.#applied
  }

  get effects(): readonly EffectInForce[] {
    return [...this.#effects.values()].flat()
  }

  /** Its effects are expected from now on; `everywhere` says whether always. */
  expectEffects(step: Step, everywhere: boolean): void {
    this.#effects.set(
      step.name,
      step.effects.map((effect) => ({ ...effect, everywhere })),
    )
  }

  /** True when the change is in force on all of these replicas. Otherwise the journal says why. */
  apply(change: Change, replicas: readonly RunningReplica[], stage?: number): Promise<boolean> {
    const { emit } = this.#options
    return this.#take(change, applyToReplicas(change, replicas, emit, this.#bounded()), stage)
  }

  /** True when all of the fault is in force. Otherwise the journal says why. */
  inject(fault: Fault, system: SystemPort): Promise<boolean> {
    const { emit } = this.#options
    return this.#take(fault, injectFault(fault, system, emit, this.#bounded()))
  }

  /** Undoes what these steps did, last first; false when something of theirs could not be undone, now or earlier. */
  async undo(names: readonly string[]): Promise<boolean> {
    const own = this.#applied.filter(({ step }) => names.includes(step))
    const others = this.#applied.filter(({ step }) => !names.includes(step))
    this.#applied.splice(0, this.#applied.length, ...others)
    const stuck = await this.#undo(own)
    // What is in its way may be gone when all is undone.
    this.#applied.unshift(
      ...stuck
        .filter(({ isOver }) => isOver)
        .map(({ applied }) => applied)
        .toReversed(),
    )
    for (const name of names) this.#effects.delete(name)
    return !names.some((name) => this.#stuck.has(name))
  }

  /**
   * Undoes one step, whatever came after it. What cannot be undone stays in force, to be undone after what stands in its way: throws
   * HarnessError UNDO_FAILED with why.
   */
  async undoOne(name: string): Promise<void> {
    const { emit, clock } = this.#options
    const startMs = clock.now()
    const undone: Applied[] = []
    const problems: string[] = []
    let idle: string | undefined
    for (const one of this.#applied.filter(({ step }) => step === name).toReversed()) {
      const result = await tryUndo(one)
      if ('error' in result) {
        problems.push(`${one.on.join(', ')}: ${describeError(result.error)}`)
        continue
      }
      undone.push(one)
      idle ??= result.idle
    }
    const left = this.#applied.filter((one) => !undone.includes(one))
    this.#applied.splice(0, this.#applied.length, ...left)
    if (undone.length > 0) {
      const replicas = undone.flatMap(({ on }) => on)
      const durationMs = clock.now() - startMs
      emit('change.undone', {
        change: name,
        replicas,
        durationMs,
        ...(idle === undefined ? {} : { idle }),
      })
    }
    if (problems.length > 0) {
      throw new HarnessError('UNDO_FAILED', `'${name}' is still in force on ${problems.join('; ')}`)
    }
    this.#effects.delete(name)
  }

  /** Undoes all, last first. Works after an interrupt too. */
  async undoAll(): Promise<void> {
    await this.#undo(this.#applied)
    this.#effects.clear()
  }

  async #undo(applied: Applied[]): Promise<readonly Stuck[]> {
    const { emit, clock } = this.#options
    const stuck = await undoAll(applied, emit, clock.now)
    for (const { applied: one } of stuck) this.#stuck.add(one.step)
    return stuck
  }

  get #timeoutMs(): number {
    return this.#options.timeoutMs ?? defaultTimeoutMs
  }

  #bounded(): AbortSignal {
    return AbortSignal.any([this.#options.signal, AbortSignal.timeout(this.#timeoutMs)])
  }

  async #take(step: Step, result: Promise<StageResult>, stage?: number): Promise<boolean> {
    const { emit, clock, signal } = this.#options
    const startMs = clock.now()
    const { applied, on, explain, complete } = await this.#inTime(step, result)
    this.#applied.push(...applied)
    const durationMs = roundMs(clock.now() - startMs)
    this.#applyMs = (this.#applyMs ?? 0) + durationMs
    if (complete || explain.length > 0) {
      emit('change.applied', {
        change: step.name,
        ...(stage === undefined ? {} : { stage }),
        replicas: on,
        explain,
        durationMs,
      })
    }
    return complete && !signal.aborted
  }

  /** The result of a step, or that it did not come. A step is told to stop first; what one that does not listen applies later is still undone. */
  async #inTime(step: Step, result: Promise<StageResult>): Promise<StageResult> {
    const { emit, clock, unlessLost } = this.#options
    const first = await unlessLost((ended) => {
      const over = clock.sleep(this.#timeoutMs + stopsWithinMs, ended)
      return Promise.race([result, over.then(() => undefined)])
    })
    if (first) return first
    void result.then(
      ({ applied }) => this.#applied.push(...applied),
      () => undefined, // it was said already that the step failed
    )
    emit('change.failed', {
      change: step.name,
      replica: step.kind === 'change' ? step.service : 'the system',
      why: 'unreachable',
      message: `it was not done within ${this.#timeoutMs} ms, and did not stop when it was told to`,
    })
    return { applied: [], on: [], explain: [], complete: false }
  }
}
