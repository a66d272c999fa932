import { expect, it } from 'vitest'
import { seededRandom } from '../core/index.ts'
import {
  LoadTally,
  defaultJudgement,
  defaultLoadJudgement,
  isBrokenBaseline,
  judgeLoadAtDeadline,
} from '../judge/index.ts'
import { savedLoad } from './saved-load.ts'

const cellsOf = (flows: number, actors: number) =>
  Array.from({ length: flows * actors }, (_, i) => ({
    flow: `flow-${i % flows}`,
    actor: `actor-${Math.floor(i / flows)}`,
  }))
const saved = (ratePerSecond: number, flows: number, actors = 1, more = {}) =>
  savedLoad({ ratePerSecond, cells: cellsOf(flows, actors), steps: 1, ...more })

it.each([
  ['as long as ever, where there are few cells', 120, 4, 15_000, 20_000, undefined],
  ['longer, where there are many', 60, 53, 40_000, 44_000, undefined],
  ['a minute, over as many cells as that suffices for', 20, 53, 59_000, 63_000, 26],
  ['a minute, over one cell, where hardly anything goes on', 1, 53, 45_000, 49_000, 1],
])('the load is watched %s', (_, rate, flows, baselineMs, windowMs, mixed) => {
  const { mix, ...load } = saved(rate, flows)
  expect(load).toMatchObject({ windowMs, loadJudgement: { baselineMs } })
  expect(mix?.length).toBe(mixed)
})

it('of too many cells every flow keeps one before any has a second', () => {
  const { mix = [], says } = saved(4, 4, 3)
  expect(mix.map(({ flow, actor }) => `${flow} ${actor}`)).toEqual([
    ...[0, 1, 2, 3].map((i) => `flow-${i} actor-0`),
    'flow-0 actor-1',
  ])
  expect(says).toMatch(/^load of 4 flows a second over 5 of 12 cells; at this rate the others /)
})

it('what the scenario says itself about its judgement stays, unless it is too short', () => {
  const given = {
    judgement: { windowMs: 90_000 },
    loadJudgement: { slowerBy: 0.2, baselineMs: 30_000 },
  }
  expect(saved(120, 4, 1, given)).toMatchObject({
    windowMs: 90_000,
    loadJudgement: { slowerBy: 0.2, slowerByMs: 40, baselineMs: 30_000 },
  })
})

it.each([1, 20, 60, 500])('at %i flows a second each cell that is under load is judged', (rate) => {
  const load = saved(rate, 16, 4)
  const cells = load.mix?.length ?? 64
  const random = seededRandom(rate)
  const options = { ...defaultJudgement, ...defaultLoadJudgement, ...load.loadJudgement }
  const seen = (lastsMs: number) => {
    const tallies = Array.from({ length: cells }, () => new LoadTally())
    for (let i = 0; i < (rate * lastsMs) / 1_000; i += 1) {
      const durationMs = 50 * Math.exp(random() + random() - 1)
      const endMs = (i * 1_000) / rate + durationMs
      tallies[Math.floor(random() * cells)]?.take({ durationMs, endMs, symptom: undefined })
    }
    for (const tally of tallies) tally.closeUntil(lastsMs)
    return tallies
  }
  const [before, after] = [seen(load.loadJudgement.baselineMs), seen(load.windowMs)]
  const judged = before.map((baseline, i) => {
    const question = {
      baseline,
      comparisons: cells,
      options: { ...options, windowMs: load.windowMs },
    }
    expect(isBrokenBaseline(baseline, question)).toBe(false)
    expect(baseline.medians.length).toBeGreaterThanOrEqual(10)
    return judgeLoadAtDeadline(after[i] ?? new LoadTally(), question)
  })
  expect(new Set(judged)).toEqual(new Set(['holds']))
})
