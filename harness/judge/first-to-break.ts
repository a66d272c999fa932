import {
  actorsName,
  latencyQuantile,
  linkFailures,
  outsideName,
  type LinkCount,
} from '../core/index.ts'

/** The service at which requests failed or waited, and in which figures that shows. */
export interface FirstToBreak {
  readonly service: string
  /** The share of requests to it that failed, and what 95 % of the others took at most, in ms. */
  readonly failed: number
  readonly p95: number
}

/** So much of the time of who asks makes who is asked the cause of it. */
const explains = 0.5

/**
 * Follows the requests from the actors to where they fail or wait: from a service on to the one that it asks, as long as that one fails
 * at least half as often, or takes at least half as long. Undefined where nothing passed, or nobody counted.
 */
export function firstToBreak(links: readonly LinkCount[]): FirstToBreak | undefined {
  let at = worstOf(links.filter(({ from }) => from === actorsName))
  const seen = new Set<string>()
  while (at && !seen.has(at.service)) {
    const here: FirstToBreak = at
    seen.add(here.service)
    const next = worstOf(
      links.filter(({ from, to }) => from === here.service && to !== here.service),
    )
    if (!next || !isCause(next, here)) return here
    at = next
  }
  return at
}

function worstOf(links: readonly LinkCount[]): FirstToBreak | undefined {
  return links
    .filter(({ requests }) => requests > 0)
    .map((link): FirstToBreak => ({
      service: link.to,
      failed: linkFailures(link).ratio ?? 0,
      p95: latencyQuantile(link.latency, 0.95) ?? 0,
    }))
    .toSorted((a, b) => b.failed - a.failed || b.p95 - a.p95)[0]
}

function isCause(asked: FirstToBreak, asking: FirstToBreak): boolean {
  return asking.failed > 0.01
    ? asked.failed >= explains * asking.failed
    : asked.p95 >= explains * asking.p95
}

/** `media (p95 480 ms, 3 % of requests failed)` */
export function firstToBreakText({ service, failed, p95 }: FirstToBreak): string {
  const name = service === outsideName ? 'what is outside' : `the service ${service}`
  const share = failed > 0 ? `, ${(failed * 100).toFixed(1)} % of its requests failed` : ''
  return `${name} (p95 ${Math.round(p95)} ms${share})`
}
