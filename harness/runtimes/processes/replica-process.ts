import { mkdirSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import {
  HarnessError,
  type ClockPort,
  type CommandSpec,
  type ConfigPort,
  type PowerPort,
  type ResetSpec,
  type ServiceSpec,
} from '../../core/index.ts'
import type { RunningReplica } from '../../engine/index.ts'
import { ClockOverHttp } from '../clock-over-http.ts'
import { ConfigOverHttp } from '../config-over-http.ts'
import { fillIn, fillInAll, type Places } from '../fill-in.ts'
import { ReplicaPower, type Machine } from '../replica-power.ts'
import { trusting } from '../trust.ts'
import { compileCache } from './compile-cache.ts'
import { freePort } from './free-port.ts'
import { lastLines } from './last-lines.ts'
import type { Supervised } from './supervised.ts'

const healthEveryMs = 15
const defaultHealthTimeoutMs = 20_000
/** A port that was free may be taken before the program listens on it; then it is started anew on another one. */
const startTries = 3
/** Of each part of a reset. */
const resetTimeoutMs = 10_000
/** Preloaded into Node programs, as source or as built. A service that must not have it sets NODE_OPTIONS in its own environment. */
const connectGuard = new URL(
  `./connect-guard${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`,
  import.meta.url,
).href

export interface ReplicaPlan {
  readonly spec: ServiceSpec
  readonly id: string
  readonly supervised: Supervised
  /** URL of the link to each service that it calls. */
  readonly links: Readonly<Record<string, string>>
  /** Shared by the replicas of a service. */
  readonly dataDir: string
  readonly logFile: string
  readonly proxyUrl: string
  /** Certificate (PEM) of the authority that vouches for external sites. */
  readonly caFile: string
  readonly adminToken: string
  readonly signal: AbortSignal
  readonly onProgress: (text: string) => void
  /** Called when it ends after it was ready, and nobody ended it. */
  readonly onExit: (detail: string) => void
}

/** Starts one replica and returns when it is healthy; throws START_FAILED with its last log lines as soon as it ends. */
export async function startReplica(plan: ReplicaPlan): Promise<ReplicaProcess> {
  mkdirSync(plan.dataDir, { recursive: true })
  for (let attempt = 1; ; attempt += 1) {
    const ports: Record<string, number> = {}
    for (const name of plan.spec.ports) ports[name] = await freePort()
    try {
      const replica = new ReplicaProcess(plan, ports)
      await replica.start(plan.signal)
      replica.expectEnd(false)
      plan.onProgress(`${plan.id} is ready`)
      return replica
    } catch (error) {
      const portTaken = error instanceof Error && error.message.includes('EADDRINUSE')
      if (!portTaken || attempt === startTries) throw error
      plan.onProgress(`${plan.id}: its port was taken meanwhile, starting it on another one`)
    }
  }
}

/** One replica as a process, or as one process after the other when it goes down and is started again. */
export class ReplicaProcess implements RunningReplica, Machine {
  readonly id: string
  readonly service: string
  readonly config: ConfigPort | undefined
  readonly clock?: ClockPort
  readonly power: PowerPort
  readonly ports: Readonly<Record<string, number>>
  #plan: ReplicaPlan
  #end = Promise.withResolvers<string>()
  #isExpectedToEnd = true
  #isTouched = false

  constructor(plan: ReplicaPlan, ports: Readonly<Record<string, number>>) {
    const { spec, id, adminToken } = plan
    this.#plan = plan
    this.id = id
    this.service = spec.name
    this.ports = ports
    this.config =
      spec.config && new ConfigOverHttp(id, this.#urlOf(spec.config.port), spec.config, adminToken)
    const { clock } = spec
    if (clock) this.clock = new ClockOverHttp(id, this.#urlOf(clock.port), clock, adminToken)
    this.power = new ReplicaPower(this)
  }

  /** What it writes from now on, and what it is started with when it is started again, is that of another run. */
  adopt(plan: Partial<ReplicaPlan>): void {
    this.#plan = { ...this.#plan, ...plan }
  }

  /** Asks the service for a part of a reset. Throws when there is no good answer. */
  async askReset(
    method: 'GET' | 'POST',
    part: '' | '/stop' | '/start',
    signal: AbortSignal,
  ): Promise<unknown> {
    const { spec, id, adminToken } = this.#plan
    const { port, path } = spec.reset as ResetSpec
    const body = part === '/start' ? { body: JSON.stringify({ env: this.#resetVariables() }) } : {}
    const response = await fetch(this.#urlOf(port) + path + part, {
      method,
      signal: AbortSignal.any([signal, AbortSignal.timeout(resetTimeoutMs)]),
      headers: { authorization: `Bearer ${adminToken}` },
      ...body,
    })
    const answer = await response.text()
    if (response.ok) return JSON.parse(answer)
    throw new Error(`${id} answered ${method} ${path}${part} with ${response.status}: ${answer}`)
  }

  async untilHealthy(signal: AbortSignal): Promise<void> {
    const { health } = this.#plan.spec
    await waitUntilHealthy(this.#plan, this.url + (health.path ?? '/'), () => undefined, signal)
  }

  #resetVariables(): Record<string, string> {
    const { spec } = this.#plan
    const { env = {} } = commandOf(spec)
    const places: Places = { ...this.#plan, host: '127.0.0.1', ports: this.ports }
    const { variables } = spec.reset as ResetSpec
    // One that is not set any more is empty: a variable cannot be taken from a process that runs.
    return Object.fromEntries(variables.map((name) => [name, fillIn(env[name] ?? '', places)]))
  }

  get pid(): number | undefined {
    return this.#plan.supervised.pidOf(this.id)
  }

  get url(): string {
    return this.#urlOf('http')
  }

  expectEnd(isExpected: boolean): void {
    this.#isExpectedToEnd = isExpected
  }

  /** It is still the process that was started, and nobody has signalled it. */
  get isUntouched(): boolean {
    return !this.#isTouched
  }

  send(signalName: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.#isTouched = true
    this.#plan.supervised.signal(this.id, signalName)
    return Promise.resolve()
  }

  freeze(isFrozen: boolean): Promise<void> {
    this.#isTouched = true
    this.#plan.supervised.signal(this.id, isFrozen ? 'SIGSTOP' : 'SIGCONT')
    return Promise.resolve()
  }

  async ended(timeoutMs: number, signal: AbortSignal): Promise<string | undefined> {
    const waiting = new AbortController()
    const over = delay(timeoutMs, undefined, { signal: AbortSignal.any([signal, waiting.signal]) })
    // Cut short by the signal: then it has not ended, as far as anybody knows.
    const outcome = await Promise.race([this.#end.promise, over.catch(() => undefined)])
    waiting.abort()
    return outcome
  }

  async start(signal: AbortSignal): Promise<void> {
    const { spec, id, supervised, logFile, onExit } = this.#plan
    const command = commandOf(spec)
    const places: Places = { ...this.#plan, host: '127.0.0.1', ports: this.ports }
    this.#end = Promise.withResolvers()
    let ended: string | undefined
    supervised.start(
      {
        id,
        command: command.command === 'node' ? process.execPath : command.command,
        args: command.args.map((text) => fillIn(text, places)),
        env: { ...environmentOf(this.#plan), ...fillInAll(command.env ?? {}, places) },
        cwd: command.cwd ?? process.cwd(),
        log: logFile,
      },
      {
        onExit: (detail) => {
          ended = detail
          this.#end.resolve(detail)
          if (!this.#isExpectedToEnd) onExit(`${detail}\n${lastLines(logFile)}`)
        },
      },
    )
    await waitUntilHealthy(this.#plan, this.url + (spec.health.path ?? '/'), () => ended, signal)
  }

  #urlOf(port: string): string {
    return `http://127.0.0.1:${this.ports[port]}`
  }
}

function commandOf({ name, run }: ServiceSpec): CommandSpec {
  if (run.kind === 'command') return run
  throw new HarnessError(
    'RUNTIME_UNAVAILABLE',
    `${name} comes as an image, and cannot be started as a process`,
    {
      hint: 'use --runtime containers; aftershock doctor says whether this machine can',
    },
  )
}

async function waitUntilHealthy(
  { id, spec, logFile }: ReplicaPlan,
  url: string,
  ended: () => string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const timeoutMs = spec.health.timeoutMs ?? defaultHealthTimeoutMs
  const deadline = performance.now() + timeoutMs
  let last = 'it was not asked yet'
  while (performance.now() < deadline) {
    if (signal.aborted) throw new HarnessError('ABORTED', `interrupted while ${id} started`)
    const detail = ended()
    if (detail !== undefined) {
      throw new HarnessError(
        'START_FAILED',
        `${id} ended while starting (${detail}):\n${lastLines(logFile)}`,
      )
    }
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(2_000), redirect: 'manual' })
      await response.arrayBuffer()
      if (response.ok) return
      last = `it answered ${response.status}`
    } catch (error) {
      last = `no answer: ${((error as Error).cause as Error | undefined)?.message ?? (error as Error).message}`
    }
    await delay(healthEveryMs)
  }
  throw new HarnessError(
    'START_FAILED',
    `${id} was not healthy within ${timeoutMs} ms (GET ${url}: ${last}):\n${lastLines(logFile)}`,
    { hint: `is health.path '${spec.health.path}' right? health.timeoutMs can be raised` },
  )
}

/** Nothing of the harness's own environment reaches the system but PATH and the place for temporary files: runs are alike on every machine. */
function environmentOf(plan: ReplicaPlan): Record<string, string> {
  const { spec, proxyUrl, caFile, adminToken, dataDir } = plan
  return {
    PATH: process.env['PATH'] ?? '',
    TMPDIR: dataDir,
    HOME: dataDir,
    ...compileCache(),
    NODE_USE_ENV_PROXY: '1',
    HTTP_PROXY: proxyUrl,
    HTTPS_PROXY: proxyUrl,
    http_proxy: proxyUrl,
    https_proxy: proxyUrl,
    NO_PROXY: '127.0.0.1,localhost',
    no_proxy: '127.0.0.1,localhost',
    NODE_OPTIONS: `--import=${connectGuard}`,
    ...trusting(caFile),
    ...(spec.config ? { [spec.config.tokenEnv]: adminToken } : {}),
  }
}
