import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { StartedTestContainer } from 'testcontainers'
import {
  HarnessError,
  describeError,
  type BuildSpec,
  type ClockPort,
  type ConfigPort,
  type ContainerPatch,
  type ContainerPort,
  type ContainerSettings,
  type PowerPort,
  type PressurePort,
  type ReplicaResources,
  type ServiceSpec,
} from '../../core/index.ts'
import type { RunningReplica } from '../../engine/index.ts'
import { lastLines } from '../processes/last-lines.ts'
import { ReplicaPower, type Machine } from '../replica-power.ts'
import { addContainerFile, readContainerFile, writeContainerFile } from './container-files.ts'
import { ContainerPressure } from './container-pressure.ts'
import { isStatus, type Docker } from './engine.ts'
import type { Exits } from './exits.ts'
import type { TarFile } from './file-tar.ts'
import { askCommand, askUrl, untilHealthy, waitUntil } from './healthy.ts'
import type { LogFile } from './log-file.ts'
import type { RunNetwork } from './networks.ts'
import type { Roster } from './roster.ts'
import type { RunningFabric } from './fabric-container.ts'
import { StackContainer, type ContainerPlan } from './stack-container.ts'

const defaultHealthTimeoutMs = 20_000
/** Programs are asked to stop, and killed after this long. */
const stopGraceMs = 4_000
const endEveryMs = 10
const tellMs = 5_000

export interface ReplicaPlan {
  readonly docker: Docker
  readonly id: string
  readonly spec: ServiceSpec
  /** What a change may touch. */
  readonly settings: ContainerSettings
  /** Variables that the harness adds. */
  readonly addedEnv: Readonly<Record<string, string>>
  readonly container: Pick<
    ContainerPlan,
    'run' | 'entrypoint' | 'command' | 'aliases' | 'mounts' | 'readOnly'
  >
  /** Text of files by path, there before it starts. */
  readonly files: Readonly<Record<string, string>>
  /** Number of each port inside the container. */
  readonly ports: Readonly<Record<string, number>>
  readonly network: RunNetwork
  readonly fabric: RunningFabric
  readonly roster: Roster
  readonly exits: Exits
  readonly log: LogFile
  readonly config: ConfigPort | undefined
  readonly clock: ClockPort | undefined
  /** Its data directory, when it has one, and how much fits into it in MiB, when that is limited. */
  readonly data: { readonly path: string | undefined; readonly roomMb: number | undefined }
  /** The reference of an image that the engine then has. */
  readonly resolveImage: (image: string | BuildSpec) => Promise<string>
}

/** A service that says nothing of its health is ready when it runs. */
const isRunning = { asked: 'it runs', ask: () => Promise.resolve(undefined) }

/** One replica as a container, or as one container after the other when it is made anew. */
export class ReplicaContainer implements RunningReplica, ContainerPort, Machine {
  readonly id: string
  readonly service: string
  readonly config: ConfigPort | undefined
  readonly clock?: ClockPort
  readonly power: PowerPort
  readonly pressure: PressurePort
  readonly #plan: ReplicaPlan
  /** As the image had them, by path, of the files that were written. */
  readonly #originals = new Map<string, TarFile>()
  readonly #written = new Map<string, TarFile>()
  #settings: ContainerSettings
  #started: StartedTestContainer | undefined
  #containerId = ''
  #isExpectedToEnd = false

  constructor(plan: ReplicaPlan) {
    this.#plan = plan
    this.id = plan.id
    this.service = plan.spec.name
    this.config = plan.config
    if (plan.clock) this.clock = plan.clock
    this.#settings = plan.settings
    this.power = new ReplicaPower(this)
    this.pressure = new ContainerPressure(plan, () => ({
      id: this.#containerId,
      resources: this.#settings.resources,
    }))
  }

  get container(): ContainerPort {
    return this
  }

  get settings(): ContainerSettings {
    return this.#settings
  }

  get containerId(): string {
    return this.#containerId
  }

  /** What its processes use together. An engine does not tell of descriptors. Undefined when it does not run. */
  async resources(): Promise<ReplicaResources | undefined> {
    const container = this.#plan.docker.getContainer(this.#containerId)
    const stats = await container.stats({ stream: false, 'one-shot': true }).catch(() => undefined)
    const usage = stats?.memory_stats
    if (usage?.usage === undefined) return undefined
    // Pages of files that were read are given back when others need them: version 1 and 2 of control groups name them differently.
    const files = usage.stats?.total_inactive_file ?? usage.stats?.inactive_file ?? 0
    return { replica: this.id, memoryBytes: usage.usage - files }
  }

  get logFile(): string {
    return this.#plan.log.path
  }

  /** Returns when all that its container wrote before its end is in its log. */
  readonly logSettled = (): Promise<void> => this.#plan.log.settled()

