import type { EventOf, WindowKind } from './journal.ts'
import {
  addLinkCounts,
  outsideName,
  type AmplificationTarget,
  type LinkCount,
} from './link-count.ts'

/** What passed in all windows of a kind together. */
export interface LinkTraffic {
  readonly durationMs: number
  readonly links: readonly LinkCount[]
}

/** Requests that a service sent for those that it got. */
export interface Amplification {
  /** Requests that it sent, over the link or over all of them. */
  readonly sent: number
  /** Requests that reached the service, from actors and other services. */
  readonly received: number
  /** Undefined where none was received. */
  readonly factor?: number
}

/** Adds what was counted in a span to the window that it belongs to, 'between' where it belongs to none. */
export function addTraffic(
  traffic: Map<WindowKind | 'between', LinkTraffic>,
  { window, sinceMs, atMs, links }: EventOf<'links.counted'>,
): void {
  const kind = (window?.split(':')[0] ?? 'between') as WindowKind | 'between'
  const before = traffic.get(kind) ?? { durationMs: 0, links: [] }
  traffic.set(kind, {
    durationMs: before.durationMs + atMs - sinceMs,
    links: addLinkCounts([...before.links, ...links]),
  })
}

export function amplificationOf(
  links: readonly LinkCount[],
  target: AmplificationTarget,
): Amplification {
  const from = 'link' in target ? target.link.from : target.service
  const sum = (some: readonly LinkCount[]) => some.reduce((all, { requests }) => all + requests, 0)
  const sent = sum(
    links.filter((one) => one.from === from && (!('link' in target) || one.to === target.link.to)),
  )
  const received = sum(links.filter(({ to }) => to === from))
  return { sent, received, ...(received === 0 ? {} : { factor: sent / received }) }
}

/** In words: `gateway > media`, `gateway > all that it asks`. */
export function describeTarget(target: AmplificationTarget): string {
  if ('service' in target) return `${target.service} > all that it asks`
  const { from, to } = target.link
  return `${from} > ${to === outsideName ? 'the outside' : to}`
}
