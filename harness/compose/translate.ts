import type { Health, ImageSpec, Resources, ServiceSpec } from '../core/index.ts'
import { mebibytes, mountOf, words, type ComposeFile, type ComposeService } from './compose-file.ts'
import { filesBelow } from './mounted-files.ts'

export interface HttpService {
  /** On which the service listens in its container. */
  readonly port: number
  /** On which a ready replica answers 2xx. Default: the health check of the file. */
  readonly health?: string
}

interface Options {
  readonly http: Readonly<Record<string, HttpService>>
}

export interface Translated {
  readonly services: readonly ServiceSpec[]
  readonly problems: readonly string[]
}

/** What a stack says in its own way, or has no use for. */
const leftOut = new Set(
  [
    'container_name hostname restart networks ports expose labels annotations logging profiles env_file links',
    'stdin_open tty init stop_signal stop_grace_period pull_policy platform attach',
  ].flatMap((names) => names.split(' ')),
)
const understood = new Set(
  'image build entrypoint command environment volumes depends_on healthcheck scale cpus mem_limit read_only deploy'.split(
    ' ',
  ),
)
const healthTimeoutMs = 60_000

/** The services of a compose file as those of a stack, and all of it that could not be kept. */
export function translate(file: ComposeFile, folder: string, { http }: Options): Translated {
  const services = Object.entries(file.services ?? {})
  const names = services.map(([name]) => name)
  const problems = Object.keys(http)
    .filter((name) => !names.includes(name))
    .map((name) => `http.${name}: there is no such service: ${names.join(', ')}`)
  const volumes = new Map<string, string>()
  const translated = services.map(([name, service]) => {
    const say = (text: string) => problems.push(`services.${name}.${text}`)
    return serviceOf(name, service, { folder, http, volumes, say })
  })
  return { services: translated, problems }
}

interface Surroundings extends Options {
  readonly folder: string
  /** Services by the volume that they mount. */
  readonly volumes: Map<string, string>
  readonly say: (problem: string) => void
}

function serviceOf(name: string, service: ComposeService, around: Surroundings): ServiceSpec {
  const { http, say } = around
  for (const [key, value] of Object.entries(service)) {
    if (understood.has(key) || leftOut.has(key) || value === null) continue
    say(`${key} is not supported in a stack: make it a part of the image, or leave it out`)
  }
  const own = http[name]
  const links = new Links(name, http)
  const run = runOf(name, service, around, links)
  const resources = resourcesOf(service, say)
  return {
    name,
    replicas: service.scale ?? service.deploy?.replicas ?? 1,
    run,
    ports: own ? ['http'] : [],
    health: healthOf(service, own, say),
    startsAfter: startsAfterOf(service, say),
    ...(resources ? { resources } : {}),
    connects: links.found,
  }
}

function runOf(
  name: string,
  service: ComposeService,
  around: Surroundings,
  links: Links,
): ImageSpec {
  const { http, say } = around
  const { image, build, environment = {}, read_only: readOnly = false } = service
  for (const key of Object.keys(build ?? {})) {
    if (!['context', 'dockerfile', 'args'].includes(key)) say(`build.${key} is not supported`)
  }
  if (image === undefined && !build?.context) say('has neither image nor build.context')
  const [entrypoint, command] = [words(service.entrypoint), words(service.command)]
  const { files, dataDir } = mountsOf(name, service, around)
  const own = http[name]
  const values = Object.entries(environment).map(
    ([key, value]) => [key, String(value ?? '')] as const,
  )
  return {
    kind: 'image',
    image: build?.context
      ? {
          context: build.context,
          ...(build.dockerfile === undefined ? {} : { dockerfile: build.dockerfile }),
          buildArgs: Object.fromEntries(
            Object.entries(build.args ?? {}).map(([key, value]) => [key, String(value ?? '')]),
          ),
        }
      : (image ?? ''),
    ...(entrypoint ? { entrypoint } : {}),
    ...(command ? { command: command.map(links.lead) } : {}),
    env: Object.fromEntries(values.map(([key, value]) => [key, links.lead(value)])),
    files: Object.fromEntries(
      Object.entries(files).map(([path, text]) => [path, links.lead(text)]),
    ),
    aliases: [name],
    containerPorts: own ? { http: own.port } : {},
    ...(dataDir === undefined ? {} : { dataDir }),
    readOnly,
  }
}

