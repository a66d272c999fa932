import {
  FlowFailure,
  HarnessError,
  cellKey,
  deriveSeed,
  describeError,
  flowFault,
  isFlowFailure,
  replicaHeader,
  seededRandom,
  type Actor,
  type CellId,
  type Emit,
  type Flow,
  type FlowTrace,
  type FlowContext,
  type HttpClient,
  type Random,
  type SampleRecord,
  type WindowKind,
  type Writes,
} from '../core/index.ts'
import type { AnswerBook } from './answer-book.ts'
import type { BetweenWatch } from './between-watch.ts'
import type { Clock } from './ports.ts'
import { tracedClient } from './traced-client.ts'
import type { SampleBegun, Window } from './window.ts'
import { roundMs } from './round-ms.ts'

export const defaultTimeoutMs = 5_000
/** Exchanges are kept for the first failures of each cell, window and symptom. */
const exchangesKept = 2
export interface SamplerOptions {
  readonly cells: readonly CellId[]
  readonly flows: readonly Flow[]
  readonly actors: readonly Actor[]
  /** A client that acts as this actor, each request bounded by the signal. */
  readonly clientFor: (actor: Actor, signal: AbortSignal) => HttpClient
  /** The first runs of each cell go by one of these each, so that all have seen what is asked of them, as where users have been for long. */
  readonly entryReplicas?: readonly string[]
  readonly clock: Clock
  readonly seed: number
  /** Flows in flight at the same time. */
  readonly concurrency: number
  /** While no cell waits for evidence traffic goes on with this pause after each flow, in ms. */
  readonly idlePauseMs: number
  readonly emit: Emit
  /** Makes each flow a trace, and writes its requests down. */
  readonly traces?: boolean
  /** Notes what JSON answers were like. */
  readonly answers?: AnswerBook
  /** Where the flow of a cell says what it writes. */
  readonly writesOf?: (cell: CellId) => Writes
}

interface Performed {
  readonly failure?: FlowFailure
  readonly keepAnswers?: (window: WindowKind) => void
  readonly trace?: FlowTrace
}

interface CellState {
  readonly id: CellId
  readonly flow: Flow
  readonly actor: Actor
  readonly random: Random
  iteration: number
}

/** Keeps all cells going, as real traffic does, from the baseline to the end. A window, while one is open, says which cells matter most. */
export class Sampler {
  window: Window | undefined
  /** Takes what ends while no window is open. */
  between: BetweenWatch | undefined
  readonly #options: SamplerOptions
  readonly #cells: Map<string, CellState>
  readonly #stop = new AbortController()
  #kept = new Map<string, number>()
  #workers: Promise<void>[] = []
  #turn = 0
  #fault: Error | undefined
  readonly #faulted = Promise.withResolvers<void>()

