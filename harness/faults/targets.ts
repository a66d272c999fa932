import {
  HarnessError,
  type Effect,
  type Fault,
  type ReplicaPort,
  type ServiceSpec,
  type Stack,
  type SystemPort,
} from '../core/index.ts'
import { ofAnyFault, optionProblems, type Known } from './option-problems.ts'

/** Whom a fault strikes: exactly one of the two. */
export interface TargetOptions {
  /** All replicas of this service. */
  readonly service?: string
  /** This replica only: 'media-1'. */
  readonly replica?: string
  /** Cells that are meant to suffer. Default: none. */
  readonly effects?: readonly Effect[]
  readonly title?: string
}

function targetProblems({ service, replica }: TargetOptions, { services }: Stack): string[] {
  if ((service === undefined) === (replica === undefined)) {
    return ["strikes nobody in particular: name a 'service' or a 'replica', and not both"]
  }
  const names = services.map(({ name }) => name)
  const ids = services.flatMap(replicaIds)
  return [
    ...(service === undefined || names.includes(service)
      ? []
      : [`${service} is no service: the stack has ${names.join(', ')}`]),
    ...(replica === undefined || ids.includes(replica)
      ? []
      : [`${replica} is no replica: the stack has ${ids.join(', ')}`]),
  ]
}

/** A fault of replicas: all that follows from whom it strikes. */
export function targetFault(
  name: string,
  options: TargetOptions,
  own: Pick<Fault, 'summary' | 'inject' | 'intermittent' | 'momentary' | 'needs' | 'decides'> & {
    /** What it takes beside what every fault of replicas does. */
    readonly known: Known
    /** What is wrong with the rest of the options. */
    readonly problems: (stack: Stack) => readonly string[]
  },
): Fault {
  const { problems, known, ...rest } = own
  const { title = own.summary, replica } = options
  // What is over once it was injected may be over before anybody looks.
  const effects = (options.effects ?? []).map((effect) =>
    own.momentary === true ? { ...effect, optional: true } : effect,
  )
  return {
    kind: 'fault',
    name,
    title,
    effects,
    // The others of the service go on as before.
    ...(replica === undefined ? {} : { intermittent: true }),
    ...rest,
    where: shownTarget(options),
    validate: (stack) => [
      ...optionProblems(options, { service: 'text', replica: 'text', ...known, ...ofAnyFault }),
      ...targetProblems(options, stack),
      ...problems(stack),
    ],
  }
}

/** Ids of the replicas that are struck. */
export function struckReplicas(options: TargetOptions, stack: Stack): string[] {
  const { replica } = options
  if (replica !== undefined) return [replica]
  const service = struckService(options, stack)
  return service ? replicaIds(service) : []
}

export function replicaIds({ name, replicas }: ServiceSpec): string[] {
  return Array.from({ length: replicas }, (_, i) => `${name}-${i + 1}`)
}

/** Of an id: 'media' of 'media-1'. Takes what is no id, too: it is told of later. */
export function serviceOf(replica: unknown): string {
  return String(replica).replace(/-\d+$/, '')
}

/** The service whose replicas are struck, where there is one of that name. */
export function struckService({ service, replica }: TargetOptions, { services }: Stack) {
  return services.find(({ name }) => name === (service ?? serviceOf(replica)))
}

/** How a fault says whom it strikes. */
export function shownTarget({ service, replica }: TargetOptions): string {
  return service === undefined ? String(replica) : `every replica of ${service}`
}

/** The replicas, each with the port by which it is struck. Throws RUNTIME_UNAVAILABLE where the runtime has no such port. */
export function targetsOf<K extends 'power' | 'pressure' | 'clock'>(
  { service, replica }: TargetOptions,
  { replicas }: SystemPort,
  port: K,
): { readonly id: string; readonly port: NonNullable<ReplicaPort[K]> }[] {
  const struck = replicas.filter((one) => one.id === replica || one.service === service)
  return struck.map((one) => {
    const found = one[port]
    if (found) return { id: one.id, port: found }
    throw new HarnessError('RUNTIME_UNAVAILABLE', `this runtime cannot do that to ${one.id}`, {
      hint:
        port === 'pressure' ? 'run the scenario with --runtime containers' : 'use another fault',
    })
  })
}
