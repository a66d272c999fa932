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
  type FlowContext,
  type HttpClient,
  type LoadExecutor,
  type Random,
  type ThinkTime,
} from '../core/index.ts'
import { unknownCell, type BatchWriter } from './batch.ts'
import { Deadline, Underway } from './deadline.ts'
import { durationOr } from './duration.ts'
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

interface Cell {
  readonly flow: Flow
  readonly actor: Actor
  /** Among those of `cellsUnderWay`. */
  readonly place: number
  /** Runs of this cell in this thread so far. */
  runs: number
}

const defaultTimeoutMs = 5_000
const defaultGracefulMs = 30_000
/** Flows started in one go; then I/O has its turn, or catching up would starve it. */
const mostAtOnce = 128
/** The same of flows that take long before they wait for anything. The clock is read after so many. */
const longestMs = 20
const clockEvery = 8
/** What a load that is stopped from outside cuts off so soon after its start says nothing of the system. */
const youngMs = 1_000
/** How often the number of users is looked at while it changes. */
const rampEveryMs = 50

/** The cells of all executors, each once, in the order of their places. */
export function cellsUnderWay(executors: readonly PlannedExecutor[]): readonly CellId[] {
  const all = executors.flatMap(({ cells }) => cells)
  return [...new Map(all.map(({ flow, actor }) => [`${flow} ${actor}`, { flow, actor }])).values()]
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
    this.#works = options.executors.map(() => new ExecutorWork())
    const flows = new Map(options.flows.map((flow) => [flow.id, flow]))
    const actors = new Map(options.actors.map((actor) => [actor.id, actor]))
    const all = new Map<string, Cell>()
    this.#cells = options.executors.map(({ cells }) =>
      cells.map(({ flow: flowId, actor: actorId }) => {
        const flow = flows.get(flowId)
        const actor = actors.get(actorId)
        const key = `${flowId} ${actorId}`
        if (!flow || !actor) throw new HarnessError('INVALID_SCENARIO', `no such cell: ${key}`)
        // Executors share the count of a cell, so that fresh content stays fresh.
        const cell = all.get(key) ?? { flow, actor, place: all.size, runs: 0 }
        all.set(key, cell)
        return cell
      }),
    )
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
        else work.add(this.#perform(part, cell, random, beginMs + pacer.at(arrival)))
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

  /** One flow after the other. Its intended start is when the user is ready: somebody waits for the answer before they go on. */
  async #user(part: Part, vu: number, goesOn: () => boolean): Promise<void> {
    const { planned, stop } = part
    const name = `${planned.name} user ${vu}`
    const schedule = new Schedule(this.#options.seed, name, planned.cells)
    for (let i = 0; this.#fault === undefined && goesOn(); i += 1) {
      const { cell, random } = schedule.pick(i)
      await this.#perform(part, cell, random, this.#options.elapsed())
      if (planned.thinkTime !== undefined)
        await this.#sleep(thinkMs(planned.thinkTime, random), stop)
      // A flow that asks for nothing must not keep everything else from running.
      else if (i % mostAtOnce === 0) await turn()
    }
  }

  async #perform(
    { number: executor, work }: Part,
    cellNumber: number,
    random: Random,
    intendedMs: number,
  ): Promise<void> {
    const { elapsed, writer, clientFor, index, of, underWay } = this.#options
    const cell = this.#cells[executor]?.[cellNumber]
    if (!cell) throw new Error(`no cell ${cellNumber} in executor ${executor}`)
    const { flow, actor } = cell
    const iteration = this.#options.firstIteration + cell.runs * of + index
    cell.runs += 1
    const startMs = elapsed()
    const timeoutMs = flow.timeoutMs ?? defaultTimeoutMs
    const deadline = new Deadline(timeoutMs)
    work.inFlight.add(deadline)
    if (underWay) underWay[cell.place] = (underWay[cell.place] ?? 0) + 1
    writer.started()
    const http = clientFor(actor, deadline, (figures) =>
      writer.request(executor, cellNumber, figures),
    )
    const context = new Context(http, actor, random, iteration, deadline)
    let failure: FlowFailure | undefined
    try {
      await inTime(deadline, timeoutMs, () => flow.run(context))
    } catch (error) {
      failure = this.#asFailure(error, flow)
    } finally {
      deadline.clear()
      work.inFlight.remove(deadline)
      if (underWay) underWay[cell.place] = (underWay[cell.place] ?? 0) - 1
    }
    const lateMs = Math.max(0, startMs - intendedMs)
    const durationMs = elapsed() - intendedMs
    if (work.isCut || (failure && this.#fault !== undefined)) {
      const isYoung = this.#isStopped && durationMs < youngMs
      return writer.cut(executor, cellNumber, intendedMs, isYoung ? 0 : durationMs)
    }
    writer.flow(executor, cellNumber, { startMs: intendedMs, durationMs, lateMs }, failure)
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
  readonly inFlight = new Underway()
  #fault: { readonly error: unknown } | undefined
  readonly #settled: (() => void)[] = []

  add(task: Promise<void>): void {
    this.size += 1
    task.then(this.#ended, (error: unknown) => {
      this.#fault ??= { error }
      this.#ended()
    })
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

  readonly #ended = () => {
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

/** What a flow is given. The signal is made for who asks for it. */
class Context implements FlowContext {
  readonly http: HttpClient
  readonly actor: Actor
  readonly random: Random
  readonly iteration: number
  readonly #deadline: Deadline

  constructor(
    http: HttpClient,
    actor: Actor,
    random: Random,
    iteration: number,
    deadline: Deadline,
  ) {
    this.http = http
    this.actor = actor
    this.random = random
    this.iteration = iteration
    this.#deadline = deadline
  }

  get signal(): AbortSignal {
    return this.#deadline.signal
  }
}

/** Ends flows that do not look at their signal. */
function inTime(deadline: Deadline, timeoutMs: number, run: () => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    run().then(resolve, reject)
    deadline.add({
      timeIsOver: () => {
        // The request under way fails a moment earlier, and shows its exchange.
        const fail = () => reject(new FlowFailure('timeout', `not done within ${timeoutMs} ms`))
        setTimeout(fail, 10)
      },
    })
  })
}
