import { expect, it } from 'vitest'
import type { EventOf } from '../core/index.ts'
import {
  loadSecondLine,
  renderAgainstBaseline,
  renderBreakpoint,
  renderLoadSummary,
  renderResources,
} from './load-lines.ts'
import { displayWidth } from './text.ts'

const cell = { window: 'load', failed: 0, dropped: 0, symptoms: {} }
const summary = {
  kind: 'load.summary',
  atMs: 0,
  durationMs: 30_000,
  cells: [
    { ...cell, flow: 'view-cached-image', actor: 'visitor', count: 74, p50: 2.09, p95: 44.32 },
    { ...cell, flow: 'x'.repeat(90), actor: 'web', count: 123_456, p50: 1_009.66, p95: 99_999 },
  ].map((one) => ({ ...one, p99: one.p95, max: one.p95 })),
  thresholds: [{ text: 'checks: rate>0.99', outcome: 'holds', value: 1 }],
  selfCheck: {
    ok: true,
    problems: [],
    lateP50Ms: 0.33,
    lateP99Ms: 2.03,
    busiest: 0.68,
    lagMs: 27.5,
    cpuMs: 1_939,
  },
  cut: 0,
  examples: [
    {
      flow: 'timeline',
      actor: 'web',
      symptom: '500',
      message: `GET /api answered 500: ${'a word '.repeat(30)}\u001b[2J`,
    },
  ],
} as EventOf<'load.summary'>

it.each([60, 80, 120])('the end of a load has no line over %i columns', (width) => {
  const lines = renderLoadSummary(summary, width).split('\n')
  expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(width)
})

it('the end of a load: a row for each cell', () => {
  const lines = renderLoadSummary(summary, 80).split('\n')
  expect(lines.slice(0, 6)).toEqual([
    'THRESHOLDS',
    '  holds   checks: rate>0.99 (1)',
    'FLOWS',
    '                                count failed dropped p50 ms p95 ms p99 ms max ms',
    '  view-cached-image × visitor      74      0       0   2.09   44.3   44.3   44.3',
    '  xxxxxxxxxxxxxxxxxxxxxxxxxxx… 123456      0       0   1010  99999  99999  99999',
  ])
})

it('what a system says cannot move the cursor', () => {
  expect(renderLoadSummary(summary, 80)).toMatch(/^[\P{Cc}\n]*$/u)
  expect(renderLoadSummary(summary, 80)).toContain('\\x1b[2J')
})

it('the moment with which a load ends is a line only when something went wrong in it', () => {
  const end = { overMs: 40, started: 1, wanted: 50, inFlight: 0, dropped: 0, failed: 0 }
  const second = { ...end, symptoms: {}, flows: [] } as unknown as EventOf<'load.second'>
  expect(loadSecondLine(second)).toBeNull()
  expect(loadSecondLine({ ...second, overMs: 500 })).toBe('load 2/50 per s, 0 in flight')
  const failed = { ...second, failed: 1, symptoms: { timeout: 1 } }
  expect(loadSecondLine(failed)).toBe('load at its end, 0 in flight, 1 × timeout')
})

it('a load that was interrupted says when', () => {
  expect(renderLoadSummary(summary, 80)).not.toContain('interrupted')
  const cut = { ...summary, interrupted: true as const }
  expect(renderLoadSummary(cut, 80)).toContain('  interrupted after 30.0 s')
})

it('a load of which flows were dropped says that its rate was not reached', () => {
  expect(renderLoadSummary(summary, 80)).not.toContain('NOTE')
  const dropped = { ...summary, unreached: 'the rate was not reached: 3 of 10 flows were dropped' }
  expect(renderLoadSummary(dropped, 80)).toContain(
    'NOTE  the rate was not reached: 3 of 10 flows were dropped',
  )
})

const search = { kind: 'load.breakpoint', atMs: 0, first: [] } as const
it.each([
  [{ breaksAt: 10, trials: 1 }, ['BREAKPOINT  no rate held, broke at 10 (1 try)']],
  [
    { holdsAt: 90, breaksAt: 100, trials: 7, first: ['checks: rate>0.99 (0.5)'] },
    [
      'BREAKPOINT  held at 90 per second, broke at 100 (7 tries)',
      '  broke first: checks: rate>0.99 (0.5)',
    ],
  ],
  [
    { holdsAt: 90, unknownAt: 100, trials: 7 },
    [
      'BREAKPOINT  held at 90 per second, no rate broke it (7 tries)',
      '  at 100 per second nothing could be told',
    ],
  ],
  [
    { holdsAt: 20, breaksAt: 40, unrecoveredAfter: 40, trials: 3 },
    [
      'BREAKPOINT  held at 20 per second, broke at 40 (3 tries)',
      '  not searched to the end: it did not recover from 40 per second',
    ],
  ],
  [
    { holdsAt: 20, interrupted: true as const, trials: 1 },
    [
      'BREAKPOINT  interrupted after 1 try, so far: held at 20 per second, no rate broke it',
      '  what was tried once only may be chance',
    ],
  ],
  [
    { interrupted: true as const, trials: 0 },
    ['BREAKPOINT  interrupted in the first try: nothing is known'],
  ],
])('what a search found: %j', (found, lines) => {
  expect(renderBreakpoint({ ...search, ...found }, 100).split('\n')).toEqual(lines)
})

it('what replicas used is told as it was read, and carried on only where it rises beyond chance', () => {
  const memory = { what: 'memory', judgement: 'leak', from: 80.1, to: 112.4, limit: 30 } as const
  const falls = { what: 'descriptors', judgement: 'steady', from: 1888, to: 12, limit: 20 } as const
  const findings = [
    { ...memory, replica: 'back-1', grown: 33, perHour: 1_190, pValue: 1e-6 },
    { ...memory, replica: 'front-1', judgement: 'steady', grown: 0.7, perHour: 31, pValue: 0.4 },
    { ...memory, replica: 'front-2', judgement: 'steady', grown: 12, perHour: 124, pValue: 1e-6 },
    { ...falls, replica: 'back-1', grown: -2_424, perHour: -171_295, pValue: 1 },
  ] as const
  expect(renderResources({ kind: 'leaks.judged', atMs: 0, findings }, 100).split('\n')).toEqual([
    'RESOURCES  the least after the first quarter, and at the end; - is too short to tell',
    '  LEAK   back-1  memory      80.1 to 112.4 MB, 1190 MB an hour by its trend',
    '  steady front-1 memory      80.1 to 112.4 MB',
    '  rises  front-2 memory      80.1 to 112.4 MB, 124 MB an hour by its trend',
    '  steady back-1  descriptors 1888 to 12',
  ])
})

it.each([
  ['holds', '; failures from 4 % on, slower medians from 139 % on would have been seen'],
  ['slower', '; failures from 4 % on would have been seen'],
  ['broken', '; slower medians from 139 % on would have been seen'],
])('of what was seen it does not say how little could have been: %s', (judgement, end) => {
  const latency = {
    baselineMs: 6.3,
    nowMs: 13,
    growth: 1.15,
    low: 0.9,
    high: 1.4,
    smallestGrowth: 1.39,
  }
  const counts = { flow: 'item', actor: 'ann', failures: 0, samples: 106, smallestRatio: 0.04 }
  const event = { ...counts, judgement, latency } as EventOf<'load.judged'>
  expect(renderAgainstBaseline(event, 999)).toBe(
    `  BASELINE ${judgement.toUpperCase().padEnd(9)} item × ann: 0 of 106 failed, median 6.3 -> 13.0 ms (115 %, 90 to 140 %)${end}`,
  )
})
