import { expect, it } from 'vitest'
import type { EventOf, JournalEvent } from '../core/index.ts'
import { initialLiveState, reduce } from './live.ts'
import { renderLive } from './live-view.ts'
import { sparkline } from './load-live-view.ts'
import { displayWidth } from './text.ts'
import { makeTheme } from './theme.ts'

const options = { width: 80, colour: false, unicode: true, height: 23, nowMs: 12_300 }

function second(n: number, given: Partial<EventOf<'load.second'>> = {}): JournalEvent {
  return {
    kind: 'load.second',
    atMs: n * 1_000,
    elapsedMs: n * 1_000,
    wanted: 50,
    started: 49,
    ended: 48,
    failed: 0,
    dropped: 0,
    inFlight: 7,
    requests: 90,
    symptoms: {},
    flows: [
      { flow: 'timeline', count: 40, failed: 0, p50: 3.14, p95: 12.2, p99: 20.4, max: 30 },
      { flow: 'post-text', count: 8, failed: 0, p50: 9, p95: 18, p99: 140, max: 200 },
    ],
    ...given,
  }
}

function shown(events: readonly JournalEvent[], given: Partial<typeof options> = {}): string {
  const state = initialLiveState()
  for (const event of events) reduce(state, event)
  return renderLive(state, { ...options, ...given })
}

const change = (kind: 'change.applied' | 'change.undone', atMs: number) =>
  ({ kind, atMs, change: 'enforce-plan', replicas: [], explain: [] }) as unknown as JournalEvent

it('a load: rates, what failed, curves with marks of changes, latencies of each flow', () => {
  const failing = { failed: 3, symptoms: { '403/467': 2, timeout: 1 }, started: 25, dropped: 24 }
  const text = shown([
    second(1),
    change('change.applied', 1_500),
    second(2, failing),
    second(3, failing),
    change('change.undone', 3_200),
    second(4),
  ])
  expect(text.split('\n').slice(2)).toEqual([
    'LOAD     wanted 50/s, got 49/s · 7 in flight · 48 dropped · 192 done',
    'errors   4 × 403/467, 2 × timeout',
    `rate     █▅▅█${' '.repeat(49)} max 49/s`,
    `p95      ████${' '.repeat(49)} max 18 ms`,
    'changes   ▲ ▽',
    '         ▽ undone enforce-plan',
    'flow          per s failed p50 ms p95 ms p99 ms',
    'timeline         40      0   3.14   12.2   20.4',
    'post-text         8      0   9.00   18.0    140',
  ])
})

it('where the terminal is narrow, columns are left out rather than cut', () => {
  expect(
    shown([second(1)], { width: 42 })
      .split('\n')
      .slice(-3),
  ).toEqual([
    'flow         failed p50 ms p95 ms p99 ms',
    'timeline          0   3.14   12.2   20.4',
    'post-text         0   9.00   18.0    140',
  ])
})

it.each([
  [80, 23, true],
  [80, 8, true],
  [40, 12, false],
  [200, 60, false],
])('at %i columns and %i lines nothing is wider or longer', (width, height, unicode) => {
  const flows = Array.from({ length: 30 }, (_, i) => ({
    flow: `a-flow-with-a-rather-long-name-${i}`,
    count: 123_456,
    failed: i,
    p50: 12_345.6,
    p95: 12_345.6,
    p99: 123_456.7,
    max: 999_999,
  }))
  const symptoms = Object.fromEntries(flows.map(({ flow }, i) => [`${flow}\u001b[31m`, i + 1]))
  const events = Array.from({ length: 300 }, (_, i) =>
    second(i + 1, { flows, symptoms, failed: 9 }),
  )
  const lines = shown([...events, change('change.applied', 299_500)], {
    width,
    height,
    unicode,
  }).split('\n')
  expect(lines.length).toBeLessThanOrEqual(height)
  expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(width)
  expect(lines.join('')).toMatch(unicode ? /^\P{Cc}*$/u : /^[ -~]*$/)
})

it('the moment with which a load ends is no rate', () => {
  const last = { started: 1, ended: 1, overMs: 40 }
  const text = shown([second(1), second(2, { ...last, atMs: 1_040 } as never)])
  expect(text).toContain('wanted 50/s, got 49/s · 7 in flight · 0 dropped · 49 done')
  expect(shown([second(1), second(2, { started: 30, overMs: 600 })])).toContain('got 50/s')
})

it('of users who wait for answers no rate is wanted', () => {
  const { wanted: _, ...closed } = second(1) as EventOf<'load.second'>
  expect(shown([closed])).toContain('49 flows/s')
})

it.each([
  [[0, 1, 2, 4, 8], 8, '▁▁▂▄█'],
  [[5, undefined, 5], 5, '█ █'],
  [[0, 0], 0, '▁▁'],
])('%j up to %i is %s', (values, top, text) => {
  expect(sparkline(values, top, makeTheme(options))).toBe(text)
})
