import type { JournalEvent, SampleRecord, Scenario } from '../core/index.ts'
import { cellKey } from '../core/index.ts'
import { takeSteps, type Experiment } from '../engine/index.ts'
import type { LiveAction } from '../live/index.ts'
import { renderTerminal, summarize, type LiveState } from '../report/index.ts'
import { curlLines, directoryLine, writeCurlConfigs } from './curl-lines.ts'
import { Keys } from './keys.ts'
import { renderOptionsFor } from './screen.ts'
import { verdictSoFar } from './verdict-so-far.ts'

const keyHelp = 'u undo · a apply again · s show all cells · q quit (undoes and stops everything)'

/** What a person does with a system that stays up: look at it, undo the change, apply it again, leave. */
export class LiveSession {
  readonly #scenario: Scenario
  readonly #events: JournalEvent[] = []
  readonly #latest = new Map<string, SampleRecord>()
  /** Steps that were taken, in all: windows are counted on. */
  #taken = 0
  #state: LiveState = { change: 'starting' }
  /** Set while a person may act. */
  #experiment: Experiment | undefined
  #busy: Promise<void> = Promise.resolve()

  constructor(scenario: Scenario) {
    this.#scenario = scenario
    this.#taken = scenario.steps.length
  }

  readonly listen = (event: JournalEvent): void => {
    if (event.kind === 'sample') {
      this.#latest.set(cellKey(event), event)
      // Of the endless traffic later on only the latest sample of a cell is kept.
      if (event.window === 'transition') return
    }
    this.#events.push(event)
  }

  /** For the live page. */
  get state(): LiveState {
    return this.#state
  }

  /** Begins what the live page asks for; false when that makes no sense now. */
  readonly act = (action: LiveAction): boolean => {
    const experiment = this.#experiment
    if (!experiment || this.#state.change !== (action === 'undo' ? 'applied' : 'not-applied')) {
      return false
    }
    this.#next(() => (action === 'undo' ? this.#undo(experiment) : this.#apply(experiment)))
    return true
  }

  /** Nobody can act from here on. Resolves when what was begun is done. */
  async leave(): Promise<void> {
    this.#experiment = undefined
    await this.#busy
    this.#state = { change: 'ended' }
  }

  /** Returns when the person leaves, or the signal fires. */
  async stay(experiment: Experiment, signal: AbortSignal, isSteady: boolean): Promise<void> {
    experiment.journal.emit('phase', { phase: 'live', text: 'staying up' })
    writeCurlConfigs(experiment.stack.scratchDir, experiment.actors)
    this.#say(`\n${this.#matrix()}\n`)
    if (!isSteady) this.#say('The system was broken before any change, so none was applied.\n')
    this.#say(this.#addresses(experiment))
    const left = Promise.withResolvers<void>()
    this.#experiment = experiment
    this.#stands(experiment)
    signal.addEventListener('abort', () => left.resolve(), { once: true })
    if (!process.stdin.isTTY) {
      this.#say('Ctrl-C or SIGTERM undoes the change and stops everything.\n')
      await left.promise
      return
    }
    this.#say(`${keyHelp}\n`)
    using keys = new Keys(process.stdin, (key) => this.#press(key, experiment, left.resolve))
    await left.promise
    await this.#busy
    void keys
  }

  #press(key: string, experiment: Experiment, leave: () => void): void {
    switch (key) {
      case 'u':
        return this.#next(() => this.#undo(experiment))
      case 'a':
        return this.#next(() => this.#apply(experiment))
      case 's':
        return this.#next(async () => this.#say(`${this.#cellsNow()}\n`))
      case 'q':
        return leave()
      default:
        return this.#say(`${keyHelp}\n`)
    }
  }

  /** One after the other, however fast the keys are pressed. */
  #next(action: () => Promise<void>): void {
    this.#busy = this.#busy.then(action).catch((error: unknown) => {
      const problem = error instanceof Error ? error.message : String(error)
      this.#say(`That failed: ${problem}\n`)
      if (this.#experiment) this.#stands(this.#experiment, problem)
    })
  }

  async #undo(experiment: Experiment): Promise<void> {
    if (!experiment.hasChanges) return this.#say('Nothing is applied.\n')
    this.#say('Undoing…\n')
    this.#state = { change: 'undoing' }
    await experiment.undo()
    await experiment.recover()
    this.#stands(experiment)
    this.#say(`Undone.\n${this.#cellsNow()}\n`)
  }

  async #apply(experiment: Experiment): Promise<void> {
    if (experiment.hasChanges) return this.#say('It is applied already.\n')
    this.#say('Applying…\n')
    this.#state = { change: 'applying' }
    await takeSteps(experiment, this.#taken)
    this.#taken += this.#scenario.steps.length
    this.#stands(experiment)
    this.#say(`Applied.\n${this.#cellsNow()}\n`)
  }

  #stands({ hasChanges }: Experiment, problem?: string): void {
    const change = hasChanges ? 'applied' : 'not-applied'
    this.#state = problem === undefined ? { change } : { change, problem }
  }

  #matrix(): string {
    const summary = { ...summarize(this.#events), ...verdictSoFar(this.#events) }
    return renderTerminal(summary, { ...renderOptionsFor(process.stdout), standing: true })
  }

  /** Every cell by its latest sample. */
  #cellsNow(): string {
    const samples = [...this.#latest.values()]
    const failing = samples.filter(({ ok }) => !ok)
    const lines = failing.map((sample) => `  ${cellKey(sample)}: ${sample.symptom}`)
    return [`${failing.length} of ${samples.length} cells fail right now.`, ...lines].join('\n')
  }

  #addresses(experiment: Experiment): string {
    const { services, scratchDir, proxyUrl } = experiment.stack
    const lines = services.flatMap(({ name, frontDoor, replicas }) => [
      `  ${name.padEnd(10)} ${frontDoor}`,
      ...replicas.map(({ id, url }) => `    ${id.padEnd(10)} ${url}`),
    ])
    const curls = curlLines(this.#samples()).map(({ shows, line }) => `  # ${shows}\n  ${line}`)
    return [
      'The system is up:',
      ...lines,
      `  outside    ${new URL(proxyUrl).origin} (the proxy to the mocked sites)`,
      ...(curls.length > 0
        ? ['See it for yourself, in another terminal:', `  ${directoryLine(scratchDir)}`, ...curls]
        : []),
      '',
    ].join('\n')
  }

  #samples(): SampleRecord[] {
    return this.#events.filter((event) => event.kind === 'sample')
  }

  #say(text: string): void {
    process.stdout.write(text)
  }
}
