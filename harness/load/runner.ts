import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises'
import {
  FlowFailure,
  HarnessError,
  describeError,
  flowFault,
  isFlowFailure,
  type Actor,
  type CellId,
  type Flow,
  type HttpClient,
  type LoadExecutor,
  type Random,
  type ThinkTime,
} from '../core/index.ts'
import { unknownCell, type BatchWriter } from './batch.ts'
import { Underway, type Deadline } from './deadline.ts'
import { durationOr } from './duration.ts'
import { FlowRun } from './flow-run.ts'
import type { RequestFigures } from './http1/call.ts'
import { ArrivalPacer, endOf, lengthOf, mostVus, ratePieces, valueAt, vuPieces } from './pacer.ts'
import type { WeightedCell } from './profile.ts'
import { Schedule } from './schedule.ts'
import { thinkMs } from './think.ts'
import type { TickClock } from './tick-clock.ts'

/** An executor with its name and what its users do. */
export interface PlannedExecutor {
  readonly name: string
  readonly executor: LoadExecutor
  readonly cells: readonly WeightedCell[]
  readonly thinkTime?: ThinkTime
}

export interface RunnerOptions {
  readonly executors: readonly PlannedExecutor[]
  readonly flows: readonly Flow[]
  /** With the headers of their sessions. */
  readonly actors: readonly Actor[]
  readonly clientFor: (
    actor: Actor,
    deadline: Deadline,
    onRequest: (figures: RequestFigures) => void,
  ) => HttpClient
  readonly seed: number
  /** From where the runs of each cell are counted. */
  readonly firstIteration: number
  /** This thread's part: `index` of `of`. */
  readonly index: number
  readonly of: number
  /** Ms since the start of the load, on a clock that all threads share. Below 0 before it. */
  readonly elapsed: () => number
  readonly writer: BatchWriter
  /** Where it counts what is under way, by the places of `cellsUnderWay`. */
  readonly underWay?: Int32Array
  /** For arrivals. Timers without it. */
  readonly ticks?: TickClock
}

/** Of an executor. */
interface Cell {
  readonly flow: Flow
  readonly actor: Actor
  readonly clientFor: (actor: Actor, deadline: Deadline) => HttpClient
  /** Executors share the count of a cell, so that fresh content stays fresh. */
  readonly counts: {
    /** Among those of `cellsUnderWay`. */
    readonly place: number
    /** In this thread so far. */
    runs: number
  }
}

const defaultGracefulMs = 30_000
/** Flows started in one go; then I/O has its turn, or catching up would starve it. */
const mostAtOnce = 128
/** The same of flows that take long before they wait for anything. The clock is read after so many. */
const longestMs = 20
const clockEvery = 8
/** What a load that is stopped from outside cuts off so soon after its start says nothing of the system. */
export const youngMs = 1_000
/** How often the number of users is looked at while it changes. */
const rampEveryMs = 50

/** The cells of all executors, each once, in the order of their places. */
export function cellsUnderWay(executors: readonly PlannedExecutor[]): readonly CellId[] {
  const all = executors.flatMap(({ cells }) => cells)
  return [...new Map(all.map(({ flow, actor }) => [keyOf(flow, actor), { flow, actor }])).values()]
}

function keyOf(flow: string, actor: string): string {
  return `${flow} ${actor}`
}

/** When the last flow of an executor is cut off, in ms from the start of the load. */
export function lastOf(executor: LoadExecutor): number {
  return endOf(executor) + durationOr(executor.gracefulStop, defaultGracefulMs)
}

/** Runs one thread's part of a load. */
export class LoadRunner {
  readonly #options: RunnerOptions
  readonly #cells: readonly (readonly Cell[])[]
  readonly #works: readonly ExecutorWork[]
  #isStopped = false
  #fault: Error | undefined

