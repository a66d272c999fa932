import type { SummaryLink, SummaryTraffic } from './summary-types.ts'
import { count, list } from './words.ts'

/** Below so many requests a factor is chance. */
const fewestRequests = 20
/** A link is worth a line when its sender asks so many times as often as in the baseline, for each request that it gets. */
const worthTelling = 1.5
/** Standard errors of the logarithm of the ratio of two counts: one time in a thousand it is that far off by chance. */
const beyondChance = 3.3
const mostLinks = 6

/** One line on all links, and one on each that carried more than its share under the change or after it. */
export function linkSentences(links: readonly SummaryLink[]): string[] {
  const requests = links
    .flatMap(({ baseline, change, recovery }) => [baseline, change, recovery])
    .reduce((sum, traffic) => sum + (traffic?.requests ?? 0), 0)
  const amplified = links.filter(
    (link) => Math.max(growth(link, 'change'), growth(link, 'recovery')) >= worthTelling,
  )
  const names = amplified.map(({ from, to }) => `${from} > ${to}`)
  const told = amplified.length === 0 ? 'none amplified' : `AMPLIFIED: ${list(names, mostLinks)}`
  return [
    `${count(links.length, 'link')}, ${count(requests, 'request')} in windows; ${told}`,
    ...amplified.slice(0, mostLinks).map(sentence),
  ]
}

/** How many times the factor of the baseline. 0 where that says nothing. */
function growth(link: SummaryLink, window: 'change' | 'recovery'): number {
  const traffic = link[window]
  if (!traffic || traffic.amplification === null || traffic.requests < fewestRequests) return 0
  const before = link.baseline?.amplification ?? 0
  if (before === 0) return Math.min(traffic.amplification, 1) * worthTelling
  const ratio = traffic.amplification / before
  const error = Math.sqrt(1 / traffic.requests + 1 / (link.baseline?.requests ?? 1))
  return Math.log(ratio) < beyondChance * error ? 0 : ratio
}

function sentence({ from, to, baseline, change, recovery }: SummaryLink): string {
  const factors = [
    factorIn(baseline, 'before'),
    factorIn(change, 'during'),
    factorIn(recovery, 'after'),
  ]
  return `${from} > ${to}, for each request to ${from}: ${factors.join(', ')}`
}

function factorIn(traffic: SummaryTraffic | null, when: string): string {
  if (!traffic || traffic.amplification === null) return `none ${when}`
  const { amplification, failureRatio } = traffic
  const failed =
    failureRatio !== null && failureRatio >= 0.01
      ? ` (${Math.round(failureRatio * 100)} % failed)`
      : ''
  return `${amplification.toFixed(2)} ${when}${failed}`
}