  constructor(options: SamplerOptions) {
    this.#options = options
    const flows = new Map(options.flows.map((flow) => [flow.id, flow]))
    const actors = new Map(options.actors.map((actor) => [actor.id, actor]))
    this.#cells = new Map(
      options.cells.map((id) => {
        const flow = flows.get(id.flow)
        const actor = actors.get(id.actor)
        if (!flow || !actor)
          throw new HarnessError('INVALID_SCENARIO', `no such cell: ${cellKey(id)}`)
        const random = seededRandom(deriveSeed(options.seed, cellKey(id)))
        return [cellKey(id), { id, flow, actor, random, iteration: 0 }]
      }),
    )
  }

  start(): void {
    this.#workers = Array.from({ length: this.#options.concurrency }, () => this.#work())
  }

  /** Resolves when something went wrong inside of the harness: then nothing is sampled any more. */
  get faulted(): Promise<void> {
    return this.#faulted.promise
  }

  /** Of what begins from here on the exchanges of first failures are kept as if none had been before. */
  keepAnew(): void {
    this.#kept = new Map()
  }

  /** Ends all traffic; flows in flight are cut off. Throws what went wrong inside of the harness meanwhile. */
  async stop(): Promise<void> {
    this.#stop.abort()
    await Promise.all(this.#workers)
    if (this.#fault !== undefined) throw this.#fault
  }

  async #work(): Promise<void> {
    const { signal } = this.#stop
    while (!signal.aborted && this.#fault === undefined) {
      const wanted = this.window?.next()
      const cell = wanted ? this.#cells.get(cellKey(wanted)) : this.#nextInTurn()
      if (!cell) return
      try {
        await this.#sample(cell, wanted)
      } catch (error) {
        this.#fault = error instanceof Error ? error : new Error(describeError(error))
        this.#faulted.resolve()
      }
      if (!wanted) await this.#options.clock.sleep(this.#options.idlePauseMs, signal)
    }
  }

  #nextInTurn(): CellState | undefined {
    const cells = [...this.#cells.values()]
    const cell = cells[this.#turn % cells.length]
    this.#turn += 1
    return cell
  }

  async #sample(cell: CellState, begun: SampleBegun | undefined): Promise<void> {
    const { clock } = this.#options
    const window = this.window
    const kept = this.#kept
    const startMs = clock.now()
    const { failure, keepAnswers, trace } = await this.#perform(cell)
    if (this.#stop.signal.aborted) return
    const inWindow = window !== undefined && window === this.window
    const windowId = inWindow ? window.info.id : 'transition'
    const sample: SampleRecord = {
      ...cell.id,
      window: windowId,
      ok: failure === undefined,
      startMs: roundMs(startMs),
      durationMs: roundMs(clock.now() - startMs),
      ...(failure ? described(cell, windowId, failure, kept) : {}),
      ...(trace ? { trace } : {}),
    }
    this.#options.emit('sample', sample)
    if (inWindow) {
      if (begun) window.take(sample, begun)
      else window.takeLater(sample)
    }
    if (this.window === undefined) this.between?.take(sample)
    if (inWindow && sample.ok) keepAnswers?.(window.info.kind)
  }

  async #perform(cell: CellState): Promise<Performed> {
    const { flow, actor, random } = cell
    const deadline = new AbortController()
    const { signal } = deadline
    const cut = () => deadline.abort()
    const timeoutMs = flow.timeoutMs ?? defaultTimeoutMs
    const timer = setTimeout(cut, timeoutMs)
    this.#stop.signal.addEventListener('abort', cut, { once: true })
    try {
      const bare = this.#options.clientFor(this.#routed(cell), signal)
      const traced = this.#options.traces ? tracedClient(bare, this.#options.clock) : undefined
      const plain = traced?.http ?? bare
      const watched = this.#options.answers?.watch(cell.id, plain)
      const http = watched?.http ?? plain
      const writes = this.#options.writesOf?.(cell.id)
      const failure = await attempt(flow, signal, {
        http,
        actor,
        random,
        iteration: cell.iteration++,
        signal,
        ...(writes === undefined ? {} : { writes }),
      })
      return {
        ...(traced ? { trace: traced.trace() } : {}),
        ...(failure ? { failure } : {}),
        ...(watched && !failure ? { keepAnswers: watched.keep } : {}),
      }
    } finally {
      clearTimeout(timer)
      this.#stop.signal.removeEventListener('abort', cut)
    }
  }

  #routed({ actor, iteration }: CellState): Actor {
    const replica = this.#options.entryReplicas?.[iteration]
    if (replica === undefined) return actor
    return { ...actor, headers: { ...actor.headers, [replicaHeader]: replica } }
  }
}

/** What is said of a failure; `kept` counts the exchanges that were. */
function described(
  { id }: CellState,
  window: string,
  { symptom, message, exchange }: FlowFailure,
  kept: Map<string, number>,
): Pick<SampleRecord, 'symptom' | 'message' | 'exchange'> {
  const key = `${cellKey(id)} ${window} ${symptom}`
  const before = kept.get(key) ?? 0
  kept.set(key, before + 1)
  return { symptom, message, ...(exchange && before < exchangesKept ? { exchange } : {}) }
}

/** Runs a flow to its end or until the signal fires; undefined when its user got all that they came for. */
export async function attempt(
  flow: Flow,
  signal: AbortSignal,
  context: FlowContext,
): Promise<FlowFailure | undefined> {
  const timeoutMs = flow.timeoutMs ?? defaultTimeoutMs
  try {
    await Promise.race([flow.run(context), overdue(signal, timeoutMs)])
    return undefined
  } catch (error) {
    return asFailure(error, flow)
  }
}

/** Ends flows that do not look at their signal. Requests in flight fail a moment earlier, showing their exchange. */
function overdue(signal: AbortSignal, timeoutMs: number): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = () => reject(new FlowFailure('timeout', `not done within ${timeoutMs} ms`))
    signal.addEventListener('abort', () => setTimeout(fail, 10), { once: true })
  })
}

/** A flow fails by FlowFailure; anything else that it throws is a fault in the flow's own code, and says so. */
function asFailure(error: unknown, flow: Flow): FlowFailure {
  if (isFlowFailure(error)) return error
  if (error instanceof HarnessError) throw error
  return new FlowFailure(
    flowFault,
    `the flow '${flow.id}' threw ${describeError(error)}`,
    undefined,
    error,
  )
}
