import {
  HalfInjected,
  describeToxic,
  linkTargetKey,
  longestToxicName,
  toxicName,
  toxicProblems,
  type Effect,
  type Fault,
  type InjectedFault,
  type LinkPort,
  type LinkTarget,
  type Stack,
  type Toxic,
} from '../core/index.ts'
import { ofAnyFault, optionProblems } from './option-problems.ts'
import { replicaIds, serviceOf } from './targets.ts'

export interface LinkFaultOptions {
  /** The service that calls. Absent: users, that is the front door of `to`. */
  readonly from?: string
  readonly to: string
  /** Not empty. */
  readonly toxics: readonly Toxic[]
  /** Cells that are meant to suffer. Default: none. */
  readonly effects?: readonly Effect[]
  readonly title?: string
}

export interface PartitionOptions {
  /** Id of the replica that is cut off: 'media-1'. */
  readonly replica: string
  /** Services that it is cut off from; 'users' are those who come by the front door. */
  readonly from: readonly string[]
  /** What gets lost: what they ask of it ('to'), what it asks of them ('from'), or, by default, both; there must be links for it. */
  readonly direction?: 'both' | 'to' | 'from'
  readonly effects?: readonly Effect[]
  readonly title?: string
}

interface Placed {
  readonly link: LinkTarget
  readonly toxic: Toxic
}

/** Toxics on the link by which one service calls another, or on a front door. */
export function linkFault(name: string, options: LinkFaultOptions): Fault {
  const { from, to } = options
  const link = from === undefined ? { to } : { from, to }
  const given: readonly unknown[] = [options.toxics].flat()
  const toxics = given.filter(isToxicAtAll)
  return faultOf(
    name,
    options,
    toxics.map((toxic) => ({ link, toxic })),
    [
      ...optionProblems(options, { from: 'text', to: 'text', toxics: 'list', ...ofAnyFault }),
      ...given.filter((one) => !isToxicAtAll(one)).flatMap(toxicProblems),
    ],
  )
}

function isToxicAtAll(value: unknown): value is Toxic {
  return typeof value === 'object' && value !== null
}

/**
 * One replica and the named services do not hear each other, and whoever asks waits in vain, as when packets are lost. What goes another way
 * than by links is not cut: a directory that replicas share, the configuration that the harness reads.
 */
export function partition(name: string, options: PartitionOptions): Fault {
  const { replica, direction = 'both' } = options
  const others = [options.from].flat().map(String)
  const own = serviceOf(replica)
  const lost = (strikes: Pick<Toxic, 'replica' | 'caller'>): Toxic => ({
    name: `partition_${replica}`,
    type: 'timeout',
    stream: 'upstream',
    ...strikes,
    attributes: { timeout: 0 },
  })
  const heard = others.map((from): Placed => {
    const link = from === 'users' ? { to: own } : { from, to: own }
    return { link, toxic: lost({ replica }) }
  })
  const said = others
    .filter((other) => other !== 'users')
    .map((to): Placed => ({ link: { from: own, to }, toxic: lost({ caller: replica }) }))
  const placed = [...(direction === 'from' ? [] : heard), ...(direction === 'to' ? [] : said)]
  const title = options.title ?? `${replica} is cut off from ${others.join(', ')}`
  return faultOf(name, { ...options, title }, placed, [
    ...optionProblems(options, {
      replica: 'text',
      from: 'texts',
      direction: 'text',
      ...ofAnyFault,
    }),
    ...(['both', 'to', 'from'].includes(direction)
      ? []
      : [`direction is '${direction}': use both, to, from`]),
  ])
}

function faultOf(
  name: string,
  { effects = [], title }: { readonly effects?: readonly Effect[]; readonly title?: string },
  placed: readonly Placed[],
  problems: readonly string[],
): Fault {
  const lines = placed.map(({ link, toxic }) => `${shown(link)}: ${describeToxic(toxic)}`)
  return {
    kind: 'fault',
    name,
    title: title ?? lines.join('; '),
    effects,
    ...(placed.some(({ toxic }) => isPartial(toxic)) ? { intermittent: true } : {}),
    summary: lines.join('; '),
    where: linksIn(placed).join(', '),
    validate: (stack) => [...problems, ...problemsOf(placed, stack)],
    inject: ({ links }, signal) => inject(links, ownToxics(name, placed), signal),
  }
}

