import { describe, expect, it } from 'vitest'

import { seededRandom, type Judgement, type JudgementOptions, type Random } from '../core/index.ts'
import {
  defaultJudgement,
  emptyTally,
  judgeCell,
  tallied,
  type CellQuestion,
} from './cell-judge.ts'
import { evidenceOfMore } from './sequential.ts'

const runs = 10_000

/** Whether one run of a healthy cell is called broken at any of its samples. */
function isAlarm(random: Random, p: number, samples: number, threshold: number): boolean {
  let hits = 0
  for (let n = 1; n <= samples; n += 1) {
    if (random() >= p) continue
    hits += 1
    // Only a hit can raise the evidence: looking after each of them is looking after each sample.
    if (evidenceOfMore(hits, n, p) >= threshold) return true
  }
  return false
}

it.each([0.05, 0.01, 0.001])(
  'raises a false alarm in at most %f of runs that are looked at after each of 200 samples',
  (alpha) => {
    const random = seededRandom(20_230_306)
    let alarms = 0
    for (let i = 0; i < runs; i += 1) {
      if (isAlarm(random, 0.01, 200, 1 / alpha)) alarms += 1
    }
    expect(alarms / runs).toBeLessThanOrEqual(alpha)
  },
)

function question(
  overrides: Partial<CellQuestion> = {},
  options: Partial<JudgementOptions> = {},
): CellQuestion {
  return {
    about: 'change',
    everywhere: true,
    cells: 53,
    options: { ...defaultJudgement, ...options },
    ...overrides,
  }
}

/** Samples until judged; undefined judgement when `most` were not enough. */
function judgeStream(
  fails: (n: number) => boolean,
  asked: CellQuestion,
  most = 2_000,
): { judgement: Judgement | undefined; samples: number } {
  let tally = emptyTally
  for (let n = 0; n < most; n += 1) {
    tally = tallied(tally, fails(n) ? '403/467' : undefined)
    const judgement = judgeCell(tally, asked)
    if (judgement) return { judgement, samples: n + 1 }
  }
  return { judgement: undefined, samples: most }
}

describe('power', () => {
  it.each([4, 53, 58, 70])('a full break is broken after 3 samples, of %i cells', (cells) => {
    expect(judgeStream(() => true, question({ cells }))).toEqual({
      judgement: 'broken',
      samples: 3,
    })
  })

  it('one replica of two that fails, asked in turn, is broken after 7 samples', () => {
    for (const first of [0, 1]) {
      const { judgement, samples } = judgeStream((n) => n % 2 === first, question())
      expect(judgement).toBe('broken')
      expect(samples).toBeLessThanOrEqual(8)
    }
  })

  it('one replica of two that fails, asked at random, is never called holding in more than 5 % of runs', () => {
    const random = seededRandom(7)
    const results = Array.from({ length: 2_000 }, () =>
      judgeStream(() => random() < 0.5, question()),
    )
    const broken = results.filter(({ judgement }) => judgement === 'broken')
    expect(broken.length / results.length).toBeGreaterThanOrEqual(0.95)
    expect(Math.max(...results.map(({ samples }) => samples))).toBeLessThanOrEqual(60)
    expect(broken.reduce((sum, { samples }) => sum + samples, 0) / broken.length).toBeLessThan(9)
  })

  it('a healthy cell that never fails holds after 9 samples, a steady one after 5', () => {
    expect(judgeStream(() => false, question())).toEqual({ judgement: 'holds', samples: 9 })
    expect(judgeStream(() => false, question({ about: 'steady' }))).toEqual({
      judgement: 'holds',
      samples: 5,
    })
  })
})

describe('acceptance', () => {
  it.each([
    [0.3, 0.05],
    [0.3, 0.2],
    [0.1, 0.05],
  ])(
    'a cell that fails at the ratio to detect, %f, holds in at most %f of runs',
    (detectRatio, miss) => {
      const random = seededRandom(11)
      const asked = question({}, { detectRatio, miss })
      let missed = 0
      for (let i = 0; i < 4_000; i += 1) {
        if (judgeStream(() => random() < detectRatio, asked).judgement === 'holds') missed += 1
      }
      expect(missed / 4_000).toBeLessThanOrEqual(miss)
    },
  )

  it.each([0.3, 0.4, 0.5])(
    'a cell that goes on failing at %f after the undo is called recovered in at most one of 20 runs',
    (ratio) => {
      const random = seededRandom(17)
      const asked = question({ about: 'recovery' })
      let missed = 0
      for (let i = 0; i < runs; i += 1) {
        if (judgeStream(() => random() < ratio, asked, 500).judgement === 'holds') missed += 1
      }
      expect(missed / runs).toBeLessThanOrEqual(0.05)
    },
  )

  it('a healthy cell with 1 % of failures is broken in far fewer runs than the false alarms allowed', () => {
    const random = seededRandom(13)
    const asked = question({ cells: 1 }, { falseAlarm: 0.05 })
    let alarms = 0
    for (let i = 0; i < runs; i += 1) {
      if (judgeStream(() => random() < 0.01, asked).judgement === 'broken') alarms += 1
    }
    expect(alarms / runs).toBeLessThanOrEqual(0.05)
  })
})
