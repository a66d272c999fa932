import { GenericContainer, type WaitStrategy } from 'testcontainers'
import type { Resources } from '../../core/index.ts'
import { labelsOf, partLabel, type RunIdentity } from './labels.ts'
import type { RunNetwork } from './networks.ts'

export interface ContainerPlan {
  readonly image: string
  /** Name within the run. */
  readonly part: string
  readonly run: RunIdentity
  readonly env: Readonly<Record<string, string>>
  /** In place of the image's own. */
  readonly entrypoint?: readonly string[]
  readonly command?: readonly string[]
  /** Names of it in the first network. */
  readonly aliases?: readonly string[]
  /** The first one takes part in the start; more are joined before the program runs. */
  readonly networks: readonly RunNetwork[]
  /** Address of the DNS server. The engine's own when absent. */
  readonly dns?: string
  /** Published on 127.0.0.1, each on a port that the engine chooses. */
  readonly publish?: readonly number[]
  readonly mounts?: readonly {
    readonly volume: string
    readonly path: string
    readonly mode: 'ro' | 'rw'
  }[]
  readonly readOnly: boolean
  readonly resources?: Resources
  readonly ready: WaitStrategy
  /** Called when it was made, before it starts. */
  readonly onCreated: (id: string) => Promise<void>
}

/** A container with what Testcontainers has no words for: networks that stay closed, ports on loopback only, a root file system that cannot be written to. */
export class StackContainer extends GenericContainer {
  readonly #plan: ContainerPlan

  constructor(plan: ContainerPlan) {
    super(plan.image)
    this.#plan = plan
    this.withName(`aftershock-${plan.run.runId}-${plan.part}`)
      .withLabels({ ...labelsOf(plan.run), [partLabel]: plan.part })
      .withEnvironment({ ...plan.env })
      .withWaitStrategy(plan.ready)
      .withSecurityOpt('no-new-privileges')
      .withDefaultLogDriver()
    if (plan.publish) this.withExposedPorts(...plan.publish)
    if (plan.entrypoint) this.withEntrypoint([...plan.entrypoint])
    if (plan.command) this.withCommand([...plan.command])
    if (plan.readOnly)
      this.withTmpFs({ '/tmp': 'rw,nosuid,size=64m' }).withDroppedCapabilities('ALL')
    if (plan.mounts) {
      this.withBindMounts(
        plan.mounts.map(({ volume, path, mode }) => ({ source: volume, target: path, mode })),
      )
    }
  }

  protected override async beforeContainerCreated(): Promise<void> {
    const { networks, aliases = [], dns, publish = [], readOnly, resources = {} } = this.#plan
    const [first] = networks
    Object.assign(this.hostConfig, {
      // Given here and not by alias: an alias would join the engine's default network as well, and with it the world.
      ...(first ? { NetworkMode: first.name } : {}),
      PortBindings: Object.fromEntries(
        publish.map((port) => [`${port}/tcp`, [{ HostIp: '127.0.0.1', HostPort: '' }]]),
      ),
      ReadonlyRootfs: readOnly,
      Sysctls: { 'net.ipv4.ip_unprivileged_port_start': '0' },
      ...(dns === undefined ? {} : { Dns: [dns], DnsSearch: ['.'] }),
      ...hostResources(resources),
    })
    if (first) this.networkMode = first.name
    if (first && aliases.length > 0) {
      this.createOpts.NetworkingConfig = {
        EndpointsConfig: { [first.name]: { Aliases: [...aliases] } },
      }
    }
  }

  protected override async containerCreated(id: string): Promise<void> {
    await this.#plan.onCreated(id)
  }
}

/** As the engine has them. Memory is what it says and no swap beyond it. */
function hostResources({ cpus, memoryMb }: Resources): object {
  const memory = memoryMb === undefined ? undefined : memoryMb * 2 ** 20
  return {
    ...(cpus === undefined ? {} : { NanoCpus: Math.round(cpus * 1e9) }),
    ...(memory === undefined ? {} : { Memory: memory, MemorySwap: memory }),
  }
}
