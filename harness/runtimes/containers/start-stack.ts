import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import {
  allOrFirstError,
  count,
  deriveSeed,
  takesTraffic,
  wholeStack,
  type ServiceSpec,
  type Stack,
} from '../../core/index.ts'
import type { RunningStack, StartOptions } from '../../engine/index.ts'
import { lastLines } from '../processes/last-lines.ts'
import { connectEngine, type Docker } from './engine.ts'
import { Exits } from './exits.ts'
import { fabricPart, startFabric, type RunningFabric } from './fabric-container.ts'
import { resolveBase } from './image/base-image.ts'
import { fabricImage, type FabricImage } from './image/fabric-image.ts'
import { serviceImage } from './image/service-image.ts'
import { labelsOf, type RunIdentity } from './labels.ts'
import { removeStale } from './leftovers.ts'
import { makeNetworks, type RunNetworks } from './networks.ts'
import { planReplica } from './plan-replica.ts'
import type { Reaper } from './reaper-process.ts'
import type { ReplicaContainer } from './replica-container.ts'
import { Roster } from './roster.ts'
import { startInOrder } from './start-in-order.ts'
import { stopRun } from './stop-run.ts'

/** What there is before the first container. */
interface Ground {
  readonly base: string
  readonly images: ReadonlyMap<string, string>
  readonly fabric: FabricImage
  readonly networks: RunNetworks
}

/** Starts everything and returns when every replica is healthy. The reaper is let go when it is stopped, or throws. */
export async function startStack(
  stack: Stack,
  options: StartOptions,
  run: RunIdentity,
  reaper: Reaper,
): Promise<RunningStack> {
  const { docker, exits } = await connect(run, reaper)
  const parts: ReplicaContainer[] = []
  let stopping: Promise<void> | undefined
  const site: Site = { docker, exits, run, parts, fabricId: '' }
  const stop = () =>
    (stopping ??= stopRun({
      ...site,
      reaper,
      fabricId: () => site.fabricId,
      onProgress: options.onProgress,
    }))
  try {
    return await start(site, stack, options, stop)
  } catch (error) {
    await stop()
    throw error
  }
}

/** Before this there is nothing that the reaper would have to remove. */
async function connect(run: RunIdentity, reaper: Reaper): Promise<Pick<Site, 'docker' | 'exits'>> {
  try {
    const docker = await connectEngine()
    return { docker, exits: await Exits.listen(docker, run.runId) }
  } catch (error) {
    reaper.done()
    await reaper[Symbol.asyncDispose]()
    throw error
  }
}

interface Site {
  readonly docker: Docker
  readonly exits: Exits
  readonly run: RunIdentity
  /** Filled while they are made: all that is to be stopped. */
  readonly parts: ReplicaContainer[]
  fabricId: string
}

async function start(
  site: Site,
  stack: Stack,
  options: StartOptions,
  stop: () => Promise<void>,
): Promise<RunningStack> {
  const { run, parts, exits } = site
  const { signal, logDir } = options
  const ground = { ...site, ...(await prepare(site, stack, options)) }
  const secrets = makeSecrets(stack, options)
  const plans = stack.services.flatMap((spec) => replicaIds(spec).map((id) => ({ spec, id })))
  const fabric = await startFabric({
    ...ground,
    image: ground.fabric.tag,
    settings: {
      seed: deriveSeed(options.seed, 'fabric'),
      services: stack.services.filter(takesTraffic).map(({ name }) => name),
      links: stack.services.flatMap((spec) =>
        spec.connects.map((to) => ({ from: spec.name, to, callers: replicaIds(spec) })),
      ),
      sites: ground.fabric.sites,
      controlToken: secrets.control,
      callers: secrets.callers,
    },
    logFile: join(logDir, 'fabric.log'),
    caVolume: volumeName(run, 'ca'),
    // What is in memory goes when nobody has it mounted, as when all replicas of a service are down.
    heldVolumes: stack.services.flatMap(({ name, dataMb }) =>
      dataMb === undefined ? [] : [{ volume: volumeName(run, name), path: `/held/${name}` }],
    ),
    signal,
  })
  site.fabricId = fabric.containerId
  options.onProgress(`the fabric is ready; starting ${count(plans.length, 'replica')}`)
  const rosters = new Map(stack.services.map(({ name }) => [name, new Roster(fabric.client, name)]))
  const aliases = stack.services.flatMap((spec) =>
    spec.run.kind === 'image' ? (spec.run.aliases ?? []) : [],
  )
  for (const { spec, id } of plans) {
    parts.push(
      planReplica({
        ...ground,
        spec,
        id,
        image: ground.images.get(spec.name) as string,
        fabric,
        roster: rosters.get(spec.name) as Roster,
        aliases,
        proxyPassword: secrets.callers[id] as string,
        adminToken: secrets.make(),
        dataVolume: volumeName(run, spec.name),
        caVolume: volumeName(run, 'ca'),
        logFile: join(logDir, `${id}.log`),
      }),
    )
  }
  await startInOrder(
    stack.services,
    parts.map((replica) => ({
      service: replica.service,
      start: async () => {
        await replica.start(signal)
        options.onProgress(`${replica.id} is ready`)
      },
    })),
  )
  watchExits(exits, parts, options)
  return describe(stack, run, fabric, parts, secrets.callers['actor'] as string, stop)
}

