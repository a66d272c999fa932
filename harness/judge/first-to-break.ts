import {
  actorsName,
  latencyQuantile,
  linkFailures,
  outsideName,
  type LinkCount,
} from '../core/index.ts'
import { differenceOfProportions } from './two-proportions.ts'

/** The service at which requests failed or waited, and in which figures that shows. */
export interface FirstToBreak {
  readonly service: string
  /** The share of requests to it that failed, and what 95 % of the others took at most, in ms. */
  readonly failed: number
  /** Of these the share that was answered 4xx, by what it was more than where all held. */
  readonly refused: number
  readonly p95: number
}

/** So much of the time of who asks makes who is asked the cause of it. */
const explains = 0.5

/**
 * Follows the requests from the actors to where they fail or wait: from a service on to the one that it asks, as long as that one fails
 * at least half as often, or takes at least half as long. An answer 4xx may be as it should, or a limit: it counts as a failure by what there is more
 * of than in `held`, what passed where all held. Undefined where nothing passed, or nobody counted.
 */
export function firstToBreak(
  links: readonly LinkCount[],
  held: readonly LinkCount[] = [],
): FirstToBreak | undefined {
  let at = worstOf(
    links.filter(({ from }) => from === actorsName),
    held,
  )
  const seen = new Set<string>()
  while (at && !seen.has(at.service)) {
    const here: FirstToBreak = at
    seen.add(here.service)
    const next = worstOf(
      links.filter(({ from, to }) => from === here.service && to !== here.service),
      held,
    )
    if (!next || !isCause(next, here)) return here
    at = next
  }
  return at
}

/** Without those requests of the actors that the load itself gave up at its end: so many of what was given up. */
export function withoutCut(links: readonly LinkCount[], cut: number): LinkCount[] {
  const own = links.filter(({ from }) => from === actorsName)
  const abandoned = own.reduce((sum, link) => sum + link.abandoned, 0)
  const left = abandoned === 0 ? 1 : Math.max(0, 1 - cut / abandoned)
  return links.map((link) =>
    own.includes(link) ? { ...link, abandoned: Math.round(link.abandoned * left) } : link,
  )
}

function worstOf(
  links: readonly LinkCount[],
  held: readonly LinkCount[],
): FirstToBreak | undefined {
  return links
    .filter(({ requests }) => requests > 0)
    .map((link): FirstToBreak => {
      const refused = refusedMore(
        link,
        held.find(({ from, to }) => from === link.from && to === link.to),
      )
      return {
        service: link.to,
        failed: (linkFailures(link).ratio ?? 0) + refused,
        refused,
        p95: latencyQuantile(link.latency, 0.95) ?? 0,
      }
    })
    .toSorted((a, b) => b.failed - a.failed || b.p95 - a.p95)[0]
}

/** By how much the share of answers 4xx is higher, where that is no chance. */
function refusedMore(link: LinkCount, held: LinkCount | undefined): number {
  const shareOf = (one: LinkCount) => ({
    hits: one.answers['4xx'] ?? 0,
    total: linkFailures(one).ended,
  })
  const more = held && differenceOfProportions(shareOf(held), shareOf(link), 0.95)
  return more && more.low > 0 ? more.difference : 0
}

function isCause(asked: FirstToBreak, asking: FirstToBreak): boolean {
  return asking.failed > 0.01
    ? asked.failed >= explains * asking.failed
    : asked.p95 >= explains * asking.p95
}

/** `the service media (p95 480 ms, 3.1 % of its requests failed)` */
export function firstToBreakText({ service, failed, refused, p95 }: FirstToBreak): string {
  const name = service === outsideName ? 'what is outside' : `the service ${service}`
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`
  const share = failed > 0 ? `, ${percent(failed)} of its requests failed` : ''
  const by = refused > 0 ? `, ${percent(refused)} by more answers 4xx than at a rate that held` : ''
  return `${name} (p95 ${Math.round(p95)} ms${share}${by})`
}
