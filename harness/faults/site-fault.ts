import {
  HalfInjected,
  type Effect,
  type Fault,
  type InjectedFault,
  type SitePort,
  type SiteVariant,
  type Stack,
} from '../core/index.ts'
import { ofAnyFault, optionProblems } from './option-problems.ts'

export interface SiteFaultOptions {
  /** Of a site of the stack, or several; each is a host of its own, also where one site has more. */
  readonly host: string | readonly string[]
  /** A failure mode that every site has (harness/fabric/variants/README.md), or one that the site defines itself. */
  readonly variant: string
  /** Share of requests that are struck, in (0, 1]. Default 1. Drawn from the seed of the run. */
  readonly toxicity?: number
  /** Only the first so many requests are looked at. A whole number from 1. Default: all. */
  readonly first?: number
  /** For 'moved': the host that the site has moved to. It has to be one of a site, too. */
  readonly to?: string
  /** Cells that are meant to suffer. Default: none. */
  readonly effects?: readonly Effect[]
  readonly title?: string
}

/** External sites fail in one way, until the fault is healed: `siteFault('news-hangs', { host: 'news.example', variant: 'hangs' })`. */
export function siteFault(name: string, options: SiteFaultOptions): Fault {
  const hosts = [options.host].flat().map(String)
  const { variant, toxicity, first, to } = options
  const setting: SiteVariant = {
    name: variant,
    ...(toxicity === undefined ? {} : { toxicity }),
    ...(first === undefined ? {} : { first }),
    ...(to === undefined ? {} : { to }),
  }
  const extent = extentOf(setting)
  return {
    kind: 'fault',
    name,
    title: options.title ?? `${hosts.join(', ')}: ${variant}`,
    effects: options.effects ?? [],
    ...((toxicity ?? 1) < 1 || first !== undefined ? { intermittent: true } : {}),
    summary: `the site${hosts.length === 1 ? '' : 's'} ${hosts.join(', ')} fail${hosts.length === 1 ? 's' : ''} as '${variant}' says${extent}`,
    where: hosts.join(', '),
    sites: hosts.map((host) => ({ host, variant: setting })),
    decides: () => hosts.map((host) => `the failure mode of ${host}`),
    validate: (stack) => [
      ...optionProblems(options, {
        host: typeof options.host === 'string' ? 'text' : 'texts',
        variant: 'text',
        toxicity: 'number',
        first: 'number',
        to: 'text',
        ...ofAnyFault,
      }),
      ...problemsOf(hosts, setting, stack),
    ],
    inject: ({ sites }, signal) => inject(sites, hosts, { ...setting }, signal),
  }
}

/** What faults have put in force, the newest last: a host has one variant at a time, and gets the one before back. */
const inForce = new WeakMap<SitePort, Map<string, readonly SiteVariant[]>>()

async function inject(
  sites: SitePort,
  hosts: readonly string[],
  setting: SiteVariant,
  signal: AbortSignal,
): Promise<InjectedFault> {
  const byHost = inForce.get(sites) ?? new Map<string, readonly SiteVariant[]>()
  inForce.set(sites, byHost)
  const struck: string[] = []
  const heal = async (healing: AbortSignal): Promise<void> => {
    for (const host of struck.toReversed()) {
      const left = (byHost.get(host) ?? []).filter((one) => one !== setting)
      await sites.setVariant(host, left.at(-1), healing)
      byHost.set(host, left)
      struck.pop()
    }
  }
  try {
    for (const host of hosts) {
      await sites.setVariant(host, setting, signal)
      byHost.set(host, [...(byHost.get(host) ?? []), setting])
      struck.push(host)
    }
  } catch (error) {
    throw new HalfInjected(error, { on: hosts, heal })
  }
  return {
    on: hosts,
    explain: hosts.map((host) => `${host}: ${setting.name}${extentOf(setting)}`),
    heal,
  }
}

/** `, on 50 % of the first 100 requests, leading to other.example` */
function extentOf({ toxicity, first, to }: SiteVariant): string {
  const share = toxicity === undefined ? '' : `${Math.round(toxicity * 1000) / 10} % of `
  const which =
    first === undefined ? 'requests' : `the first ${first} request${first === 1 ? '' : 's'}`
  const on = toxicity === undefined && first === undefined ? '' : `, on ${share}${which}`
  return `${on}${to === undefined ? '' : `, leading to ${to}`}`
}

function problemsOf(hosts: readonly string[], setting: SiteVariant, stack: Stack): string[] {
  const { name, toxicity, first } = setting
  return [
    ...(stack.sites.length === 0
      ? ['the stack has no sites: name their modules in stack.sites']
      : []),
    ...(hosts.length === 0 ? ['names no host: give it the host of a site'] : []),
    ...hosts
      .filter((host) => !/^[a-z0-9.-]+$/.test(host))
      .map((host) => `${JSON.stringify(host)} is no host: leave scheme, port and path away`),
    ...(new Set(hosts).size < hosts.length ? ['names a host twice: once is enough'] : []),
    ...(name === ''
      ? ["variant is empty: 'hangs' is one, see harness/fabric/variants/README.md"]
      : []),
    ...(toxicity === undefined || (toxicity > 0 && toxicity <= 1)
      ? []
      : [`toxicity is ${toxicity}: use a share in (0, 1]`]),
    ...(first === undefined || (Number.isSafeInteger(first) && first >= 1)
      ? []
      : [`first is ${first}: use a whole number from 1`]),
  ]
}