async function prepare(
  { docker, run }: Site,
  stack: Stack,
  { onProgress }: StartOptions,
): Promise<Ground> {
  const base = resolveBase(docker, onProgress)
  const makeImage = async (spec: ServiceSpec) =>
    [spec.name, await serviceImage(docker, await base, spec)] as const
  const [images, fabric, networks] = await allOrFirstError([
    allOrFirstError(stack.services.map(makeImage)),
    base.then((found) => fabricImage(docker, found, stack.sites)),
    makeNetworks(docker, run),
    makeVolumes(docker, run, stack),
    // What a machine that went down left of earlier runs. That it cannot be removed is no matter of this run.
    removeStale(docker).catch(() => undefined),
  ])
  return { base: await base, images: new Map(images), fabric, networks }
}

async function makeVolumes(docker: Docker, run: RunIdentity, { services }: Stack): Promise<void> {
  const make = (name: string, dataMb?: number) =>
    docker.createVolume({
      Name: volumeName(run, name),
      Labels: labelsOf(run),
      ...(dataMb === undefined ? {} : { Driver: 'local', DriverOpts: inMemory(dataMb) }),
    })
  await allOrFirstError([make('ca'), ...services.map(({ name, dataMb }) => make(name, dataMb))])
}

function inMemory(dataMb: number): Record<string, string> {
  return { type: 'tmpfs', device: 'tmpfs', o: `size=${dataMb}m,mode=1777` }
}

interface Secrets {
  readonly control: string
  /** Of the proxy, by replica; and 'actor'. */
  readonly callers: Readonly<Record<string, string>>
  readonly make: () => string
}

function makeSecrets(stack: Stack, { redactor }: StartOptions): Secrets {
  const make = () => {
    const secret = randomBytes(24).toString('hex')
    redactor.addValue(secret)
    return secret
  }
  const ids = ['actor', ...stack.services.flatMap(replicaIds)]
  return { control: make(), callers: Object.fromEntries(ids.map((id) => [id, make()])), make }
}

function replicaIds({ name, replicas }: ServiceSpec): string[] {
  return Array.from({ length: replicas }, (_, i) => `${name}-${i + 1}`)
}

function volumeName({ runId }: RunIdentity, name: string): string {
  return `aftershock-${runId}-${name}`
}

function watchExits(
  exits: Exits,
  parts: readonly ReplicaContainer[],
  { onExit }: StartOptions,
): void {
  let isLost = false
  const lose = (detail: string) => {
    if (!isLost) onExit({ replica: wholeStack, detail })
    isLost = true
  }
  exits.onExit((part, containerId, detail) => {
    const replica = parts.find(({ id }) => id === part)
    // An engine that stops takes its containers down first, this one among them.
    if (part === fabricPart) lose(`the fabric was ended (${detail}), as when the engine stops`)
    // A fabric that cannot be told has ended as well.
    void replica?.hasEnded().catch(() => undefined)
    if (!replica?.endsUnasked(containerId)) return
    void replica
      .logSettled()
      .then(() => onExit({ replica: part, detail: `${detail}\n${lastLines(replica.logFile)}` }))
  })
  exits.onLost(() => lose('the container engine went away'))
}

function describe(
  stack: Stack,
  run: RunIdentity,
  fabric: RunningFabric,
  parts: readonly ReplicaContainer[],
  actorPassword: string,
  stop: () => Promise<void>,
): RunningStack {
  const { client } = fabric
  const proxy = new URL(fabric.proxy)
  proxy.username = 'actor'
  proxy.password = actorPassword
  return {
    services: stack.services.filter(takesTraffic).map(({ name }) => ({
      name,
      frontDoor: fabric.frontDoors[name] as string,
      replicas: parts
        .filter(({ service }) => service === name)
        .map(({ id }) => ({ id, url: `${fabric.relay}/${id}/http` })),
    })),
    replicas: parts,
    proxyUrl: proxy.href,
    caCertificate: fabric.caCertificate,
    scratchDir: run.scratch,
    links: client,
    sites: { setVariant: (host, variant, signal) => client.setVariant(host, variant, signal) },
    outside: async (after, signal) => (await client.outside(after, signal)).records,
    counted: (signal) => client.links(signal),
    strain: (signal) => client.strain(signal),
    resources: async () =>
      (await Promise.all(parts.map((part) => part.resources()))).flatMap((one) => one ?? []),
    [Symbol.asyncDispose]: stop,
  }
}
