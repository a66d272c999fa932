import { setTimeout as delay } from 'node:timers/promises'
import { lengthMs, type Options, type Scenario, type Stage } from './options.ts'
import type { Output } from './output.ts'
import type { World } from './world.ts'

/** Runs scenarios one beside the other. */
export class Load {
  interrupted = false
  /** Rejected by the first flow that throws, which ends the load. */
  readonly #failed = Promise.withResolvers<never>()
  readonly #options: Options
  readonly #open: () => Promise<World>
  readonly #output: Output

  constructor(options: Options, open: () => Promise<World>, output: Output) {
    this.#options = options
    this.#open = open
    this.#output = output
  }

  interrupt(): void {
    this.interrupted = true
  }

  async run(data: unknown): Promise<void> {
    const scenarios = Object.entries(this.#options.scenarios)
    const runs = scenarios.map(([name, scenario]) => this.#run(name, scenario, data))
    await Promise.race([Promise.all(runs), this.#failed.promise])
  }

  async #run(name: string, scenario: Scenario, data: unknown): Promise<void> {
    const targets = scenario.stages?.map(({ target }) => target) ?? []
    const { vus = Math.max(scenario.startVUs ?? 1, ...targets) } = scenario
    const count = scenario.preAllocatedVUs ?? vus
    const users = await Promise.all(Array.from({ length: count }, () => this.#open()))
    let next = 0
    const once = async (user: World) => user.iterate(name, scenario.exec, (next += 1) - 1, data)
    await delay(lengthMs(scenario.startTime ?? '0s'))
    const { stages = [], duration = '10m', startVUs = 1 } = scenario
    const beganAt = Date.now()
    const endsAfterMs = stages.length > 0 ? totalMs(stages) : lengthMs(duration)
    const goesOn = () => !this.interrupted && Date.now() - beganAt < endsAfterMs
    switch (scenario.executor) {
      case 'constant-arrival-rate':
      case 'ramping-arrival-rate':
        return this.#arrivals(name, scenario, users, once)
      case 'constant-vus':
        await Promise.all(users.map((user) => repeat(goesOn, () => once(user))))
        return
      case 'ramping-vus': {
        const wanted = () => valueAt(startVUs, stages, Date.now() - beganAt)
        await Promise.all(
          users.map((user, i) => repeat(goesOn, () => (i < wanted() ? once(user) : delay(20)))),
        )
        return
      }
      case 'shared-iterations':
      case 'per-vu-iterations': {
        const { iterations = 1, executor } = scenario
        const shared = { left: iterations }
        await Promise.all(
          users.map((user) => {
            const own = executor === 'shared-iterations' ? shared : { left: iterations }
            return repeat(
              () => goesOn() && own.left-- > 0,
              () => once(user),
            )
          }),
        )
        return
      }
      default:
        throw new Error(`the stand-in has no executor '${scenario.executor}'`)
    }
  }

  async #arrivals(
    name: string,
    scenario: Scenario,
    users: readonly World[],
    once: (user: World) => Promise<void>,
  ): Promise<void> {
    const idle = [...users]
    const running = new Set<Promise<void>>()
    const beganAt = Date.now()
    for (const dueMs of scenario.stages ? dueInStages(scenario) : dueAtRate(scenario)) {
      await delay(beganAt + dueMs - Date.now())
      if (this.interrupted) break
      const user = idle.pop()
      if (!user) {
        this.#output.point('dropped_iterations', 1, { scenario: name, group: '' })
        continue
      }
      const flow = once(user)
        .catch((error: unknown) => this.#failed.reject(error as Error))
        .finally(() => {
          idle.push(user)
          running.delete(flow)
        })
      running.add(flow)
      this.#output.point('vus', running.size, {})
    }
    // What goes on longer is interrupted by the end of the process, and nothing is measured of it.
    const graceMs = lengthMs(scenario.gracefulStop ?? '30s')
    await Promise.race([Promise.all(running), delay(graceMs)])
    this.#output.point('vus', running.size, {})
  }
}

async function repeat(goesOn: () => boolean, task: () => Promise<void>): Promise<void> {
  while (goesOn()) await task()
}

/** When arrivals are due, in ms from the start of their scenario. */
function* dueAtRate({ rate = 1, timeUnit = '1s', duration = '' }: Scenario): Generator<number> {
  const everyMs = lengthMs(timeUnit) / rate
  for (let ms = 0; ms < lengthMs(duration); ms += everyMs) yield ms
}

/** The same of a rate that changes, which k6 counts up to one before it starts a flow: added up ms by ms. */
function* dueInStages({
  startRate = 0,
  timeUnit = '1s',
  stages = [],
}: Scenario): Generator<number> {
  let due = 0
  for (let ms = 0; ms < totalMs(stages); ms += 1) {
    due += valueAt(startRate, stages, ms + 0.5) / lengthMs(timeUnit)
    for (; due > 1 - 1e-6; due -= 1) yield ms
  }
}

function totalMs(stages: readonly Stage[]): number {
  return stages.reduce((sum, { duration }) => sum + lengthMs(duration), 0)
}

function valueAt(start: number, stages: readonly Stage[], elapsedMs: number): number {
  let from = start
  let left = elapsedMs
  for (const { target, duration } of stages) {
    const length = lengthMs(duration)
    if (left < length) return from + ((target - from) * left) / length
    left -= length
    from = target
  }
  return from
}
