import { expect, it } from 'vitest'

import type { StatusPageFinding, StatusState } from '../core/index.ts'
import { judgeStatusPage, type Span, type StatusPoint } from './status-page.ts'

type Reading = [atMs: number, overall: StatusState, anyComponent?: boolean]

function points(readings: readonly Reading[]): StatusPoint[] {
  return readings.map(([atMs, overall, anyComponent = false]) => ({ atMs, overall, anyComponent }))
}

const green = (atMs: number): Reading => [atMs, 'operational']
const span: Span = { fromMs: 1_000, toMs: 3_000 }

it.each<[string, Reading[], Span | undefined, StatusPageFinding | undefined]>([
  ['was never read', [], span, undefined],
  [
    'is green and nothing broke',
    [green(0), green(500)],
    undefined,
    { falseGreenMs: 0, falseRedMs: 0, brokenMs: 0 },
  ],
  [
    'never admits',
    [green(0), green(1_500), green(2_500)],
    span,
    { falseGreenMs: 2_000, falseRedMs: 0, brokenMs: 2_000 },
  ],
  [
    'admits late',
    [green(0), [1_800, 'outage'], green(3_000)],
    span,
    {
      detectMs: 800,
      admitMs: 800,
      falseGreenMs: 800,
      falseRedMs: 0,
      brokenMs: 2_000,
      redMs: 1_200,
    },
  ],
  [
    'has a component that admits before the whole does',
    [green(0), [1_200, 'operational', true], [2_000, 'degraded', true], green(3_000)],
    span,
    {
      detectMs: 200,
      admitMs: 1_000,
      falseGreenMs: 1_000,
      falseRedMs: 0,
      brokenMs: 2_000,
      redMs: 1_000,
    },
  ],
  [
    'has a component that admits, and never the whole',
    [green(0), [1_200, 'operational', true]],
    span,
    { detectMs: 200, falseGreenMs: 2_000, falseRedMs: 0, brokenMs: 2_000 },
  ],
  [
    'admits only after it is over',
    [green(0), [3_500, 'outage'], green(4_000)],
    span,
    { falseGreenMs: 2_000, falseRedMs: 500, brokenMs: 2_000, redMs: 500 },
  ],
  [
    'stays red after it is over',
    [green(0), [1_000, 'outage'], green(3_400)],
    span,
    { detectMs: 0, admitMs: 0, falseGreenMs: 0, falseRedMs: 400, brokenMs: 2_000, redMs: 2_400 },
  ],
  [
    'is red without a cause, up to the end',
    [green(0), [200, 'degraded']],
    undefined,
    { falseGreenMs: 0, falseRedMs: 4_800, brokenMs: 0, redMs: 4_800 },
  ],
  [
    'was red already when it broke: it says so at its next reading',
    [[500, 'outage'], [1_100, 'outage'], green(3_000)],
    span,
    {
      detectMs: 100,
      admitMs: 100,
      falseGreenMs: 0,
      falseRedMs: 500,
      brokenMs: 2_000,
      redMs: 2_500,
    },
  ],
  [
    'cannot be read: neither green nor red',
    [green(0), [1_500, 'unknown'], green(2_500)],
    span,
    { falseGreenMs: 1_000, falseRedMs: 0, brokenMs: 2_000, unreadMs: 1_000 },
  ],
  [
    'cannot be read while nothing is broken: no false alarm',
    [green(0), [3_200, 'unknown'], green(4_000)],
    span,
    { falseGreenMs: 2_000, falseRedMs: 0, brokenMs: 2_000, unreadMs: 800 },
  ],
])('a page that %s', (_name, readings, broken, finding) => {
  expect(judgeStatusPage(points(readings), broken ? [broken] : [], 5_000)).toEqual(finding)
})

it.each<[string, Reading[], Span | undefined, number]>([
  ['while a fault strikes as declared', [green(0), [1_000, 'outage'], green(3_000)], undefined, 0],
  ['and goes on afterwards', [green(0), [1_000, 'outage'], green(3_400)], undefined, 400],
  [
    'while a fault strikes and something breaks beside it',
    [green(0), [500, 'outage'], green(4_500)],
    { fromMs: 2_000, toMs: 4_000 },
    1_000,
  ],
])('a page may tell of a failure %s', (_name, readings, broken, falseRedMs) => {
  expect(judgeStatusPage(points(readings), broken ? [broken] : [], 5_000, [span])).toMatchObject({
    falseRedMs,
  })
})

it('counts two outages as two, however long it was well in between', () => {
  const twice = [span, { fromMs: 8_000, toMs: 9_000 }]
  const stays = points([green(0), [1_500, 'outage']])
  expect(judgeStatusPage(stays, twice, 10_000)).toMatchObject({
    admitMs: 500,
    falseGreenMs: 500,
    brokenMs: 3_000,
    // From 3 to 8 s, and from 9 s on.
    falseRedMs: 6_000,
  })
  const honest = points([
    green(0),
    [1_000, 'outage'],
    green(3_000),
    [8_000, 'outage'],
    green(9_000),
  ])
  expect(judgeStatusPage(honest, twice, 10_000)).toEqual(
    expect.objectContaining({ falseGreenMs: 0, falseRedMs: 0, admitMs: 0 }),
  )
  expect(judgeStatusPage(honest, twice, 10_000)?.laterMs).toBeUndefined()
})

it.each<[string, Reading[], number]>([
  ['never', [green(2_900)], 1_000],
  ['after a while', [green(2_900), [8_600, 'degraded']], 600],
  ['when it is over', [green(2_900), [9_100, 'outage']], 1_000],
])('a later outage of which a page tells %s is told beside the first', (_, more, laterMs) => {
  const readings = points([green(0), [1_500, 'outage'], ...more])
  const [first, second] = [span, { fromMs: 8_000, toMs: 9_000 }]
  const finding = { admitMs: 500, laterMs }
  expect(judgeStatusPage(readings, [first, second], 10_000)).toMatchObject(finding)
  const declared = judgeStatusPage(readings, [], 10_000, [first, second])?.declared
  expect(declared).toMatchObject(finding)
})

it('takes cells that fail at the same time together', () => {
  const cells = [span, { fromMs: 2_000, toMs: 4_000 }, { fromMs: 1_500, toMs: 2_500 }]
  expect(judgeStatusPage(points([green(0)]), cells, 5_000)).toMatchObject({
    falseGreenMs: 3_000,
    brokenMs: 3_000,
  })
})
