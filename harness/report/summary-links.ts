import {
  amplificationOf,
  latencyQuantile,
  linkFailures,
  type LinkCount,
  type LinkTraffic,
  type WindowKind,
} from '../core/index.ts'
import type { SummaryLink, SummaryTraffic } from './summary-types.ts'

/** What passed between each two, by kind of window. */
export function summarizeLinks(
  traffic: ReadonlyMap<WindowKind | 'between', LinkTraffic>,
): SummaryLink[] {
  const all = [...traffic.values()].flatMap(({ links }) => links)
  const pairs = new Map(all.map(({ from, to }) => [`${from}>${to}`, { from, to }]))
  return [...pairs.values()].map((pair) => ({
    ...pair,
    baseline: summarizeTraffic(pair, traffic.get('baseline')),
    change: summarizeTraffic(pair, traffic.get('change')),
    recovery: summarizeTraffic(pair, traffic.get('recovery')),
  }))
}

function summarizeTraffic(
  pair: Pick<LinkCount, 'from' | 'to'>,
  traffic: LinkTraffic | undefined,
): SummaryTraffic | null {
  const count = traffic?.links.find(({ from, to }) => from === pair.from && to === pair.to)
  if (!traffic || !count) return null
  const quantile = (share: number) => latencyQuantile(count.latency, share) ?? null
  const { factor } = amplificationOf(traffic.links, { link: pair })
  return {
    requests: count.requests,
    perSecond: rounded(count.requests / (traffic.durationMs / 1000)),
    answers: count.answers,
    errors: count.errors,
    abandoned: count.abandoned,
    failureRatio: linkFailures(count).ratio ?? null,
    p50Ms: quantile(0.5),
    p95Ms: quantile(0.95),
    p99Ms: quantile(0.99),
    amplification: factor === undefined ? null : rounded(factor),
  }
}

function rounded(value: number): number {
  return Number.isFinite(value) ? Math.round(value * 1000) / 1000 : 0
}