/** Leads `http://<service>:<port>` through links, and remembers which. */
class Links {
  readonly found: string[] = []
  readonly #others: readonly (readonly [name: string, url: RegExp])[]

  constructor(self: string, http: Options['http']) {
    this.#others = Object.entries(http)
      .filter(([name]) => name !== self)
      .map(([name, { port }]) => {
        const end = port === 80 ? '(:80)?(?![\\w.:-])' : `:${port}(?!\\d)`
        return [name, new RegExp(`\\bhttp://${name}${end}`, 'g')]
      })
  }

  readonly lead = (text: string): string =>
    this.#others.reduce((led, [name, url]) => {
      const linked = led.replace(url, `{link:${name}}`)
      if (linked !== led && !this.found.includes(name)) this.found.push(name)
      return linked
    }, text)
}

function mountsOf(name: string, { volumes = [] }: ComposeService, around: Surroundings) {
  const { folder, say, volumes: taken } = around
  const files: Record<string, string> = {}
  let dataDir: string | undefined
  for (const { type, source, target } of volumes.map(mountOf)) {
    if (type === 'bind' && source !== undefined) {
      const { texts, problem } = filesBelow(folder, source, target)
      Object.assign(files, texts)
      if (problem !== undefined) say(`volumes: ${problem}`)
    } else if (type === 'volume' && dataDir === undefined) {
      const other = source === undefined ? undefined : taken.get(source)
      if (other !== undefined)
        say(`volumes: ${source} is shared with ${other}: services share nothing`)
      if (source !== undefined) taken.set(source, name)
      dataDir = target
    } else say(`volumes: ${target} (${type}) is one too many: a service has one volume, and files`)
  }
  return { files, dataDir }
}

function healthOf(
  { healthcheck }: ComposeService,
  own: HttpService | undefined,
  say: (text: string) => void,
): Health {
  const timeoutMs = healthTimeoutMs
  if (own?.health !== undefined) return { path: own.health, timeoutMs }
  const test = healthcheck?.disable ? null : healthcheck?.test
  if (typeof test === 'string') return { command: ['sh', '-c', test], timeoutMs }
  const [kind, ...rest] = test ?? ['NONE']
  if (kind === 'CMD') return { command: rest, timeoutMs }
  if (kind === 'CMD-SHELL') return { command: ['sh', '-c', ...rest], timeoutMs }
  if (own) say('healthcheck is missing: say in http on which path it answers 2xx when it is ready')
  return { timeoutMs }
}

function startsAfterOf(
  { depends_on: given = {} }: ComposeService,
  say: (text: string) => void,
): string[] {
  if (Array.isArray(given)) return [...(given as readonly string[])]
  return Object.entries(given as Readonly<Record<string, { readonly condition?: string }>>).map(
    ([name, { condition }]) => {
      if (condition === 'service_completed_successfully') {
        say(`depends_on.${name}: a service that ends is not supported`)
      }
      return name
    },
  )
}

function resourcesOf(service: ComposeService, say: (text: string) => void): Resources | undefined {
  const { cpus: cpuLimit, memory } = service.deploy?.resources?.limits ?? {}
  const cpus = cpuLimit ?? service.cpus
  const size = memory ?? service.mem_limit
  const memoryMb = size === undefined ? undefined : mebibytes(size)
  if (Number.isNaN(memoryMb)) say(`mem_limit is '${size}', which is no size`)
  if (cpus === undefined && memoryMb === undefined) return undefined
  return {
    ...(cpus === undefined ? {} : { cpus: Number(cpus) }),
    ...(memoryMb === undefined ? {} : { memoryMb }),
  }
}
