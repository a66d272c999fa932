import type { Server } from 'node:http'
import { actorsName, deriveSeed, seededRandom, type LinkCount } from '../core/index.ts'
import { AsideFaults } from './aside-faults.ts'
import { openContainerSide } from './container-side.ts'
import {
  frontDoorPort,
  linkKey,
  linkPort,
  type FabricReady,
  type FabricSettings,
  type RelayTarget,
  type UpstreamAddress,
} from './contract.ts'
import { createControlApi, type Controls } from './control-api.ts'
import { addressIn } from './interfaces.ts'
import { listen } from './listener.ts'
import { LoopWatch } from './loop-watch.ts'
import { Meter } from './meter.ts'
import { OutsideLog } from './outside-log.ts'
import { createOutsideProxy } from './outside-proxy.ts'
import { Outside } from './outside.ts'
import { createReplicaProxy } from './replica-proxy.ts'
import { loadSites } from './site.ts'
import { CertificateAuthority } from './tls/authority.ts'
import { ToxicBoard } from './toxic-board.ts'
import { dialTcp, Upstreams } from './upstream.ts'
import { VariantBoard } from './variant-board.ts'

const controlHost = '127.0.0.1'

/** A running fabric. Disposing it cuts every connection. */
export interface Fabric extends AsyncDisposable {
  readonly ready: FabricReady
  /** Records an error that nobody caught, where code of a site is behind it; false when it is the fabric's own. */
  takeUncaught(error: unknown): boolean
}

/** A listener that leads to the replicas of `service`. */
interface Edge {
  readonly from: string
  readonly service: string
  readonly upstreams: Upstreams
  readonly meter: Meter
  readonly toxics: ToxicBoard
  /** By caller; a front door has the one '', since it cannot tell them apart. */
  readonly urls: ReadonlyMap<string, string>
}

/** What a fabric is made of, apart from its control API. */
interface Parts extends AsyncDisposable {
  readonly controls: Omit<Controls, 'restart'>
  readonly ready: Omit<FabricReady, 'control'>
  readonly faults: AsideFaults
  /** What each listener took, by name. */
  readonly ports: Readonly<Record<string, number>>
}

export async function startFabric(settings: FabricSettings): Promise<Fabric> {
  const { container } = settings
  const authority = new CertificateAuthority()
  let parts = await openParts(settings, authority, container?.ports ?? {}, 0)
  let round = 0
  const controls: Controls = {
    ...parts.controls,
    async restart(seed) {
      if (container) throw new Error('a fabric that is a container cannot be restarted')
      await parts[Symbol.asyncDispose]()
      round += 1
      parts = await openParts({ ...settings, seed }, authority, parts.ports, round)
      Object.assign(controls, parts.controls)
    },
  }
  try {
    const control = await listen(
      createControlApi(controls, settings.controlToken),
      container ? addressIn(container.outerNetwork) : controlHost,
      container?.ports['control'],
    )
    return {
      ready: { control: control.url, ...parts.ready },
      takeUncaught: (error) => parts.faults.takeUncaught(error),
      async [Symbol.asyncDispose]() {
        await control[Symbol.asyncDispose]()
        await parts[Symbol.asyncDispose]()
      },
    }
  } catch (error) {
    await parts[Symbol.asyncDispose]()
    throw error
  }
}

