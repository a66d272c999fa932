import { expect, it } from 'vitest'

import {
  addLinkCounts,
  latencyBound,
  latencyBucket,
  latencyBuckets,
  latencyQuantile,
  linkCountsSince,
  type LinkCount,
} from './link-count.ts'

function counts(from: string, to: string, given: Partial<LinkCount> = {}): LinkCount {
  return { from, to, requests: 0, answers: {}, errors: 0, abandoned: 0, latency: [], ...given }
}

it.each([
  [0, 0],
  [0.001, 0],
  [0.125, 0],
  [0.126, 1],
  [1, 12],
  [2, 16],
  [2.01, 17],
  [131_072, 80],
  [1e9, latencyBuckets - 1],
])('%d ms are in bucket %d', (durationMs, bucket) => {
  expect(latencyBucket(durationMs)).toBe(bucket)
})

it('reads a quantile at most a fifth too high, and never more than rounding too low', () => {
  for (let ms = 0.2; ms < 100_000; ms *= 1.037) {
    const bound = latencyBound(latencyBucket(ms))
    expect(bound / ms).toBeGreaterThan(0.995)
    expect(bound / ms).toBeLessThan(1.2)
  }
})

it.each([
  [0.5, 2],
  [0.6, 2],
  [0.61, 8],
  [0.9, 8],
  [0.99, 30],
  [1, 30],
])('the quantile %d of ten answers is %d ms', (quantile, ms) => {
  const latency = [
    [2, 6],
    [8, 3],
    [30, 1],
  ] as const
  expect(latencyQuantile(latency, quantile)).toBe(ms)
})

it('has no quantile without answers', () => {
  expect(latencyQuantile([], 0.5)).toBeUndefined()
})

it('says what came since, without pairs between which nothing passed', () => {
  const before = [
    counts('a', 'b', {
      requests: 5,
      answers: { '2xx': 3, '5xx': 1 },
      latency: [
        [1, 2],
        [2, 2],
      ],
    }),
    counts('b', 'c', { requests: 2, abandoned: 1 }),
  ]
  const after = [
    counts('a', 'b', {
      requests: 9,
      answers: { '2xx': 3, '4xx': 2, '5xx': 4 },
      errors: 1,
      latency: [
        [0.5, 1],
        [1, 2],
        [2, 6],
      ],
    }),
    counts('b', 'c', { requests: 2, abandoned: 1 }),
    counts('c', 'd', { requests: 1 }),
  ]
  expect(linkCountsSince(before, after)).toEqual([
    counts('a', 'b', {
      requests: 4,
      answers: { '4xx': 2, '5xx': 3 },
      errors: 1,
      latency: [
        [0.5, 1],
        [2, 4],
      ],
    }),
    counts('c', 'd', { requests: 1 }),
  ])
  expect(addLinkCounts([...before, ...linkCountsSince(before, after)])).toEqual(after)
})