  constructor(options: RunnerOptions) {
    this.#options = options
    this.#works = options.executors.map(() => new ExecutorWork(options.elapsed))
    const flows = new Map(options.flows.map((flow) => [flow.id, flow]))
    const actors = new Map(options.actors.map((actor) => [actor.id, actor]))
    const all = new Map<string, Cell['counts']>()
    this.#cells = options.executors.map(({ cells }, executor) =>
      cells.map(({ flow: flowId, actor: actorId }, number) => {
        const flow = flows.get(flowId)
        const actor = actors.get(actorId)
        const key = keyOf(flowId, actorId)
        if (!flow || !actor) throw new HarnessError('INVALID_SCENARIO', `no such cell: ${key}`)
        const counts = all.get(key) ?? { place: all.size, runs: 0 }
        all.set(key, counts)
        const work = this.#works[executor]
        const onRequest = (figures: RequestFigures) => {
          if (!work?.isCut) return options.writer.request(executor, number, figures)
          // As its flow, it counts as nothing.
          const durationMs = this.#countedMs(figures.durationMs)
          const blockedMs = Math.min(durationMs, figures.blockedMs)
          options.writer.cutRequest(executor, number, durationMs, blockedMs)
        }
        const clientFor: Cell['clientFor'] = (who, deadline) =>
          options.clientFor(who, deadline, onRequest)
        return { flow, actor, counts, clientFor }
      }),
    )
    options.writer.oldest = () => this.#oldest(all)
  }

  /**
   * Resolves when all executors are done and nothing of theirs is under way. The signal starts no more flows and cuts off those under way.
   * Throws what went wrong inside of the harness, or HarnessError INVALID_SCENARIO of a flow.
   */
  async run(signal: AbortSignal): Promise<void> {
    // It may have been ended while its thread was starting: no event will tell.
    if (signal.aborted) return
    const cut = () => {
      this.#isStopped = true
      for (const work of this.#works) work.cut()
    }
    signal.addEventListener('abort', cut, { once: true })
    try {
      await Promise.all(this.#options.executors.map((planned, i) => this.#run(planned, i, signal)))
    } finally {
      signal.removeEventListener('abort', cut)
      cut()
    }
    if (this.#fault !== undefined) throw this.#fault
  }

  async #run(planned: PlannedExecutor, number: number, signal: AbortSignal): Promise<void> {
    const { executor } = planned
    const of = Math.min(this.#options.of, mostVus(executor))
    if (this.#options.index >= of) return
    const stop = new AbortController()
    const end = () => stop.abort()
    signal.addEventListener('abort', end, { once: true })
    const work = this.#works[number] as ExecutorWork
    using _watching = work.inFlight.watch()
    try {
      await this.#sleep(durationOr(executor.startTime, 0) - this.#options.elapsed(), signal)
      const leftMs = endOf(executor) - this.#options.elapsed()
      // Arrivals end by themselves, once all that were due have been started: a timer could come before the last.
      const isPaced = 'preAllocatedVUs' in executor
      const timer = isPaced
        ? undefined
        : setTimeout(end, Math.min(Math.max(0, leftMs), 2 ** 31 - 1))
      try {
        await this.#execute(planned, number, of, stop.signal, work)
      } finally {
        clearTimeout(timer)
        // Users go on until they are told to end.
        end()
      }
      await this.#windDown(executor, work, signal)
    } finally {
      signal.removeEventListener('abort', end)
    }
  }

  #execute(
    planned: PlannedExecutor,
    number: number,
    of: number,
    stop: AbortSignal,
    work: ExecutorWork,
  ): Promise<void> {
    const { executor } = planned
    switch (executor.executor) {
      case 'constant-arrival-rate':
      case 'ramping-arrival-rate': {
        const pacer = new ArrivalPacer(ratePieces(executor))
        return this.#arrivals({ planned, number, of, stop, work }, pacer, mostVus(executor))
      }
      case 'constant-vus':
      case 'ramping-vus':
        return this.#users({ planned, number, of, stop, work }, vuPieces(executor))
      case 'per-vu-iterations':
      case 'shared-iterations':
        return this.#counted({ planned, number, of, stop, work }, executor)
    }
  }

  async #arrivals(part: Part, pacer: ArrivalPacer, vus: number): Promise<void> {
    const { planned, number, of, stop, work } = part
    const { elapsed, index, writer } = this.#options
    const schedule = new Schedule(this.#options.seed, planned.name, planned.cells)
    const beginMs = durationOr(planned.executor.startTime, 0)
    const mine = shareOf(vus, index, of)
    let started = 0
    let turnedMs = elapsed()
    while (!stop.aborted && this.#fault === undefined) {
      const pace = pacer.pace(elapsed() - beginMs, started, index, of)
      if (pace.kind === 'stop') return
      if (pace.kind === 'wait') {
        await (this.#options.ticks?.sleep(pace.forMs, stop) ?? this.#sleep(pace.forMs, stop))
        turnedMs = elapsed()
        continue
      }
      const count = Math.min(pace.count, mostAtOnce)
      const isTooLong = () => elapsed() - turnedMs > longestMs
      for (let i = 0; i < count && (i % clockEvery > 0 || !isTooLong()); i += 1) {
        const arrival = started * of + index
        started += 1
        const { cell, random } = schedule.pick(arrival)
        if (work.size >= mine) writer.dropped(number, cell)
        else {
          work.began()
          const dueMs = beginMs + pacer.at(arrival)
          this.#perform(part, cell, random, dueMs, elapsed(), work.ended)
        }
      }
      if (pace.count <= count && !isTooLong()) continue
      await turn()
      turnedMs = elapsed()
    }
  }

  async #users(part: Part, pieces: readonly Piece[]): Promise<void> {
    const { planned, of, stop, work } = part
    const { elapsed, index } = this.#options
    const beginMs = durationOr(planned.executor.startTime, 0)
    const users: AbortController[] = []
    const lengthMs = lengthOf(pieces)
    while (!stop.aborted && elapsed() - beginMs < lengthMs) {
      const all = Math.round(valueAt(pieces, Math.max(0, elapsed() - beginMs)))
      const wanted = shareOf(all, index, of)
      while (users.length < wanted) {
        const leave = new AbortController()
        const vu = users.length * of + index
        users.push(leave)
        work.add(this.#user(part, vu, () => !stop.aborted && !leave.signal.aborted))
      }
      while (users.length > wanted) users.pop()?.abort()
      await this.#sleep(Math.min(rampEveryMs, lengthMs - (elapsed() - beginMs)), stop)
    }
  }

  async #counted(
    part: Part,
    executor: Extract<LoadExecutor, { executor: 'per-vu-iterations' | 'shared-iterations' }>,
  ): Promise<void> {
    const { of, stop, number } = part
    const { index, writer } = this.#options
    const { vus = 1, iterations = 1 } = executor
    const users = shareOf(vus, index, of)
    const isShared = executor.executor === 'shared-iterations'
    let left = isShared ? shareOf(iterations, index, of) : users * iterations
    const all = Array.from({ length: users }, (_, i) => {
      let own = isShared ? Infinity : iterations
      const goesOn = () => {
        if (stop.aborted || own === 0 || left === 0) return false
        own -= 1
        left -= 1
        return true
      }
      return this.#user(part, i * of + index, goesOn)
    })
    for (const user of all) part.work.add(user)
    // At the end of maxDuration the graceful stop begins, whoever is still busy.
    await Promise.race([Promise.all(all), untilAborted(stop)])
    // What was not begun by then never is, which k6 counts as dropped.
    if (!this.#isStopped && this.#fault === undefined) writer.dropped(number, unknownCell, left)
  }

  /**
   * One flow after the other; resolves after the last. Its intended start is when the user is ready: somebody waits for the answer before
   * they go on. Not a loop that awaits: promises are a good part of what a flow costs.
   */
  #user(part: Part, vu: number, goesOn: () => boolean): Promise<void> {
    const { planned, stop } = part
    const { elapsed, seed } = this.#options
    const schedule = new Schedule(seed, `${planned.name} user ${vu}`, planned.cells)
    let performed = 0
    return new Promise((resolve, reject) => {
      const next = () => {
        if (this.#fault !== undefined || !goesOn()) return resolve()
        const { cell, random } = schedule.pick(performed)
        performed += 1
        const nowMs = elapsed()
        this.#perform(part, cell, random, nowMs, nowMs, () => {
          if (planned.thinkTime !== undefined)
            this.#sleep(thinkMs(planned.thinkTime, random), stop).then(next, reject)
          // A flow that asks for nothing must not keep everything else from running.
          else if (performed % mostAtOnce === 1) setImmediate(next)
          else next()
        })
      }
      next()
    })
  }

  /** Calls `then` when the flow has ended. */
  #perform(
    { number: executor, work }: Part,
    cellNumber: number,
    random: Random,
    intendedMs: number,
    startMs: number,
    then: () => void,
  ): void {
    const { elapsed, writer, index, of, underWay } = this.#options
    const cell = this.#cells[executor]?.[cellNumber]
    if (!cell) throw new Error(`no cell ${cellNumber} in executor ${executor}`)
    const { flow, actor, counts, clientFor } = cell
    const iteration = this.#options.firstIteration + counts.runs * of + index
    counts.runs += 1
    const run = new FlowRun(flow, actor, random, iteration, startMs, clientFor)
    work.inFlight.add(run)
    if (underWay) underWay[counts.place] = (underWay[counts.place] ?? 0) + 1
    writer.started()
    run.perform((failed) => {
      run.clear()
      work.inFlight.remove(run)
      if (underWay) underWay[counts.place] = (underWay[counts.place] ?? 0) - 1
      const failure = failed && this.#asFailure(failed.error, flow)
      const durationMs = elapsed() - intendedMs
      if (work.isCut || (failure && this.#fault !== undefined)) {
        writer.cut(executor, cellNumber, intendedMs, this.#countedMs(durationMs))
      } else {
        const lateMs = Math.max(0, startMs - intendedMs)
        writer.flow(executor, cellNumber, { startMs: intendedMs, durationMs, lateMs }, failure)
      }
      then()
    })
  }

  /** Of what was cut off after so long. */
  #countedMs(durationMs: number): number {
    return this.#isStopped && durationMs < youngMs ? 0 : durationMs
  }

  #oldest(cells: ReadonlyMap<string, Cell['counts']>): Float64Array {
    const oldest = new Float64Array(cells.size).fill(Infinity)
    for (const { inFlight } of this.#works) {
      for (const { flowId, actor, startMs } of inFlight.all) {
        const place = cells.get(keyOf(flowId, actor.id))?.place ?? 0
        oldest[place] = Math.min(oldest[place] ?? Infinity, startMs)
      }
    }
    return oldest
  }

  #asFailure(error: unknown, flow: Flow): FlowFailure {
    if (isFlowFailure(error)) return error
    if (error instanceof HarnessError) this.#fault ??= error
    const text = `the flow '${flow.id}' threw ${describeError(error)}`
    return new FlowFailure(flowFault, text, undefined, error)
  }

  async #windDown(executor: LoadExecutor, work: ExecutorWork, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return work.settled()
    const graceful = new AbortController()
    const graceMs = durationOr(executor.gracefulStop, defaultGracefulMs)
    await Promise.race([
      work.settled(),
      this.#sleep(graceMs, AbortSignal.any([signal, graceful.signal])).then(() => {
        if (!graceful.signal.aborted) work.cut()
      }),
    ])
    graceful.abort()
    await work.settled()
  }

  async #sleep(forMs: number, signal: AbortSignal): Promise<void> {
    if (forMs <= 0 || signal.aborted) return
    await delay(Math.min(forMs, 2 ** 31 - 1), undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error
    })
  }
}