async function openParts(
  settings: FabricSettings,
  authority: CertificateAuthority,
  wanted: Readonly<Record<string, number>>,
  round: number,
): Promise<Parts> {
  const sites = await loadSites(settings.sites, round)
  await using opened = new AsyncDisposableStack()
  const { container } = settings
  const ports: Record<string, number> = {}
  const open = async (name: string, server: Server): Promise<string> => {
    const { url } = opened.use(await listen(server, settings.host, wanted[name]))
    ports[name] = Number(new URL(url).port)
    return url
  }
  const openEdge = async (
    name: string,
    from: string,
    service: string,
    callers: readonly string[] = [''],
  ): Promise<Edge> => {
    const random = seededRandom(deriveSeed(settings.seed, name))
    const toxics = new ToxicBoard(name, deriveSeed(settings.seed, 'toxics'))
    const upstreams = new Upstreams(random, (address) => {
      const socket = dialTcp(address)
      toxics.watchFar(socket, address.id)
      return socket
    })
    const meter = new Meter()
    const urls = new Map<string, string>()
    for (const caller of callers) {
      const server = createReplicaProxy(service, upstreams, meter, toxics, caller)
      const port = caller === '' ? name : linkPort({ from: caller, to: service })
      urls.set(caller, await open(port, server))
    }
    return { from, service, upstreams, meter, toxics, urls }
  }
  const frontDoors = new Map<string, Edge>()
  for (const service of settings.services) {
    frontDoors.set(service, await openEdge(frontDoorPort(service), actorsName, service))
  }
  const links = new Map<string, Edge>()
  for (const link of settings.links) {
    links.set(linkKey(link), await openEdge(linkPort(link), link.from, link.to, link.callers))
  }
  const log = new OutsideLog()
  const variants = new VariantBoard(sites, deriveSeed(settings.seed, 'variants'))
  const faults = new AsideFaults(log)
  const outside = new Outside(sites, log, variants, opened.use(new LoopWatch(faults)))
  const outsideProxy = createOutsideProxy(outside, settings.callers, authority)
  const proxy = await open('proxy', outsideProxy.server)
  const edges = [...frontDoors.values(), ...links.values()]
  const callers = new Map<string, string>()
  const callerAt = (address: string) => callers.get(address) ?? 'unknown'
  const containerSide =
    container &&
    (await openContainerSide(container, { sites, log, outside, authority, callerAt }, opened))
  const setRelays = (targets: readonly RelayTarget[]) => {
    containerSide?.setRelays(targets)
    return containerSide !== undefined
  }
  const setVariant = variantSetter(variants, (host) => {
    outsideProxy.closeTunnels(host)
    containerSide?.closeConnections(host)
  })
  const controls = {
    ...createControls(edges, log, outside, callers),
    ...toxicControls(frontDoors, links),
    setRelays,
    setVariant,
  }
  const running = opened.move()
  return {
    controls,
    faults,
    ready: {
      proxy,
      frontDoors: frontDoorUrls(frontDoors),
      links: linkUrls(links),
      caCertificate: authority.certificate,
    },
    ports,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

function createControls(
  edges: readonly Edge[],
  log: OutsideLog,
  outside: Outside,
  callers: Map<string, string>,
): Omit<Controls, 'restart' | 'setRelays' | 'setVariant' | 'toxicsOf'> {
  return {
    setUpstreams(service: string, addresses: readonly UpstreamAddress[]): boolean {
      const leading = edges.filter((edge) => edge.service === service)
      for (const { upstreams } of leading) upstreams.set(addresses)
      for (const { id, host } of addresses) callers.set(host, id)
      return leading.length > 0
    },
    draining(service: string): number {
      const leading = edges.filter((edge) => edge.service === service)
      return leading.reduce((sum, { upstreams }) => sum + upstreams.draining, 0)
    },
    outsideAfter: (seq) => log.after(seq),
    links: (): LinkCount[] => [
      ...edges.map(({ from, service, meter }) => meter.read(from, service)),
      ...outside.counts(),
    ],
  }
}

function toxicControls(
  frontDoors: ReadonlyMap<string, Edge>,
  links: ReadonlyMap<string, Edge>,
): Pick<Controls, 'toxicsOf'> {
  // A front door is the link from nobody.
  const doors = [...frontDoors].map(([service, edge]) => [`>${service}`, edge] as const)
  const boards = new Map([...doors, ...links].map(([key, { toxics }]) => [key, toxics]))
  return { toxicsOf: (link) => boards.get(link) }
}

function variantSetter(
  variants: VariantBoard,
  close: (host: string) => void,
): Controls['setVariant'] {
  return (host, setting) => {
    const problem = variants.set(host, setting)
    // What strikes connections has to find new ones.
    if (!problem && variants.strikesConnections(host)) close(host)
    return problem
  }
}

function frontDoorUrls(doors: ReadonlyMap<string, Edge>): Record<string, string> {
  return Object.fromEntries([...doors].map(([name, { urls }]) => [name, urls.get('') as string]))
}

function linkUrls(links: ReadonlyMap<string, Edge>): Record<string, string> {
  return Object.fromEntries(
    [...links.values()].flatMap(({ service: to, urls }) =>
      [...urls].map(([caller, url]) => [linkKey({ from: caller, to }), url]),
    ),
  )
}