  /** No end of it is news from now on. */
  readonly stopping = (): void => {
    this.#isExpectedToEnd = true
  }

  /** Whether its end is news. */
  endsUnasked(containerId: string): boolean {
    return containerId === this.#containerId && !this.#isExpectedToEnd
  }

  expectEnd(isExpected: boolean): void {
    this.#isExpectedToEnd = isExpected
  }

  async send(signalName: string): Promise<void> {
    const container = this.#plan.docker.getContainer(this.#containerId)
    await ignoring(() => container.kill({ signal: signalName }), 409)
  }

  async freeze(isFrozen: boolean): Promise<void> {
    const container = this.#plan.docker.getContainer(this.#containerId)
    await (isFrozen ? container.pause() : container.unpause())
  }

  async ended(timeoutMs: number, signal: AbortSignal): Promise<string | undefined> {
    const deadline = performance.now() + timeoutMs
    const detail = () => this.#plan.exits.detailOf(this.#containerId)
    while (detail() === undefined && performance.now() < deadline && !signal.aborted) {
      await delay(endEveryMs)
    }
    if (detail() !== undefined) await this.#plan.roster.refuse(this.id, signal)
    return detail()
  }

  /** Its container has ended, asked or not. */
  async hasEnded(): Promise<void> {
    await this.#plan.roster.refuse(this.id, AbortSignal.timeout(tellMs))
  }

  /** Starts it; it takes traffic when this returns. Throws START_FAILED with its last log lines. */
  async start(signal: AbortSignal): Promise<void> {
    await (this.#started ? this.#startAgain(signal) : this.#make(signal))
  }

  async #make(signal: AbortSignal): Promise<void> {
    const { container, fabric, network, addedEnv } = this.#plan
    // Until it takes traffic its end is told by whoever waits for it.
    this.#isExpectedToEnd = true
    const { image, env, resources } = this.#settings
    try {
      this.#started = await new StackContainer({
        ...container,
        image,
        part: this.id,
        env: { ...addedEnv, ...env },
        resources,
        networks: [network],
        dns: fabric.inner.address,
        onCreated: async (id) => {
          this.#containerId = id
          for (const [path, text] of Object.entries(this.#plan.files)) {
            if (!this.#written.has(path)) await addContainerFile(this.#plan.docker, id, path, text)
          }
          for (const [path, file] of this.#written) {
            await writeContainerFile(this.#plan.docker, id, path, file)
          }
        },
        ready: waitUntil((id, started) => this.#ready(id, signal, started)),
      }).start()
    } catch (error) {
      throw this.#startFailure(error)
    }
    this.#isExpectedToEnd = false
  }

  async recreate(patch: ContainerPatch, signal: AbortSignal): Promise<void> {
    await this.#plan.roster.inTurn(async () => {
      const before = this.#settings
      const after = await this.#refusing(() => this.#patched(patch))
      try {
        await this.#replace(after, signal)
      } catch (error) {
        if (signal.aborted) throw error
        await this.#replace(before, signal)
        throw this.#refusal(error)
      }
    })
  }

