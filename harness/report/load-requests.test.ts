import { expect, it } from 'vitest'
import { displayWidth } from './text.ts'
import { loadLinkLines, requestLines } from './load-requests.ts'

const figures = { p50: 0.42, p95: 9.5, p99: 120, max: 1_234 }
const requests = {
  count: 1_920,
  failed: 901,
  sentBytes: 999,
  receivedBytes: 1_234_567,
  phases: (['wait', 'connect', 'first byte', 'total'] as const).map((phase) => ({
    phase,
    ...figures,
  })),
}

it('requests of a load: what failed, what was moved, and each phase', () => {
  expect(requestLines(requests, 80)).toEqual([
    'REQUESTS  1920, of which 901 failed; 999 bytes sent, 1.23 MB received',
    '               p50 ms p95 ms p99 ms max ms',
    '  wait           0.42   9.50    120   1234',
    '  connect        0.42   9.50    120   1234',
    '  first byte     0.42   9.50    120   1234',
    '  total          0.42   9.50    120   1234',
  ])
  const narrow = requestLines(requests, 32).slice(1)
  expect(Math.max(...narrow.map(displayWidth))).toBeLessThanOrEqual(32)
})

it.each([
  [0, '0 bytes'],
  [1_000, '1 kB'],
  [45_678, '45.7 kB'],
  [999_700, '1 MB'],
  [12e9, '12 GB'],
])('%d bytes are %s', (sentBytes, text) => {
  expect(requestLines({ ...requests, sentBytes }, 80)[0]).toContain(`failed; ${text} sent`)
})

it('links of a load: how often, and for each request that their sender got', () => {
  expect(
    loadLinkLines([
      { from: 'actors', to: 'gateway', requests: 1 },
      { from: 'gateway', to: 'media', requests: 3_553, amplification: 1.8504 },
      { from: 'gateway', to: 'outside', requests: 4, amplification: 0.002 },
    ]),
  ).toEqual([
    'LINKS',
    '  actors > gateway: 1 request',
    '  gateway > media: 3553 requests, 1.85 for each request to gateway',
    '  gateway > the outside: 4 requests, 0.00 for each request to gateway',
  ])
  expect(loadLinkLines([])).toEqual([])
})
