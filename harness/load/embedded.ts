import { availableParallelism } from 'node:os'
import type { Actor, Flow, LoadProfile, Redactor } from '../core/index.ts'
import { firstIteration, seedOf, type LoadNumber } from './apart.ts'
import { BatchWriter } from './batch.ts'
import { startFlushing } from './flushing.ts'
import { LoadConnections } from './load-client.ts'
import { LoadThread, watchThreads } from './load-thread.ts'
import { LoadMetrics, type LoadSecond } from './metrics.ts'
import { ratePieces, valueAt } from './pacer.ts'
import { cellsOfMix, type ProfileContext } from './profile.ts'
import { LoadRunner, type PlannedExecutor } from './runner.ts'
import { durationOr } from './duration.ts'
import { endsTheLoad, evaluateAtEnd, thresholdsOf, type ThresholdResult } from './thresholds.ts'
import { checkSelf, type SelfCheck, type StrainedSecond } from './self-check.ts'
import { sharedNow } from './shared-now.ts'
import { TickClock } from './tick-clock.ts'
import type { WorkerOrder } from './worker-contract.ts'

export interface LoadRequest extends LoadNumber {
  readonly profile: LoadProfile
  readonly flows: readonly Flow[]
  /** With the headers of their sessions. */
  readonly actors: readonly Actor[]
  /** URL of the module that has the flows as its default export's. Without it everything runs in this thread. */
  readonly module?: string
  readonly frontDoors: Readonly<Record<string, string>>
  readonly entry: string
  readonly proxyUrl: string
  readonly caCertificate?: string
  readonly redactor: Redactor
  /** Threads at most. Default: as many as cores, one of them left to the system. */
  readonly threads?: number
  readonly signal: AbortSignal
  /** When the first flow is about to start. */
  readonly onStart?: (live: LiveLoad) => void
  /** Once a second. `wanted`: flows per second that the profile asks for; absent of closed models. */
  readonly onSecond?: (
    second: LoadSecond & PartOfSecond & { readonly elapsedMs: number; readonly wanted?: number },
  ) => void
}

/** A load that is under way. */
export interface LiveLoad {
  readonly metrics: LoadMetrics
  /** Ms since its start. */
  readonly elapsed: () => number
}

export interface LoadResult {
  readonly metrics: LoadMetrics
  readonly durationMs: number
  readonly thresholds: readonly ThresholdResult[]
  /** The threshold that ended the load before its time. */
  readonly abortedBy?: string
  readonly selfCheck: SelfCheck
}

/** Executors with their cells, as the runner and the metrics need them. */
export function planLoad(profile: LoadProfile, context: ProfileContext): PlannedExecutor[] {
  return Object.entries(profile.executors).map(([name, executor]) => {
    // Arrivals come when they are due: nobody waits for the flow before.
    const isOpen = 'preAllocatedVUs' in executor
    const thinkTime = isOpen ? undefined : (executor.thinkTime ?? profile.thinkTime)
    return {
      name,
      executor,
      cells: cellsOfMix(executor.mix ?? profile.mix, context),
      ...(thinkTime === undefined ? {} : { thinkTime }),
    }
  })
}

/** Flows per second that the executors ask for at a moment; undefined where one of them is closed: it starts as many as it can. */
export function wantedRate(
  executors: readonly PlannedExecutor[],
  elapsedMs: number,
): number | undefined {
  let wanted = 0
  for (const { executor } of executors) {
    if (!('preAllocatedVUs' in executor)) return undefined
    wanted += valueAt(ratePieces(executor), elapsedMs - durationOr(executor.startTime, 0))
  }
  return wanted
}

/**
 * Runs a validated profile from start to end, and evaluates its thresholds. The signal ends it at once. Nothing of it is left when
 * it returns. Throws HarnessError for faults of the harness or of a flow.
 */
export async function runEmbeddedLoad(request: LoadRequest): Promise<LoadResult> {
  const executors = planLoad(request.profile, request)
  const metrics = new LoadMetrics(executors)
  const thresholds = thresholdsOf(request.profile.thresholds)
  const stop = new AbortController()
  const forward = () => stop.abort()
  request.signal.addEventListener('abort', forward, { once: true })
  if (request.signal.aborted) stop.abort()
  const watch = { strain: [] as StrainedSecond[], abortedBy: undefined as string | undefined }
  const startAt = new Float64Array(new SharedArrayBuffer(8))
  const elapsed = () => (startAt[0] ? sharedNow() - startAt[0] : 0)
  const second = async (part: PartOfSecond) => {
    metrics.elapsedMs = elapsed()
    watch.strain.push(metrics.takeStrain())
    const wanted = wantedRate(executors, elapsed() - 500)
    request.onSecond?.({
      ...metrics.takeSecond(),
      ...part,
      elapsedMs: elapsed(),
      ...(wanted === undefined ? {} : { wanted }),
    })
    const crossed = thresholds.find((one) => endsTheLoad(one, metrics.read, elapsed()))
    if (crossed && !stop.signal.aborted) {
      watch.abortedBy = crossed.text
      stop.abort()
    }
  }
  const ticker = new Ticker(second)
  try {
    const begin = () => {
      startAt[0] = sharedNow()
      ticker.start()
      request.onStart?.({ metrics, elapsed })
    }
    const isThreaded = request.module !== undefined
    await (isThreaded
      ? runInThreads(request, executors, metrics, startAt, begin, stop.signal)
      : runHere(request, executors, metrics, elapsed, begin, stop.signal))
  } finally {
    request.signal.removeEventListener('abort', forward)
    await ticker.stop()
  }
  const durationMs = elapsed()
  metrics.elapsedMs = durationMs
  return {
    metrics,
    durationMs,
    thresholds: thresholds.map((one) => evaluateAtEnd(one, metrics)),
    ...(watch.abortedBy === undefined ? {} : { abortedBy: watch.abortedBy }),
    selfCheck: checkSelf(metrics.late, watch.strain, metrics.cpuMs),
  }
}

