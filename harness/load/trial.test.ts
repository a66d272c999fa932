import { expect, it } from 'vitest'
import { crossed, holds, loadResult as result, selfCheck } from './test-result.ts'
import { judgeReached, judgeTrial, unreachedText } from './trial.ts'

const fewDropped = { text: 'dropped_iterations: count<100', outcome: 'holds', value: 3 } as const

it('holds when its thresholds do, and all of its flows were started', () => {
  expect(judgeTrial(result(10, 0))).toEqual({ trial: 'holds', why: [] })
})

it('tells nothing when flows were dropped: the system was not tried at that rate', () => {
  const { trial, why } = judgeTrial(result(7, 3))
  expect(trial).toBe('unknown')
  expect(why).toHaveLength(1)
  expect(why[0]).toMatch(/^the rate was not reached: 3 of 10 flows were dropped, since .*200 ms/)
  expect(why[0]).toContain('Give more maxVUs')
})

it('leaves it to a threshold on dropped flows how many there may be', () => {
  const given = { thresholds: [holds, fewDropped] }
  expect(judgeTrial(result(7, 3, given))).toEqual({ trial: 'holds', why: [] })
  expect(unreachedText(result(7, 3, given))).toBeUndefined()
  const tooMany = { ...fewDropped, outcome: 'crossed', value: 300 } as const
  const { trial, why } = judgeTrial(result(7, 3, { thresholds: [holds, tooMany] }))
  expect([trial, why]).toEqual([
    'breaks',
    ['dropped_iterations: count<100 does not hold: it is 300'],
  ])
})

it.each([
  ['nothing', 0, [holds], 'pass'],
  ['a twentieth', 5, [holds], 'pass'],
  ['more than a twentieth', 6, [holds], 'inconclusive'],
  ['nearly all', 95, [], 'inconclusive'],
  ['what a threshold allows', 95, [holds, fewDropped], 'pass'],
])('a load of which %s was dropped is judged as %4$s', (_, dropped, thresholds, kind) => {
  expect(judgeReached(result(100 - dropped, dropped, { thresholds })).kind).toBe(kind)
})

it('breaks when thresholds do not hold even for the flows that were started', () => {
  const { trial, why } = judgeTrial(result(7, 3, { thresholds: [crossed] }))
  expect([trial, why]).toEqual(['breaks', ['checks: rate>0.99 does not hold: it is 0.5']])
})

it('tells nothing, and all reasons for it, when the load itself was the limit as well', () => {
  const late = { ...selfCheck, ok: false, problems: ['late'] }
  const { trial, why } = judgeTrial(result(7, 3, { selfCheck: late, thresholds: [crossed] }))
  expect(trial).toBe('unknown')
  expect(why).toEqual(['late', expect.stringMatching(/^the rate was not reached/)])
})

it('tells nothing when nothing came back', () => {
  expect(judgeTrial(result(0, 0))).toEqual({ trial: 'unknown', why: ['no flow was completed'] })
})
