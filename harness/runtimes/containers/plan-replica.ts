import type { ServiceSpec } from '../../core/index.ts'
import { ClockOverHttp } from '../clock-over-http.ts'
import { ConfigOverHttp } from '../config-over-http.ts'
import { fillIn, fillInAll, type Places } from '../fill-in.ts'
import { trusting } from '../trust.ts'
import type { Docker } from './engine.ts'
import type { Exits } from './exits.ts'
import { caFile, caFolder, linksOf, type RunningFabric } from './fabric-container.ts'
import { dataDir, healthVariable } from './image/dockerfile.ts'
import { imageOf } from './image/service-image.ts'
import type { RunIdentity } from './labels.ts'
import { LogFile } from './log-file.ts'
import type { RunNetworks } from './networks.ts'
import { ReplicaContainer } from './replica-container.ts'
import type { Roster } from './roster.ts'
import type { ContainerPlan } from './stack-container.ts'

/** Inside of a container nobody else takes ports, so every replica has the same. */
const firstPort = 8080

export interface PlanInput {
  readonly docker: Docker
  readonly run: RunIdentity
  readonly spec: ServiceSpec
  readonly id: string
  readonly image: string
  /** The image that ours are built on. */
  readonly base: string
  readonly networks: RunNetworks
  readonly fabric: RunningFabric
  readonly roster: Roster
  readonly exits: Exits
  /** By which services reach each other directly. */
  readonly aliases: readonly string[]
  readonly proxyPassword: string
  readonly adminToken: string
  readonly dataVolume: string
  readonly caVolume: string
  readonly logFile: string
}

/** What a service of the stack is as a container. */
export function planReplica(input: PlanInput): ReplicaContainer {
  const { docker, run, spec, id, image, networks, fabric, roster, exits } = input
  const ports = portsOf(spec)
  const dataPath = spec.run.kind === 'image' ? spec.run.dataDir : dataDir
  const places: Places = {
    id,
    host: '0.0.0.0',
    ports,
    links: linksOf(id, spec, fabric),
    dataDir: dataPath ?? '/tmp',
  }
  const command = commandOf(spec)?.map((text) => fillIn(text, places))
  const { config, clock } = spec
  const urlOf = (port: string) => `${fabric.relay}/${id}/${port}`
  return new ReplicaContainer({
    docker,
    id,
    spec,
    settings: {
      image,
      env: fillInAll(spec.run.env ?? {}, places),
      resources: spec.resources ?? {},
    },
    addedEnv: addedEnvironment(input, ports, dataPath),
    container: {
      run,
      ...(command ? { command } : {}),
      ...namesAndEntry(spec),
      mounts: [
        { volume: input.caVolume, path: caFolder, mode: 'ro' },
        ...(dataPath === undefined
          ? []
          : [{ volume: input.dataVolume, path: dataPath, mode: 'rw' as const }]),
      ],
      readOnly: spec.run.kind === 'command' || spec.run.readOnly === true,
    },
    files: spec.run.kind === 'image' ? fillInAll(spec.run.files ?? {}, places) : {},
    ports,
    network: networks.inner,
    fabric,
    roster,
    exits,
    data: { path: dataPath, roomMb: spec.dataMb },
    resolveImage: (other) => imageOf(docker, input.base, spec.name, other),
    log: new LogFile(docker, input.logFile),
    config: config && new ConfigOverHttp(id, urlOf(config.port), config, input.adminToken),
    clock: clock && new ClockOverHttp(id, urlOf(clock.port), clock, input.adminToken),
  })
}

function portsOf({ run, ports }: ServiceSpec): Record<string, number> {
  if (run.kind === 'image') {
    return Object.fromEntries(ports.map((name) => [name, run.containerPorts[name] as number]))
  }
  return Object.fromEntries(ports.map((name, i) => [name, firstPort + i]))
}

/** Arguments for the entry point of the image; undefined: what the image says. */
function commandOf({ run }: ServiceSpec): readonly string[] | undefined {
  // The program itself is the entry point of an image that was made for it.
  return run.kind === 'image' ? run.command : run.args.slice(1)
}

function namesAndEntry({ run }: ServiceSpec): Pick<ContainerPlan, 'aliases' | 'entrypoint'> {
  if (run.kind === 'command') return {}
  const { aliases, entrypoint } = run
  return { ...(aliases ? { aliases } : {}), ...(entrypoint ? { entrypoint } : {}) }
}

/** What every container is told: the way out, and whom to believe there. Services reach each other without a proxy. */
function addedEnvironment(
  { id, spec, fabric, aliases, proxyPassword, adminToken }: PlanInput,
  ports: Readonly<Record<string, number>>,
  dataPath: string | undefined,
): Record<string, string> {
  const proxy = new URL(fabric.inner.proxy)
  proxy.username = id
  proxy.password = proxyPassword
  const own = ['127.0.0.1', 'localhost', fabric.inner.address, ...aliases].join(',')
  return {
    TMPDIR: '/tmp',
    HOME: dataPath ?? '/tmp',
    NODE_USE_ENV_PROXY: '1',
    HTTP_PROXY: proxy.href,
    HTTPS_PROXY: proxy.href,
    http_proxy: proxy.href,
    https_proxy: proxy.href,
    NO_PROXY: own,
    no_proxy: own,
    ...trusting(caFile),
    ...(spec.health.path === undefined
      ? {}
      : { [healthVariable]: `http://127.0.0.1:${ports['http']}${spec.health.path}` }),
    ...(spec.config ? { [spec.config.tokenEnv]: adminToken } : {}),
  }
}