interface PartOfSecond {
  /** Where it is less than a second. */
  readonly overMs?: number
}

/** Once a second, one after the other, the last one at the end. */
export class Ticker {
  readonly #task: (part: PartOfSecond) => Promise<void>
  #timer: NodeJS.Timeout | undefined
  #lastAtMs = 0
  #last: Promise<void> = Promise.resolve()
  #fault: unknown

  constructor(task: (part: PartOfSecond) => Promise<void>) {
    this.#task = task
  }

  start(): void {
    this.#lastAtMs = performance.now()
    this.#timer = setInterval(() => this.#next({}), 1_000)
  }

  async stop(): Promise<void> {
    if (!this.#timer) return
    clearInterval(this.#timer)
    this.#next({ overMs: Math.round(performance.now() - this.#lastAtMs) })
    await this.#last
    if (this.#fault instanceof Error) throw this.#fault
  }

  #next(part: PartOfSecond): void {
    this.#lastAtMs = performance.now()
    this.#last = this.#last
      .then(() => this.#task(part))
      .catch((error: unknown) => {
        this.#fault ??= error
      })
  }
}

/** No more at once: when the target stalls, catching up must not become a storm of connections. */
function connectionsOf({ connections = 256 }: LoadProfile): number {
  return connections
}

async function runHere(
  request: LoadRequest,
  executors: readonly PlannedExecutor[],
  metrics: LoadMetrics,
  elapsed: () => number,
  begin: () => void,
  signal: AbortSignal,
): Promise<void> {
  const writer = new BatchWriter((batch) => metrics.take(0, batch))
  await using connections = new LoadConnections({
    ...request,
    connections: connectionsOf(request.profile),
    onConnect: (ms) => writer.connected(ms),
  })
  await using ticks = await TickClock.startFor(executors)
  const runner = new LoadRunner({
    executors,
    flows: request.flows,
    actors: request.actors,
    clientFor: (actor, deadline, onRequest) =>
      connections.client(actor.headers, deadline, onRequest),
    seed: seedOf(request),
    firstIteration: firstIteration(request),
    index: 0,
    of: 1,
    elapsed,
    writer,
    ...(ticks ? { ticks } : {}),
  })
  using _flushing = startFlushing(writer)
  begin()
  await runner.run(signal)
}

async function runInThreads(
  request: LoadRequest,
  executors: readonly PlannedExecutor[],
  metrics: LoadMetrics,
  startAt: Float64Array<SharedArrayBuffer>,
  begin: () => void,
  signal: AbortSignal,
): Promise<void> {
  const of = request.threads ?? Math.max(1, availableParallelism() - 1)
  const order: Omit<WorkerOrder, 'index' | 'underWay'> = {
    module: request.module ?? '',
    executors,
    headers: Object.fromEntries(request.actors.map(({ id, headers }) => [id, headers])),
    frontDoors: request.frontDoors,
    entry: request.entry,
    proxyUrl: request.proxyUrl,
    ...(request.caCertificate === undefined ? {} : { caCertificate: request.caCertificate }),
    connections: Math.max(1, Math.floor(connectionsOf(request.profile) / of)),
    seed: seedOf(request),
    firstIteration: firstIteration(request),
    of,
    startAt: startAt.buffer,
  }
  const threads = Array.from(
    { length: of },
    (_, index) => new LoadThread({ ...order, index }, metrics),
  )
  using _watching = watchThreads(threads)
  const end = () => threads.forEach((thread) => thread.stop())
  signal.addEventListener('abort', end, { once: true })
  if (signal.aborted) end()
  try {
    await Promise.all(threads.map((thread) => thread.ready))
    begin()
    // The first that fails ends the others.
    await Promise.all(
      threads.map((thread) =>
        thread.done.catch((error: unknown) => (end(), Promise.reject(error as Error))),
      ),
    )
  } finally {
    signal.removeEventListener('abort', end)
    await Promise.all(threads.map((thread) => thread.dispose()))
  }
}
