import { expect, it } from 'vitest'

import { linkSentences } from './link-lines.ts'
import type { SummaryLink, SummaryTraffic } from './summary-types.ts'

function traffic(requests: number, amplification: number | null, failureRatio = 0): SummaryTraffic {
  return {
    requests,
    perSecond: requests,
    answers: {},
    errors: 0,
    abandoned: 0,
    failureRatio,
    p50Ms: 1,
    p95Ms: 1,
    p99Ms: 1,
    amplification,
  }
}

const front: SummaryLink = {
  from: 'actors',
  to: 'gateway',
  baseline: traffic(100, null),
  change: traffic(100, null),
  recovery: null,
}

function toMedia(given: Partial<SummaryLink>): SummaryLink {
  const calm = { baseline: traffic(40, 0.4), change: traffic(45, 0.45), recovery: null }
  return { from: 'gateway', to: 'media', ...calm, ...given }
}

it('tells of links that carry what they always did in one line', () => {
  expect(linkSentences([front, toMedia({})])).toEqual([
    '2 links, 285 requests in windows; none amplified',
  ])
})

it('tells of a link that carries more for each request, before, during and after', () => {
  const link = toMedia({ change: traffic(360, 3.6, 0.98), recovery: traffic(42, 0.42) })
  expect(linkSentences([front, link])).toEqual([
    '2 links, 642 requests in windows; AMPLIFIED: gateway > media',
    'gateway > media, for each request to gateway: 0.40 before, 3.60 during (98 % failed), 0.42 after',
  ])
})

it('tells of a herd after the undo', () => {
  const link = toMedia({ recovery: traffic(120, 1.2) })
  expect(linkSentences([link])[1]).toBe(
    'gateway > media, for each request to gateway: 0.40 before, 0.45 during, 1.20 after',
  )
})

it.each([
  ['a handful of requests is chance', toMedia({ change: traffic(19, 3.6) }), 1],
  [
    'nor is a share of flows that came more often by chance',
    toMedia({ baseline: traffic(18, 0.1), change: traffic(31, 0.17) }),
    1,
  ],
  [
    'the same share of many is told of',
    toMedia({ baseline: traffic(180, 0.1), change: traffic(310, 0.17) }),
    2,
  ],
  ['more users are no amplification', toMedia({ change: traffic(4_000, 0.4) }), 1],
  [
    'a link that was silent, and now goes with every request, is told of',
    toMedia({ baseline: null, change: traffic(50, 1) }),
    2,
  ],
  [
    'a link that was silent, and now goes with few requests, is not',
    toMedia({ baseline: null, change: traffic(50, 0.5) }),
    1,
  ],
])('%s', (_, link, lines) => {
  expect(linkSentences([link])).toHaveLength(lines)
})
