import type { StartedTestContainer } from 'testcontainers'
import { exitCodes, HarnessError, type Stack } from '../../core/index.ts'
import { FabricClient } from '../../fabric/client.ts'
import {
  frontDoorPort,
  linkKey,
  linkPort,
  readyPrefix,
  settingsVariable,
  type FabricReady,
  type FabricSettings,
} from '../../fabric/contract.ts'
import { lastLines } from '../processes/last-lines.ts'
import { writeContainerFile } from './container-files.ts'
import type { Docker } from './engine.ts'
import type { Exits } from './exits.ts'
import { healthVariable } from './image/dockerfile.ts'
import { waitUntil } from './healthy.ts'
import type { RunIdentity } from './labels.ts'
import { LogFile } from './log-file.ts'
import type { RunNetworks } from './networks.ts'
import { StackContainer } from './stack-container.ts'

const firstPort = 7000
const dnsPort = 53
export const fabricPart = 'fabric'
/** Where containers find the certificate of the authority that vouches for external sites. */
export const caFolder = '/aftershock'
export const caFile = `${caFolder}/ca.pem`

export interface FabricPlan {
  readonly docker: Docker
  readonly run: RunIdentity
  readonly image: string
  readonly networks: RunNetworks
  readonly settings: Omit<FabricSettings, 'host' | 'container'>
  readonly exits: Exits
  readonly logFile: string
  /** Goes into the file `caFile` of this volume. */
  readonly caVolume: string
  /** Kept mounted, and not looked at. */
  readonly heldVolumes: readonly { readonly volume: string; readonly path: string }[]
  readonly signal: AbortSignal
}

/** Where the fabric is, seen from both of its sides. URLs without a trailing slash. */
export interface RunningFabric {
  readonly containerId: string
  readonly client: FabricClient
  readonly log: LogFile
  /** As PEM. */
  readonly caCertificate: string
  /** For the harness, on 127.0.0.1. */
  readonly proxy: string
  readonly frontDoors: Readonly<Record<string, string>>
  /** `<this>/<replica>/<port>` leads to a port of a replica. */
  readonly relay: string
  /** For the services. */
  readonly inner: {
    readonly address: string
    readonly proxy: string
    /** By `linkKey` with the replica that calls as `from`. */
    readonly links: Readonly<Record<string, string>>
  }
}

/** Starts the fabric between the two networks and returns when it listens. */
export async function startFabric(plan: FabricPlan): Promise<RunningFabric> {
  const { docker, run, networks, settings, exits, signal } = plan
  const ports = portsOf(settings)
  const log = new LogFile(docker, plan.logFile)
  const published = Object.entries(ports)
    .filter(([name]) => name !== 'dns' && !name.startsWith('link '))
    .map(([, port]) => port)
  let ready: FabricReady | undefined
  const full: FabricSettings = {
    ...settings,
    host: '0.0.0.0',
    container: {
      outerNetwork: networks.outer.subnet,
      innerNetwork: networks.inner.subnet,
      ports,
    },
  }
  let containerId = ''
  const container = await new StackContainer({
    image: plan.image,
    part: fabricPart,
    run,
    env: {
      [settingsVariable]: JSON.stringify(full),
      [healthVariable]: `http://127.0.0.1:${ports['proxy']}/`,
    },
    networks: [networks.outer],
    publish: published,
    mounts: [
      { volume: plan.caVolume, path: caFolder, mode: 'rw' },
      ...plan.heldVolumes.map((held) => ({ ...held, mode: 'ro' as const })),
    ],
    readOnly: true,
    onCreated: async (id) => {
      containerId = id
      await docker.getNetwork(networks.inner.id).connect({ Container: id })
    },
    ready: waitUntil(async (id) => {
      ready = await listening(id, log, exits, signal)
    }),
  }).start()
  const { caCertificate } = ready as unknown as FabricReady
  const content = Buffer.from(caCertificate)
  await writeContainerFile(docker, containerId, caFile, { mode: 0o644, uid: 0, gid: 0, content })
  return { ...(await describe(container, containerId, ports, log, plan)), caCertificate }
}

function portsOf({
  services,
  links,
}: Pick<FabricSettings, 'services' | 'links'>): Record<string, number> {
  const names = [
    'control',
    'proxy',
    'relay',
    ...services.map(frontDoorPort),
    ...links.flatMap(({ to, callers }) => callers.map((from) => linkPort({ from, to }))),
  ]
  return {
    dns: dnsPort,
    ...Object.fromEntries(names.map((name, i) => [name, firstPort + i])),
  }
}

async function listening(
  id: string,
  log: LogFile,
  exits: Exits,
  signal: AbortSignal,
): Promise<FabricReady> {
  const { promise, resolve, reject } = Promise.withResolvers<FabricReady>()
  const abort = () => reject(new HarnessError('ABORTED', 'interrupted while the fabric started'))
  signal.addEventListener('abort', abort, { once: true })
  if (signal.aborted) abort()
  const ended = log.follow(id, {
    onLine: (line) => {
      if (!line.startsWith(readyPrefix)) return false
      resolve(JSON.parse(line.slice(readyPrefix.length)) as FabricReady)
      return true
    },
  })
  // Its log ends with it; after it is ready this comes too late to matter.
  void ended.then(async () => {
    await log.settled()
    const detail = exits.detailOf(id) ?? 'its log ended'
    const message = `the fabric ended while starting (${detail}):\n${lastLines(log.path)}`
    // By this code it says that what it was given is of no use: a site's module, that is.
    if (detail.includes(`exit code ${exitCodes.usage}`)) {
      return reject(new HarnessError('INVALID_SCENARIO', message))
    }
    const hint = 'the line above says which site or setting it could not use'
    reject(new HarnessError('START_FAILED', message, { hint }))
  }, reject)
  try {
    return await promise
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

async function describe(
  container: StartedTestContainer,
  containerId: string,
  ports: Readonly<Record<string, number>>,
  log: LogFile,
  { docker, networks, settings }: FabricPlan,
): Promise<Omit<RunningFabric, 'caCertificate'>> {
  const { NetworkSettings } = await docker.getContainer(containerId).inspect()
  const address = NetworkSettings.Networks[networks.inner.name]?.IPAddress as string
  const outside = (name: string) =>
    `http://127.0.0.1:${container.getMappedPort(ports[name] as number)}`
  const inside = (name: string) => `http://${address}:${ports[name]}`
  return {
    containerId,
    client: new FabricClient(outside('control'), settings.controlToken),
    log,
    proxy: outside('proxy'),
    frontDoors: Object.fromEntries(
      settings.services.map((name) => [name, outside(frontDoorPort(name))]),
    ),
    relay: outside('relay'),
    inner: {
      address,
      proxy: inside('proxy'),
      links: Object.fromEntries(
        settings.links.flatMap(({ to, callers }) =>
          callers.map((from) => [linkKey({ from, to }), inside(linkPort({ from, to }))]),
        ),
      ),
    },
  }
}

/** URLs of the links of one replica, by the service that each leads to. */
export function linksOf(
  replica: string,
  { connects }: Stack['services'][number],
  { inner }: RunningFabric,
): Record<string, string> {
  return Object.fromEntries(
    connects.map((to) => [to, inner.links[linkKey({ from: replica, to })] as string]),
  )
}
