import {
  describeError,
  HarnessError,
  type Change,
  type ConfigPort,
  type Fault,
  type Redactor,
  type Scenario,
  type Step,
} from '../core/index.ts'
import { stagesOf, takeStepsToStay, type Clock, type Experiment } from '../engine/index.ts'
import { list, type SystemToAct } from '../report/index.ts'
import type { HandLoad } from './hand-load.ts'
import { RecentSamples, type FailingCell } from './recent-samples.ts'
import type { TraceLogs } from './trace-logs.ts'

export interface BenchOptions {
  readonly experiment: Experiment
  /** Path of the scenario's file. */
  readonly file: string
  readonly clock: Clock
  readonly seed: number
  readonly redactor: Redactor
  readonly signal: AbortSignal
  readonly system: SystemToAct
  readonly load: HandLoad
  readonly logs: TraceLogs
}

/** A step that was made by hand: how to make it again in a scenario file. */
export interface HandStep {
  readonly step: Change | Fault
  readonly maker: 'jsonPatch' | 'linkFault' | 'siteFault'
  /** What the maker takes beside the name. */
  readonly options: Readonly<Record<string, unknown>>
}

export interface StepInForce {
  readonly step: Step
  readonly on: readonly string[]
  readonly byHand: HandStep | undefined
}

interface ReplicaConfig {
  readonly id: string
  readonly config: ConfigPort
}

/** What actions work with: the running experiment, and what was done to it by hand. */
export class Bench {
  readonly options: BenchOptions
  readonly recent = new RecentSamples()
  /** Cells that failed under a step by hand when the next thing was done, by the step's name. */
  readonly failingUnder = new Map<string, readonly FailingCell[]>()
  readonly #byHand = new Map<string, HandStep>()
  /** Steps that were taken, in all: windows are counted on. */
  #taken: number
  #made = 0

  constructor(options: BenchOptions) {
    this.options = options
    this.#taken = this.scenario.steps.length
  }

  get experiment(): Experiment {
    return this.options.experiment
  }

  get scenario(): Scenario {
    return this.experiment.scenario
  }

  /** The steps of the scenario, watched and judged, as far as the system is to stay up with them. */
  async takeSteps(): Promise<void> {
    const failuresBefore = this.#failures()
    this.noteFailing()
    await takeStepsToStay(this.experiment, this.#taken)
    this.#taken += this.scenario.steps.length
    this.recent.forget()
    this.#assertDone(failuresBefore)
  }

  nextName(): string {
    this.#made += 1
    return `by-hand-${this.#made}`
  }

  /** Puts a step in force that a person made. Throws what is wrong with it, or why it could not be done. */
  async put(made: HandStep, replicas: readonly string[] = []): Promise<void> {
    const problems = made.step.validate(this.scenario.stack)
    if (problems.length > 0) throw unusable(problems.join('; '))
    this.#byHand.set(made.step.name, made)
    await this.applyTo(made.step, replicas)
  }

  async applyTo(step: Change | Fault, replicas: readonly string[]): Promise<void> {
    const failuresBefore = this.#failures()
    this.noteFailing()
    const done = await this.experiment.applyUnwatched(step, replicas)
    this.recent.forget()
    if (!done) this.#assertDone(failuresBefore)
  }

  /** Undoes one step, whatever else is in force. Throws what stands in the way. */
  async undo(name: string): Promise<void> {
    const steps = this.inForce().map(({ step }) => step)
    const own = steps.find((step) => step.name === name)
    const later = steps.slice(steps.findIndex((step) => step === own) + 1)
    const isInTheWay = (step: Step) =>
      step.kind === 'change' && own?.kind === 'change' && step.service === own.service
    this.noteFailing()
    try {
      await this.experiment.undoOne(name)
    } catch (error) {
      const titles = later.filter(isInTheWay).map(({ title }) => `'${title}'`)
      const first =
        titles.length === 0 ? '' : `; turn off first what came after it: ${list(titles)}`
      throw unusable(`${describeError(error)}${first}`)
    } finally {
      this.recent.forget()
    }
  }

  /** Remembers what fails under the steps in force, before the next thing is done. */
  noteFailing(): void {
    const last = this.inForce().at(-1)
    if (last) this.failingUnder.set(last.step.name, this.recent.failing())
  }

  /** Every step that is applied and not undone, in order, with all that it is on. */
  inForce(): StepInForce[] {
    const on = new Map<string, string[]>()
    for (const applied of this.experiment.inForce) {
      on.set(applied.step, [...(on.get(applied.step) ?? []), ...applied.on])
    }
    return [...on].flatMap(([name, places]) => {
      const byHand = this.#byHand.get(name)
      const step = byHand?.step ?? this.scenario.steps.find((one) => one.name === name)
      return step ? [{ step, on: places, byHand }] : []
    })
  }

  /** The replica that a change of the scenario would go to next; undefined when all have it. */
  nextReplica(change: Change): string | undefined {
    const has = this.inForce().find(({ step }) => step.name === change.name)?.on ?? []
    return this.replicasOf(change.service).find((id) => !has.includes(id))
  }

  /** Whether fewer replicas have the step than its rollout names. */
  isPartial({ step, on }: StepInForce): boolean {
    if (step.kind !== 'change') return false
    const all = this.replicasOf(step.service).length
    return on.length < (stagesOf(step.rollout, all).at(-1) ?? all)
  }

  replicasOf(service: string): string[] {
    return this.experiment.stack.replicas.flatMap((one) =>
      one.service === service ? [one.id] : [],
    )
  }

  /** The configuration of each replica of the service. Throws USAGE where there is none. */
  configsOf(service: string): readonly [ReplicaConfig, ...ReplicaConfig[]] {
    const [first, ...others] = this.experiment.stack.replicas.flatMap(
      ({ id, service: own, config }) => (own === service && config ? [{ id, config }] : []),
    )
    if (first) return [first, ...others]
    throw unusable(`the service '${service}' has no configuration that can be read`)
  }

  /** The document without the number that grows with each write. */
  withoutGeneration(service: string, document: unknown): unknown {
    const key = this.#generationKey(service)
    if (key === undefined || typeof document !== 'object' || document === null) return document
    return Object.fromEntries(Object.entries(document).filter(([name]) => name !== key))
  }

  /** The document with the number that `now` has. */
  withGeneration(service: string, document: unknown, now: unknown): unknown {
    const key = this.#generationKey(service)
    if (key === undefined || typeof document !== 'object' || document === null) return document
    return { ...document, [key]: (now as Readonly<Record<string, unknown>>)[key] }
  }

  /** Bounded, and over when the run is. */
  within(ms: number): AbortSignal {
    return AbortSignal.any([this.options.signal, AbortSignal.timeout(ms)])
  }

  #generationKey(service: string): string | undefined {
    const spec = this.scenario.stack.services.find(({ name }) => name === service)
    return spec?.config?.generationKey
  }

  #assertDone(failuresBefore: readonly string[]): void {
    const failures = this.#failures().slice(failuresBefore.length)
    if (failures.length > 0) throw unusable(failures.join('; '))
  }

  #failures(): string[] {
    return this.experiment.journal.history.flatMap((event) =>
      event.kind === 'change.failed' ? [`${event.replica} (${event.why}): ${event.message}`] : [],
    )
  }
}

/** What a person asked for makes no sense, or not now. */
export function unusable(message: string): HarnessError {
  return new HarnessError('USAGE', message)
}