/** Two faults may put the same toxic on one link: neither takes the place of the other. */
function ownToxics(fault: string, placed: readonly Placed[]): Placed[] {
  return placed.map(({ link, toxic }) => ({
    link,
    toxic: { ...toxic, name: `${fault}.${toxicName(toxic)}`.slice(0, longestToxicName) },
  }))
}

/** Part of what goes over the link is spared, so that a user is struck now and then. */
function isPartial(toxic: Toxic): boolean {
  return (
    (toxic.toxicity ?? 1) < 1 ||
    toxic.replica !== undefined ||
    toxic.caller !== undefined ||
    ('first' in toxic && toxic.first !== undefined)
  )
}

function linksIn(placed: readonly Placed[]): string[] {
  return [...new Set(placed.map(({ link }) => shown(link)))]
}

async function inject(
  links: LinkPort,
  placed: readonly Placed[],
  signal: AbortSignal,
): Promise<InjectedFault> {
  const inForce: Placed[] = []
  const on = linksIn(placed)
  let hasStruck = false
  const heal = async (healing: AbortSignal): Promise<string | undefined> => {
    for (const { link, toxic } of inForce.toReversed()) {
      const struck = await links.removeToxic(link, toxicName(toxic), healing)
      inForce.pop()
      // One that is gone already cannot be asked any more.
      if (struck !== 0) hasStruck = true
    }
    return hasStruck ? undefined : `nothing that it strikes came by ${on.join(', ')}`
  }
  try {
    for (const one of placed) {
      // Known before it is asked for: an answer that is lost may hide a toxic that is in force.
      inForce.push(one)
      await links.setToxic(one.link, one.toxic, signal)
    }
  } catch (error) {
    throw new HalfInjected(error, { on, heal })
  }
  return {
    on,
    explain: placed.map(({ link, toxic }) => `${shown(link)}: ${describeToxic(toxic)}`),
    heal,
  }
}

function problemsOf(placed: readonly Placed[], stack: Stack): string[] {
  if (placed.length === 0) return ['does nothing: name a toxic, and whom it is between']
  const keys = placed.map(({ link, toxic }) => `${linkTargetKey(link)} ${toxicName(toxic)}`)
  return [
    ...placed.flatMap(({ link, toxic }) => [
      ...linkProblems(link, toxic, stack),
      ...toxicProblems(toxic),
    ]),
    ...(new Set(keys).size < keys.length
      ? ['puts two toxics of the same name on one link: give them names']
      : []),
  ]
}

function linkProblems(
  { from, to }: LinkTarget,
  { name, replica, caller: asking }: Toxic,
  stack: Stack,
): string[] {
  const names = stack.services.map(({ name }) => name)
  const target = stack.services.find(({ name }) => name === to)
  if (!target) return [`${to} is no service: the stack has ${names.join(', ')}`]
  const caller = stack.services.find(({ name }) => name === from)
  const ids = replicaIds(target)
  const askers = caller ? replicaIds(caller) : []
  return [
    ...(from === undefined || caller?.connects.includes(to)
      ? []
      : [
          `there is no link from ${from} to ${to}: name a service that connects to it${otherDirection(asking, name === `partition_${replica}` && target.connects.includes(from))}`,
        ]),
    ...(replica === undefined || ids.includes(replica)
      ? []
      : [`${to} has no replica ${replica}: use one of ${ids.join(', ')}`]),
    ...(asking === undefined || askers.includes(asking)
      ? []
      : [`${asking} does not call ${to} here: use one of ${askers.join(', ') || 'no caller'}`]),
  ]
}

/** Of a partition, of which one half is refused: that the other one can be had alone. */
function otherDirection(asking: string | undefined, isLinkedBack: boolean): string {
  if (asking !== undefined) return ", or cut one direction only, with direction: 'to'"
  return isLinkedBack ? ", or cut the other direction only, with direction: 'from'" : ''
}

function shown({ from, to }: LinkTarget): string {
  return from === undefined ? `front door of ${to}` : `${from} to ${to}`
}