  async #refusing<T>(task: () => Promise<T>): Promise<T> {
    try {
      return await task()
    } catch (error) {
      throw this.#refusal(error)
    }
  }

  #refusal(error: unknown): HarnessError {
    const message = `${this.id} does not run with it: ${describeError(error)}`
    return new HarnessError('CONFIG_REFUSED', message)
  }

  async restart(signal: AbortSignal): Promise<void> {
    await this.#plan.roster.inTurn(async () => {
      await this.#plan.roster.withdraw(this.id, signal)
      this.#isExpectedToEnd = true
      await this.#attempt('be restarted', () => this.#stopAndStart(signal))
      this.#isExpectedToEnd = false
    })
  }

  async readFile(path: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
    signal.throwIfAborted()
    return (await readContainerFile(this.#plan.docker, this.#containerId, path))?.content
  }

  async writeFile(path: string, content: Uint8Array, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const found = await readContainerFile(this.#plan.docker, this.#containerId, path)
    if (!found) {
      throw new HarnessError('CONTAINER_FAILED', `${this.id} has no file ${path}`, {
        hint: 'only files that exist can be changed: what was not there could not be taken away again',
      })
    }
    const file = { ...found, content }
    await writeContainerFile(this.#plan.docker, this.#containerId, path, file)
    if (!this.#originals.has(path)) this.#originals.set(path, found)
    this.#written.set(path, file)
  }

  async exec(command: readonly string[], signal: AbortSignal) {
    signal.throwIfAborted()
    const { exitCode, output } = await this.#attempt('run a command', () =>
      this.#running().exec([...command]),
    )
    return { exitCode, output }
  }

  async kill(signalName: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    await this.#attempt(`take ${signalName}`, () =>
      this.#plan.docker.getContainer(this.#containerId).kill({ signal: signalName }),
    )
  }

  async healthy(signal: AbortSignal): Promise<void> {
    const { docker, spec, fabric, exits, log } = this.#plan
    const { path, command, timeoutMs = defaultHealthTimeoutMs } = spec.health
    const asking = command
      ? askCommand(docker, this.#containerId, command)
      : askUrl(`${fabric.relay}/${this.id}/http${path}`)
    await untilHealthy({
      id: this.id,
      ...(path === undefined && command === undefined ? isRunning : asking),
      timeoutMs,
      ended: () => exits.detailOf(this.#containerId),
      logSettled: () => log.settled(),
      logFile: log.path,
      signal,
    })
  }

  async fingerprint(signal: AbortSignal): Promise<string> {
    signal.throwIfAborted()
    const { docker } = this.#plan
    const { Image, Config, HostConfig } = await docker.getContainer(this.#containerId).inspect()
    const files = await Promise.all(
      [...this.#originals].map(async ([path, original]) => {
        const now = await readContainerFile(docker, this.#containerId, path)
        const isSame = now && Buffer.compare(now.content, original.content) === 0
        return isSame ? [] : [path, now ? sha256(now.content) : 'absent']
      }),
    )
    const { NanoCpus, Memory } = HostConfig
    return sha256(JSON.stringify([Image, Config.Env.toSorted(), NanoCpus, Memory, files.flat()]))
  }

  async #patched({ image, env = {}, resources }: ContainerPatch): Promise<ContainerSettings> {
    const before = this.#settings
    return {
      image: image === undefined ? before.image : await this.#plan.resolveImage(image),
      env: Object.fromEntries(
        Object.entries({ ...before.env, ...env }).filter(
          (entry): entry is [string, string] => entry[1] !== undefined,
        ),
      ),
      resources: resources ?? before.resources,
    }
  }

  async #replace(settings: ContainerSettings, signal: AbortSignal): Promise<void> {
    const { roster, docker } = this.#plan
    await roster.withdraw(this.id, signal)
    this.#isExpectedToEnd = true
    const container = docker.getContainer(this.#containerId)
    await ignoring(() => container.stop({ t: stopGraceMs / 1000 }), 304, 404)
    await this.#plan.log.settled()
    // With the volumes that have no name: they are its own, and nothing would find them afterwards.
    await ignoring(() => container.remove({ force: true, v: true }), 404)
    this.#settings = settings
    await this.#make(signal)
  }

  async #stopAndStart(signal: AbortSignal): Promise<void> {
    const container = this.#plan.docker.getContainer(this.#containerId)
    await ignoring(() => container.stop({ t: stopGraceMs / 1000 }), 304)
    await this.#startAgain(signal)
  }

  /** The same container, which has ended. */
  async #startAgain(signal: AbortSignal): Promise<void> {
    const { docker, exits, log } = this.#plan
    const container = docker.getContainer(this.#containerId)
    await exits.takeUp(this.#containerId)
    await log.settled()
    const since = new Date()
    await ignoring(() => container.start(), 304)
    await this.#ready(this.#containerId, signal, since)
  }

  async #ready(id: string, signal: AbortSignal, since?: Date): Promise<void> {
    const { docker, network, fabric, roster, ports, log } = this.#plan
    // What breaks here is seen by whoever asks for its health.
    void log.follow(id, since ? { since } : {}).catch(() => undefined)
    const { NetworkSettings, State } = await docker.getContainer(id).inspect()
    const host = NetworkSettings.Networks[network.name]?.IPAddress
    if (State.Running && host) {
      const targets = Object.entries(ports).map(([name, port]) => ({
        name: `${this.id}/${name}`,
        host,
        port,
      }))
      await fabric.client.setRelays(targets, signal)
    }
    await this.healthy(signal)
    const { http } = ports
    if (http !== undefined)
      await roster.admit({ id: this.id, host: host as string, port: http }, signal)
  }

  #running(): StartedTestContainer {
    if (this.#started) return this.#started
    throw new HarnessError('CONTAINER_FAILED', `${this.id} is not started`)
  }

  async #attempt<T>(what: string, task: () => Promise<T>): Promise<T> {
    try {
      return await task()
    } catch (error) {
      if (error instanceof HarnessError) throw error
      const message = `${this.id} could not ${what}`
      throw new HarnessError('CONTAINER_FAILED', message, { cause: error })
    }
  }

  #startFailure(error: unknown): HarnessError {
    if (error instanceof HarnessError) return error
    const { path } = this.#plan.log
    const message = `the container of ${this.id} could not be started: ${describeError(error)}\n${lastLines(path)}`
    return new HarnessError('START_FAILED', message, { cause: error })
  }
}

async function ignoring(
  task: () => Promise<unknown>,
  ...statuses: readonly number[]
): Promise<void> {
  try {
    await task()
  } catch (error) {
    // It is as wanted already.
    if (!isStatus(error, ...statuses)) throw error
  }
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}
