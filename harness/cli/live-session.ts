import {
  cellKey,
  count,
  describeError,
  type JournalEvent,
  type SampleRecord,
} from '../core/index.ts'
import type { Experiment } from '../engine/index.ts'
import { renderTerminal, summarize, visible } from '../report/index.ts'
import type { Workbench } from '../workbench/index.ts'
import { say } from '../session/index.ts'
import { curlLines, directoryLine, writeCurlConfigs } from './curl-lines.ts'
import { Keys } from './keys.ts'
import { outsideAccessLines, writeOutsideAccess } from './outside-access.ts'
import { renderOptionsFor } from './screen.ts'
import { verdictSoFar } from './verdict-so-far.ts'

const keyHelp = 'u undo · a apply again · s show all cells · q quit (undoes and stops everything)'

/** What a person does at the terminal with a system that stays up: look at it, undo the change, apply it again, leave. */
export class LiveSession {
  readonly #workbench: Workbench
  readonly #events: JournalEvent[] = []
  readonly #latest = new Map<string, SampleRecord>()

  constructor(workbench: Workbench) {
    this.#workbench = workbench
  }

  readonly listen = (event: JournalEvent): void => {
    if (event.kind === 'sample') {
      this.#latest.set(cellKey(event), event)
      // Of the endless traffic later on only the latest sample of a cell is kept.
      if (event.window === 'transition') return
    }
    // Load that is started by hand may last as long as it will.
    if (event.kind !== 'load.second') this.#events.push(event)
  }

  /** Returns when the person leaves, or the signal fires. */
  async stay(experiment: Experiment, signal: AbortSignal, isSteady: boolean): Promise<void> {
    experiment.journal.emit('phase', { phase: 'live', text: 'staying up' })
    writeCurlConfigs(experiment.stack.scratchDir, experiment.actors)
    writeOutsideAccess(experiment.stack)
    this.#say(`\n${this.#matrix()}\n`)
    if (!isSteady) this.#say('The system was broken before any change, so none was applied.\n')
    this.#say(this.#addresses(experiment))
    const left = Promise.withResolvers<void>()
    signal.addEventListener('abort', () => left.resolve(), { once: true })
    if (!process.stdin.isTTY) {
      this.#say(
        `Ctrl-C or SIGTERM undoes the change and stops everything (process ${process.pid}; npx passes no SIGTERM on).\n`,
      )
      await left.promise
      return
    }
    this.#say(`${keyHelp}\n`)
    using keys = new Keys(process.stdin, (key) => this.#press(key, left.resolve))
    await left.promise
    void keys
  }

  #press(key: string, leave: () => void): void {
    switch (key) {
      case 'u':
        return this.#act('undo', 'Undoing…', 'Undone.')
      case 'a':
        return this.#act('apply', 'Applying…', 'Applied.')
      case 's':
        return this.#say(`${this.#cellsNow()}\n`)
      case 'q':
        return leave()
      default:
        return this.#say(`${keyHelp}\n`)
    }
  }

  #act(action: 'undo' | 'apply', before: string, after: string): void {
    this.#say(`${before}\n`)
    this.#workbench.act(action, {}).then(
      () => this.#say(`${after}\n${this.#cellsNow()}\n`),
      (error: unknown) => this.#say(`That failed: ${visible(describeError(error))}\n`),
    )
  }

  #matrix(): string {
    const summary = { ...summarize(this.#events), ...verdictSoFar(this.#events) }
    return renderTerminal(summary, { ...renderOptionsFor(process.stdout), standing: true })
  }

  /** Every cell by its latest sample. */
  #cellsNow(): string {
    const samples = [...this.#latest.values()]
    const failing = samples.filter(({ ok }) => !ok)
    const lines = failing.map((sample) => `  ${cellKey(sample)}: ${visible(sample.symptom ?? '')}`)
    return [
      `${failing.length} of ${count(samples.length, 'cell')} ${failing.length === 1 ? 'fails' : 'fail'} right now.`,
      ...lines,
    ].join('\n')
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
      'See it for yourself, in another terminal:',
      `  ${directoryLine(scratchDir)}`,
      ...curls,
      ...outsideAccessLines().map((line) => `  ${line}`),
      '',
    ].join('\n')
  }

  /** What was seen since the last step, and the latest of each cell. */
  #samples(): SampleRecord[] {
    const opened = this.#events.findLast(({ kind }) => kind === 'window.opened')
    const window = opened?.kind === 'window.opened' ? opened.window.id : undefined
    return [
      ...this.#events.filter((event) => event.kind === 'sample' && event.window === window),
      ...this.#latest.values(),
    ] as SampleRecord[]
  }

  #say(text: string): void {
    say(text)
  }
}
