import { expect, it } from 'vitest'
import { formatReason, reasonsOf, seededRandom, type LoadFigures } from '../core/index.ts'
import { judgeRegression } from './load-regression.ts'
import { plainMedians } from './test-traffic.ts'

const random = seededRandom(51)

interface Given extends Partial<LoadFigures> {
  readonly failures?: number
  readonly slowdown?: number
}

/** 30 s of two cells; of the second nothing changes. */
function figures({ failures = 0, slowdown = 1, ...given }: Given = {}): LoadFigures {
  const cell = (flow: string, failed: number, factor: number) => {
    const medians = plainMedians(60, random).map((ms) => ms * factor)
    return {
      flow,
      actor: 'web',
      samples: 1_500,
      failures: failed,
      symptoms: failed > 0 ? { timeout: failed } : {},
      medians,
      tails: medians,
    }
  }
  return {
    test: 'average',
    run: 'run-1',
    runtime: 'processes',
    machine: '2 × some CPU',
    profile: '50 a second',
    durationMs: 30_000,
    dropped: 0,
    cells: [cell('timeline', failures, slowdown), cell('post', 0, 1)],
    ...given,
  }
}

it.each<[string, Given, string, string[]]>([
  ['nothing changed', {}, 'pass', []],
  ['it is faster', { slowdown: 0.5 }, 'pass', []],
  ['it is 50 % slower', { slowdown: 1.5 }, 'fail', ['slower-under-load']],
  ['it is 10 % slower, which is less than counts', { slowdown: 1.1 }, 'pass', []],
  ['one in ten fails', { failures: 150 }, 'fail', ['broken-under-load']],
  [
    'the profile is another one',
    { profile: '60 a second', slowdown: 2 },
    'inconclusive',
    ['no-data'],
  ],
  [
    'it is slower on another machine',
    { machine: 'other', slowdown: 2 },
    'inconclusive',
    ['slower-under-load'],
  ],
  ['a tenth of the flows is dropped', { dropped: 333 }, 'fail', ['broken-under-load']],
  ['a few flows are dropped', { dropped: 40 }, 'pass', []],
  [
    'a tenth of the flows hangs at the end',
    { cut: 340, overdue: 333 },
    'fail',
    ['broken-under-load'],
  ],
  ['flows are cut off that took no longer than others', { cut: 333, overdue: 0 }, 'pass', []],
  [
    'flows hang at the end on another machine',
    { machine: 'other', cut: 340, overdue: 333 },
    'inconclusive',
    ['broken-under-load'],
  ],
  [
    'flows are dropped on another machine',
    { machine: 'other', dropped: 333 },
    'inconclusive',
    ['broken-under-load'],
  ],
  [
    'it fails on another machine',
    { machine: 'other', failures: 150 },
    'fail',
    ['broken-under-load'],
  ],
])('where %s: %3$s', (_, given, kind, codes) => {
  const { verdict, findings } = judgeRegression(figures(), figures(given))
  expect(verdict.kind, reasonsOf(verdict).map(formatReason).join('\n')).toBe(kind)
  expect(reasonsOf(verdict).map(({ code }) => code)).toEqual(codes)
  expect(findings).toHaveLength(2)
})

it('says how many flows hung at the end, and how many did before', () => {
  const { verdict } = judgeRegression(figures({ cut: 5 }), figures({ cut: 340, overdue: 333 }))
  expect(reasonsOf(verdict).map(formatReason)).toEqual([
    '333 of 3340 flows were cut off at the end after longer than most took, against the baseline run-1 with 5 of 3005',
  ])
  const { verdict: same } = judgeRegression(figures({ cut: 340 }), figures({ cut: 340 }))
  expect(same.kind).toBe('pass')
})

it('does not blame the system for being slow where the load was its own limit', () => {
  const { verdict } = judgeRegression(figures(), figures({ slowdown: 2 }), {}, true)
  expect(verdict.kind).toBe('inconclusive')
  expect(reasonsOf(verdict).map(formatReason)).toEqual([
    expect.stringMatching(/was slower under load.*but the load itself was the limit$/),
  ])
})

it('takes other limits than the usual ones', () => {
  const limits = { slowerBy: 0.05, slowerByMs: 1 }
  const { verdict } = judgeRegression(figures(), figures({ slowdown: 1.17 }), limits)
  expect(verdict.kind).toBe('fail')
})

it('is inconclusive when a cell of the baseline is gone', () => {
  const now = figures()
  const { verdict } = judgeRegression(figures(), { ...now, cells: now.cells.slice(0, 1) })
  expect(reasonsOf(verdict).map(formatReason)).toEqual([
    'post × web is in the baseline, and was not measured',
  ])
})

it('fails where only the cells of a flow together tell that more fails', () => {
  const thin = (failures: number) => {
    const all = figures()
    const [cell] = all.cells
    if (!cell) throw new Error('no cell')
    const cells = ['web', 'mobile'].map((actor) => {
      const symptoms: Record<string, number> = failures > 0 ? { 500: failures } : {}
      return { ...cell, actor, samples: 110, failures, symptoms }
    })
    return { ...all, cells }
  }
  const { verdict, findings } = judgeRegression(thin(0), thin(8))
  expect(findings.map(({ judgement }) => judgement)).toEqual(['undecided', 'undecided'])
  expect(verdict.kind).toBe('fail')
  expect(reasonsOf(verdict).map(formatReason)).toContain(
    "'timeline' by all its actors failed under load: 16 of 220 failed, 500 (16×), before it were 0 of 220, against the baseline run-1",
  )
})