type Piece = Parameters<typeof lengthOf>[0][number]

interface Part {
  readonly planned: PlannedExecutor
  readonly number: number
  readonly of: number
  readonly stop: AbortSignal
  readonly work: ExecutorWork
}

/** What an executor has under way. */
class ExecutorWork {
  size = 0
  isCut = false
  readonly inFlight: Underway<FlowRun>
  #fault: { readonly error: unknown } | undefined
  readonly #settled: (() => void)[] = []

  constructor(elapsed: () => number) {
    this.inFlight = new Underway(elapsed)
  }

  add(task: Promise<void>): void {
    this.began()
    task.then(this.ended, (error: unknown) => {
      this.#fault ??= { error }
      this.ended()
    })
  }

  began(): void {
    this.size += 1
  }

  /** Throws what one of them threw. */
  async settled(): Promise<void> {
    if (this.size > 0) await new Promise<void>((resolve) => this.#settled.push(resolve))
    if (this.#fault) throw this.#fault.error
  }

  /** Ends all of it at once. */
  cut(): void {
    this.isCut = true
    this.inFlight.expire()
  }

  readonly ended = () => {
    this.size -= 1
    if (this.size > 0) return
    for (const resolve of this.#settled.splice(0)) resolve()
  }
}

/** So many of `all` fall to one of several. */
function shareOf(all: number, index: number, of: number): number {
  return Math.max(0, Math.ceil((all - index) / of))
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
