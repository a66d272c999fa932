import { describe, expect, it } from 'vitest'
import { formatReason, reasonsOf, seededRandom } from '../core/index.ts'
import { failingTogether, groupsOf, type CellPair } from './load-together.ts'
import { testOptions } from './test-traffic.ts'

const seen = (failures: number, samples: number) => ({
  samples,
  failures,
  symptoms: failures > 0 ? { 500: failures } : {},
  medians: [],
  tails: [],
})
const pair = (
  flow: string,
  actor: string,
  before: readonly [number, number],
  now: readonly [number, number],
): CellPair => ({ flow, actor, before: seen(...before), now: seen(...now) })

function found(pairs: readonly CellPair[], options = testOptions): string[] {
  const comparisons = pairs.length + groupsOf(pairs).length
  return failingTogether(pairs, { comparisons, options }, 'against X')
    .flatMap((verdict) => reasonsOf(verdict))
    .map(formatReason)
}

const four = (list: readonly (readonly [number, number])[]) =>
  ['home', 'home', 'item', 'item'].map((flow, i) =>
    pair(flow, i % 2 === 0 ? 'ann' : 'bob', [0, 110], list[i] ?? [0, 110]),
  )

describe('cells taken together', () => {
  it('a flow that fails by several actors is named, each of which told too little', () => {
    expect(
      found(
        four([
          [8, 110],
          [7, 110],
        ]),
      ),
    ).toEqual([
      "'home' by all its actors failed under load: 15 of 220 failed, 500 (15×), before it were 0 of 220, against X",
    ])
  })

  it('where no flow does, the load fails as a whole', () => {
    expect(
      found(
        four([
          [4, 110],
          [4, 110],
          [4, 110],
          [4, 110],
        ]),
      ),
    ).toEqual([
      'all flows together failed under load: 16 of 440 failed, 500 (16×), before it were 0 of 440, against X',
    ])
  })

  it.each<[string, readonly CellPair[]]>([
    [
      'fails no more than is tolerated',
      four([
        [1, 110],
        [1, 110],
        [1, 110],
        [1, 110],
      ]),
    ],
    [
      'fails less than before',
      [pair('a', 'x', [40, 200], [9, 200]), pair('a', 'y', [40, 200], [9, 200])],
    ],
    [
      'has more of the traffic that always failed',
      [pair('a', 'x', [10, 100], [100, 1_000]), pair('a', 'y', [0, 1_000], [0, 100])],
    ],
    ['is a single cell', [pair('a', 'x', [0, 200], [50, 200])]],
  ])('nothing is said where it %s', (_, pairs) => {
    expect(found(pairs)).toEqual([])
  })

  it('of 2,000 loads in which nothing changed at most as many are blamed as stated', () => {
    const random = seededRandom(9)
    const failures = (samples: number) =>
      Array.from({ length: samples }, random).filter((one) => one < 0.04).length
    let alarms = 0
    for (let run = 0; run < 2_000; run += 1) {
      const pairs = four([]).map((one) => ({
        ...one,
        before: seen(failures(110), 110),
        now: seen(failures(110), 110),
      }))
      if (found(pairs, { ...testOptions, falseAlarm: 0.4 }).length > 0) alarms += 1
    }
    expect(alarms / 2_000).toBeLessThanOrEqual(0.2)
    expect(alarms).toBeGreaterThan(0)
  })
})
