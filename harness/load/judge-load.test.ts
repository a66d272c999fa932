import { describe, expect, it } from 'vitest'
import { judgeLoad } from './judge-load.ts'
import type { Tags } from './metric-names.ts'

const selfCheck = { ok: true, problems: [], lateP50Ms: 0, lateP99Ms: 1, busiest: 0.1, cpuMs: 1 }
const holds = { text: 'http_reqs: count>0', outcome: 'holds', value: 1 } as const
const crossed = { text: 'http_reqs: count>5', outcome: 'crossed', value: 4 } as const
const noData = { text: 'data_sent: count>0', outcome: 'no-data' } as const

const cell = (
  flow: string,
  count: number,
  failed = 0,
  symptoms: Readonly<Record<string, number>> = {},
) => ({
  flow,
  count,
  failed,
  symptoms,
})
const measured = (...cells: ReturnType<typeof cell>[]) => ({
  seen: ({ flow }: Tags) => {
    const about = cells.filter((one) => (flow ?? one.flow) === one.flow)
    const sum = (of: (one: ReturnType<typeof cell>) => number) =>
      about.reduce((total, one) => total + of(one), 0)
    return {
      count: sum(({ count }) => count),
      failed: sum(({ failed }) => failed),
      faults: sum(({ symptoms }) => symptoms['fault in the flow'] ?? 0),
    }
  },
  besides: (_: string, spoken: readonly Tags[]) =>
    cells
      .filter((one) => !spoken.some(({ flow = one.flow }) => flow === one.flow))
      .reduce((sum, { failed }) => sum + failed, 0),
})
const all = (...figures: [number, number?, Readonly<Record<string, number>>?]) =>
  measured(cell('read', ...figures))

describe('the verdict on a load', () => {
  it.each([
    [[], 1, 'pass'],
    [[holds], 1, 'pass'],
    [[holds, crossed, noData], 1, 'fail'],
    [[holds, noData], 1, 'inconclusive'],
    [[], 0, 'inconclusive'],
  ])('of %j with %d flows is %3$s', (thresholds, flows, kind) => {
    expect(judgeLoad({ thresholds, selfCheck, metrics: all(flows) }).kind).toBe(kind)
  })

  it('never rounds a figure up to its limit', () => {
    const close = { text: 'checks: rate>0.99', outcome: 'crossed', value: 0.98999666 } as const
    const { kind, reasons } = judgeLoad({ thresholds: [close], selfCheck, metrics: all(1) }) as {
      kind: string
      reasons: readonly { message: string }[]
    }
    expect(kind).toBe('fail')
    expect(reasons[0]?.message).toBe('checks: rate>0.99 does not hold: it is 0.989997')
  })

  it('says which threshold does not hold, and with which value', () => {
    expect(judgeLoad({ thresholds: [crossed], selfCheck, metrics: all(1) })).toMatchObject({
      reasons: [{ code: 'threshold', message: 'http_reqs: count>5 does not hold: it is 4' }],
    })
  })

  it.each([
    ['no threshold', []],
    ['none on failures', [{ ...holds, text: 'http_req_duration: p(95)<300' }]],
    // Users may miss what they came for although all requests are answered by 200.
    ['one on requests', [{ ...holds, text: 'http_req_failed: rate<0.01' }]],
  ])('is no pass when flows failed and there is %s', (_, thresholds) => {
    expect(judgeLoad({ thresholds, selfCheck, metrics: all(60, 60, { 500: 60 }) })).toMatchObject({
      kind: 'inconclusive',
      reasons: [
        { code: 'threshold', message: expect.stringMatching(/^60 flows failed, of 60,/) as string },
      ],
    })
  })

  it('leaves it to a threshold on failures how many there may be', () => {
    const thresholds = [{ ...holds, text: 'checks{flow:read}: rate>0.9' }]
    expect(judgeLoad({ thresholds, selfCheck, metrics: all(60, 3, { 500: 3 }) }).kind).toBe('pass')
  })

  it('is no pass when flows failed of which the thresholds on failures do not speak', () => {
    const thresholds = [{ ...holds, text: 'checks{flow:read}: rate>0.9' }]
    const metrics = measured(cell('read', 60, 1, { 500: 1 }), cell('write', 31, 31, { 500: 31 }))
    expect(judgeLoad({ thresholds, selfCheck, metrics })).toMatchObject({
      kind: 'inconclusive',
      reasons: [
        {
          message: expect.stringMatching(
            /^31 flows that are in no threshold failed, of 91, and no threshold on checks says how many of these may/,
          ) as string,
        },
      ],
    })
  })

  it('blames on the flow, and not on the system, what the flow threw itself', () => {
    const missed = { text: 'checks: rate>0.99', outcome: 'crossed', value: 0.7 } as const
    const judged = (symptoms: Readonly<Record<string, number>>) =>
      judgeLoad({ thresholds: [missed], selfCheck, metrics: all(60, 16, symptoms) })
    expect(judged({ 'fault in the flow': 16 })).toMatchObject({
      kind: 'inconclusive',
      reasons: [{ code: 'checker-crashed' }],
    })
    expect(judged({ 'fault in the flow': 1, 500: 15 }).kind).toBe('fail')
    // Enough failed that is no fault of the flow.
    expect(judged({ 'fault in the flow': 10, 500: 6 }).kind).toBe('fail')
  })

  it('does not let a fault of a flow hide what has nothing to do with it', () => {
    const slow = { text: 'iteration_duration: p(95)<300', outcome: 'crossed', value: 624 } as const
    const other = { text: 'checks{flow:write}: rate>0.9', outcome: 'crossed', value: 0.5 } as const
    const metrics = measured(
      cell('read', 160, 1, { 'fault in the flow': 1 }),
      cell('write', 10, 5, { 500: 5 }),
    )
    for (const crossing of [slow, other]) {
      expect(judgeLoad({ thresholds: [crossing], selfCheck, metrics })).toMatchObject({
        kind: 'fail',
        reasons: expect.arrayContaining([
          { code: 'threshold', message: expect.stringContaining(crossing.text) as string },
        ]) as object[],
      })
    }
  })

  it('blames nothing on the system when the load itself was the limit', () => {
    const slow = { ...selfCheck, ok: false, problems: ['late'] }
    expect(judgeLoad({ thresholds: [crossed], selfCheck: slow, metrics: all(1) })).toEqual({
      kind: 'inconclusive',
      reasons: [{ code: 'generator-limited', message: 'late' }],
    })
  })
})
