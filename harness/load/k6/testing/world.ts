import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import vm from 'node:vm'
import { request } from './http.ts'
import type { Options } from './options.ts'
import type { Output } from './output.ts'

export class ScriptAbort extends Error {}

type Exports = Readonly<Record<string, unknown>>

const startedAt = performance.now()

/** One user's world: the script, evaluated among what the language has and what k6 adds. */
export class World {
  readonly #exports: Exports
  readonly #state: State

  private constructor(exports: Exports, state: State) {
    this.#exports = exports
    this.#state = state
  }

  static async open(path: string, output: Output): Promise<World> {
    const context = vm.createContext({ __ENV: { ...process.env }, __VU: 1, __ITER: 0 })
    const state: State = {
      output,
      tags: {},
      sleepMs: 0,
      scenario: { name: '', iterationInTest: 0 },
    }
    const modules = modulesOf(state)
    const script = new vm.SourceTextModule(readFileSync(path, 'utf8'), { context })
    await script.link((name) => {
      const exports = modules[name]
      if (!exports) throw new Error(`k6 has no module '${name}'`)
      const names = ['default', ...Object.keys(exports)]
      return new vm.SyntheticModule(
        names,
        function fill(this: vm.SyntheticModule) {
          for (const one of names) this.setExport(one, one === 'default' ? exports : exports[one])
        },
        { context },
      )
    })
    await script.evaluate()
    return new World(script.namespace as Exports, state)
  }

  get options(): Options {
    return JSON.parse(JSON.stringify(this.#exports['options'])) as Options
  }

  async setup(): Promise<unknown> {
    this.#state.scenario = { name: 'setup', iterationInTest: 0 }
    this.#state.tags = { group: '::setup' }
    const data = await (this.#exports['setup'] as () => Promise<unknown>)()
    return JSON.parse(JSON.stringify(data)) as unknown
  }

  async iterate(name: string, exec: string, iterationInTest: number, data: unknown): Promise<void> {
    this.#state.scenario = { name, iterationInTest }
    this.#state.tags = { scenario: name, group: '' }
    const began = performance.now()
    await (this.#exports[exec] as (data: unknown) => Promise<void>)(data)
    const { output, tags, sleepMs } = this.#state
    this.#state.sleepMs = 0
    await delay(sleepMs)
    output.point('data_sent', 100, tags)
    output.point('data_received', 200, tags)
    output.point('iteration_duration', performance.now() - began, tags)
    output.point('iterations', 1, tags)
  }
}

interface State {
  readonly output: Output
  tags: Record<string, string>
  sleepMs: number
  scenario: { name: string; iterationInTest: number }
}

function modulesOf(state: State): Readonly<Record<string, Exports>> {
  const point = (metric: string, value: number, tags: Record<string, string> = {}) =>
    state.output.point(metric, value, { ...state.tags, ...tags })
  class Metric {
    readonly name: string
    constructor(name: string) {
      this.name = name
    }
    add(value: number, tags?: Record<string, string>): void {
      point(this.name, value, tags)
    }
  }
  const check = (
    value: unknown,
    checks: Readonly<Record<string, (value: unknown) => boolean>>,
    tags?: Record<string, string>,
  ): boolean => {
    const results = Object.entries(checks).map(([name, holds]) => {
      const ok = holds(value)
      point('checks', ok ? 1 : 0, { check: name, ...tags })
      return ok
    })
    return results.every(Boolean)
  }
  // k6 stops the user there and then; here it is made up for at the end, where our scripts sleep.
  const sleep = (seconds: number): void => {
    state.sleepMs += seconds * 1_000
  }
  const execution = {
    get scenario() {
      return state.scenario
    },
    instance: {
      get currentTestRunDuration() {
        return performance.now() - startedAt
      },
    },
    test: {
      abort: (why = 'test aborted') => {
        throw new ScriptAbort(why)
      },
    },
    vu: {
      metrics: {
        get tags() {
          return state.tags
        },
      },
    },
  }
  return {
    k6: { check, sleep },
    'k6/execution': execution,
    'k6/metrics': { Trend: Metric, Counter: Metric },
    'k6/timers': { setTimeout, clearTimeout },
    'k6/encoding': {
      b64decode: (text: string) => Uint8Array.from(Buffer.from(text, 'base64')).buffer,
      b64encode: (bytes: ArrayBuffer) => Buffer.from(bytes).toString('base64'),
    },
    'k6/http': { CookieJar: Map, asyncRequest: request(point) },
  }
}
