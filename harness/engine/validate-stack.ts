import {
  actorsName,
  outsideName,
  takesTraffic,
  type Resources,
  type ServiceSpec,
  type Stack,
} from '../core/index.ts'
import { checkName, checkUnique, problem, type Problem } from './problem.ts'

/** What is wrong with the services of a stack. */
export function checkStack(stack: Stack): Problem[] {
  const names = stack.services.map(({ name }) => name)
  const reachable = stack.services.filter(takesTraffic).map(({ name }) => name)
  return [
    ...(reachable.includes(stack.entry)
      ? []
      : problem('stack.entry', `is '${stack.entry}'`, `name one of ${reachable.join(', ')}`)),
    ...checkUnique('stack.services', names),
    ...stack.services.flatMap((service, i) => {
      const path = `stack.services[${i}]`
      return [
        ...checkService(path, service),
        ...checkNames(`${path}.connects`, service.connects, reachable),
        ...checkNames(`${path}.startsAfter`, service.startsAfter ?? [], names),
      ]
    }),
    ...checkOrder(stack),
    ...stack.sites.flatMap((site, i) =>
      site.startsWith('file:')
        ? []
        : problem(`stack.sites[${i}]`, `is '${site}'`, "use new URL('…', import.meta.url).href"),
    ),
  ]
}

function checkService(path: string, service: ServiceSpec): Problem[] {
  const { replicas, ports, config } = service
  return [
    ...checkName(`${path}.name`, service.name),
    ...([actorsName, outsideName].includes(service.name)
      ? problem(
          `${path}.name`,
          `is '${service.name}'`,
          'take another: reports call something else so',
        )
      : []),
    ...(Number.isInteger(replicas) && replicas >= 1 && replicas <= 16
      ? []
      : problem(`${path}.replicas`, `is ${replicas}`, 'use a whole number from 1 to 16')),
    ...(takesTraffic(service) || service.run.kind === 'image'
      ? []
      : problem(`${path}.ports`, `has no 'http'`, 'name the port that takes traffic http')),
    ...(config && !ports.includes(config.port)
      ? problem(`${path}.config.port`, `is '${config.port}'`, `name one of ${ports.join(', ')}`)
      : []),
    ...checkOwnPorts(path, service),
    ...checkHealth(`${path}.health`, service),
    ...checkResources(`${path}.resources`, service.resources),
    ...checkContainerPorts(`${path}.run`, service),
    ...checkDataRoom(`${path}.dataMb`, service.dataMb),
  ]
}

function checkNames(path: string, given: readonly string[], known: readonly string[]): Problem[] {
  return given
    .filter((name) => !known.includes(name))
    .flatMap((name) =>
      problem(path, `has '${name}'`, `name services of the stack: ${known.join(', ')}`),
    )
}

/** What the service offers beside its configuration, with the same token. */
function checkOwnPorts(path: string, { ports, config, ...offers }: ServiceSpec): Problem[] {
  return (['reset', 'clock'] as const).flatMap((name) => {
    const offer = offers[name]
    if (!offer) return []
    return [
      ...(config ? [] : problem(`${path}.${name}`, 'has no token', 'it takes that of config')),
      ...(ports.includes(offer.port)
        ? []
        : problem(`${path}.${name}.port`, `is '${offer.port}'`, `name one of ${ports.join(', ')}`)),
    ]
  })
}

function checkHealth(path: string, service: ServiceSpec): Problem[] {
  const { path: asked, command } = service.health
  if (asked !== undefined && command !== undefined) {
    return problem(path, 'has a path and a command', 'leave one of them out')
  }
  if (asked !== undefined && !takesTraffic(service)) {
    return problem(`${path}.path`, `is '${asked}'`, `name the port that is asked http`)
  }
  if (command !== undefined) {
    return service.run.kind === 'image' && command.length > 0
      ? []
      : problem(`${path}.command`, `is [${command.join(', ')}]`, 'it runs in an image: use a path')
  }
  return asked !== undefined || !takesTraffic(service)
    ? []
    : problem(`${path}.path`, 'is missing', 'say on which path a ready replica answers 2xx')
}

/** Whether services wait for each other in a circle. */
function checkOrder({ services }: Stack): Problem[] {
  const ready = new Set<string>()
  for (let before = -1; before < ready.size;) {
    before = ready.size
    for (const { name, startsAfter = [] } of services) {
      if (startsAfter.every((other) => ready.has(other))) ready.add(name)
    }
  }
  const names = services.map(({ name }) => name)
  const isKnown = ({ startsAfter = [] }: ServiceSpec) => startsAfter.every((n) => names.includes(n))
  const stuck = services.filter((service) => isKnown(service) && !ready.has(service.name))
  return stuck.length === 0
    ? []
    : problem(
        'stack.services',
        `wait for each other: ${stuck.map(({ name }) => name).join(', ')}`,
        'take one away from startsAfter',
      )
}

function checkResources(path: string, resources: Resources = {}): Problem[] {
  const { cpus = 1, memoryMb = 16 } = resources
  return [
    ...(cpus >= 0.05 ? [] : problem(`${path}.cpus`, `is ${cpus}`, 'use 0.05 cores or more')),
    ...(Number.isInteger(memoryMb) && memoryMb >= 16
      ? []
      : problem(`${path}.memoryMb`, `is ${memoryMb}`, 'use a whole number of MiB from 16')),
  ]
}

function checkDataRoom(path: string, dataMb = 1): Problem[] {
  return Number.isInteger(dataMb) && dataMb >= 1 && dataMb <= 1_024
    ? []
    : problem(path, `is ${dataMb}`, 'use a whole number of MiB from 1 to 1024')
}

function checkContainerPorts(path: string, { run, ports }: ServiceSpec): Problem[] {
  if (run.kind !== 'image') return []
  const { containerPorts } = run
  const { dataDir = '/', files = {} } = run
  const relative = [dataDir, ...Object.keys(files)].filter((name) => !name.startsWith('/'))
  const isPort = (number = 0) => Number.isInteger(number) && number > 0 && number < 65_536
  return [
    ...relative.flatMap((name) =>
      problem(path, `'${name}' is no absolute path in the container`, 'begin it with /'),
    ),
    ...ports
      .filter((name) => !isPort(containerPorts[name]))
      .flatMap((name) =>
        problem(
          `${path}.containerPorts.${name}`,
          `is ${containerPorts[name]}`,
          'give the number of the port on which the image listens',
        ),
      ),
  ]
}
