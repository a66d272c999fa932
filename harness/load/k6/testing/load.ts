import { setTimeout as delay } from 'node:timers/promises'
import type { Options, Scenario } from './options.ts'
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
    const count = scenario.preAllocatedVUs ?? scenario.vus ?? 1
    const users = await Promise.all(Array.from({ length: count }, () => this.#open()))
    let next = 0
    const once = async (user: World) => user.iterate(name, scenario.exec, (next += 1) - 1, data)
    const endsAt = Date.now() + lengthMs(scenario.duration ?? '10m')
    const goesOn = () => !this.interrupted && Date.now() < endsAt
    switch (scenario.executor) {
      case 'constant-arrival-rate':
        return this.#arrivals(name, scenario, users, goesOn, once)
      case 'constant-vus':
        await Promise.all(users.map((user) => repeat(goesOn, () => once(user))))
        return
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
    { rate = 1, timeUnit = '1s' }: Scenario,
    users: readonly World[],
    goesOn: () => boolean,
    once: (user: World) => Promise<void>,
  ): Promise<void> {
    const idle = [...users]
    const running = new Set<Promise<void>>()
    const beganAt = Date.now()
    for (let due = 0; goesOn(); due += 1) {
      await delay(beganAt + (due * lengthMs(timeUnit)) / rate - Date.now())
      if (!goesOn()) break
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
    await Promise.all(running)
  }
}

async function repeat(goesOn: () => boolean, task: () => Promise<void>): Promise<void> {
  while (goesOn()) await task()
}

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

function lengthMs(text: string): number {
  return [...text.matchAll(/([\d.]+)(ms|s|m|h)/g)].reduce(
    (sum, [, amount, unit = 's']) => sum + Number(amount) * (unitsMs[unit] ?? NaN),
    0,
  )
}
