import { describe, expect, it } from 'vitest'

import type { Judgement } from '../core/index.ts'
import {
  defaultJudgement,
  emptyTally,
  evidenceOf,
  judgeAtDeadline,
  judgeCell,
  tallied,
  type CellQuestion,
  type CellTally,
} from './cell-judge.ts'

/** One letter a sample: '.' a success, 'd' the declared symptom, 'x' another one. */
function tallyOf(samples: string): CellTally {
  return [...samples].reduce(
    (tally, sample) =>
      tallied(tally, sample === '.' ? undefined : sample === 'd' ? '403/467' : 'timeout'),
    emptyTally,
  )
}

function ask(samples: string, question: Partial<CellQuestion>): Judgement | undefined {
  return judgeCell(tallyOf(samples), {
    about: 'change',
    everywhere: true,
    cells: 58,
    options: defaultJudgement,
    ...question,
  })
}

const healthy = (count: number) => '.'.repeat(count)

describe.each<[CellQuestion['about'], [string, Judgement | undefined][]]>([
  [
    'steady',
    [
      ['', undefined],
      [healthy(4), undefined],
      [healthy(5), 'holds'],
      ['x', undefined],
      ['xx', undefined],
      ['xxx', 'broken'],
      [`x${healthy(5)}`, undefined],
      [`x${healthy(11)}`, 'holds'],
    ],
  ],
  [
    'change',
    [
      ['', undefined],
      [healthy(8), undefined],
      [healthy(9), 'holds'],
      ['xx', undefined],
      ['xxx', 'broken'],
      ['x.x.x', undefined],
      ['x.x.x.x', 'broken'],
      [`${healthy(6)}xxx`, undefined],
      [`${healthy(6)}xxxxx`, 'broken'],
      [`x${healthy(17)}`, undefined],
      [`x${healthy(19)}`, 'holds'],
    ],
  ],
  [
    'recovery',
    [
      ['', undefined],
      [healthy(8), undefined],
      [healthy(9), 'holds'],
      // A row of failures that ends asks for more, whatever its length; each that follows, for more still.
      [`xxxxxxxxxx${healthy(18)}`, undefined],
      [`xxxxxxxxxx${healthy(19)}`, 'holds'],
      [`.x${healthy(19)}`, 'holds'],
      [`.xx.x${healthy(20)}`, undefined],
      [`.xx.x${healthy(21)}`, 'holds'],
      // A streak before the last failure does not count.
      ['...x.x....', undefined],
      // However long it fails, only the end of the window decides.
      ['x'.repeat(100), undefined],
    ],
  ],
])('a %s cell', (about, table) => {
  it.each(table)('with the samples %j is %s', (samples, judgement) => {
    expect(ask(samples, { about })).toBe(judgement)
  })
})

describe('a cell with a declared symptom', () => {
  it.each<[string, boolean, Judgement | undefined]>([
    ['', true, undefined],
    ['ddd', true, undefined],
    // The declared symptom always: an effect, once neither successes nor other symptoms can be more than rare.
    ['d'.repeat(8), true, undefined],
    ['d'.repeat(9), true, 'effect'],
    ['d'.repeat(9), false, 'effect'],
    // Never: declared, and it did not come.
    [healthy(9), true, 'effect-absent'],
    [healthy(9), false, 'effect-absent'],
    // Now and then: fine while only some replicas have the change.
    ['d.d.d.d.d.d.', true, 'effect-partial'],
    ['d.d.d.d.d.d.', false, 'effect'],
    // Another symptom is broken, whatever was declared.
    ['xxx', true, 'broken'],
    ['ddxxdx', true, undefined],
    ['ddxxdxx', true, 'broken'],
    // A single other failure is no evidence yet.
    [`x${'d'.repeat(9)}`, true, undefined],
  ])(
    'and the samples %j, the change being everywhere: %s, is %s',
    (samples, everywhere, judgement) => {
      expect(ask(samples, { declared: '403/467', everywhere })).toBe(judgement)
    },
  )

  it('is judged like any other before the change', () => {
    expect(ask('ddd', { declared: '403/467', about: 'steady' })).toBe('broken')
  })
})

it('asks for more evidence the more cells there are, so that their false alarms together stay bounded', () => {
  expect(ask('xx', { cells: 3 })).toBe('broken')
  expect(ask('xx', { cells: 4 })).toBeUndefined()
  expect(ask('xxx', { cells: 295 })).toBe('broken')
  expect(ask('xxx', { cells: 296 })).toBeUndefined()
})

it.each<[CellQuestion['about'], string, Judgement]>([
  ['recovery', '..x', 'broken'],
  ['recovery', 'x.', 'undecided'],
  // It fell back again and again: that its last sample was a success is luck.
  ['recovery', '.xx.xx.xx.xx.', 'broken'],
  ['recovery', `xxxxxx${healthy(6)}`, 'undecided'],
  ['recovery', '', 'undecided'],
  ['change', 'xx', 'undecided'],
  ['steady', '....', 'undecided'],
])('at the end of its window a %s cell with %j is %s', (about, samples, judgement) => {
  expect(
    judgeAtDeadline(tallyOf(samples), {
      about,
      everywhere: true,
      cells: 53,
      options: defaultJudgement,
    }),
  ).toBe(judgement)
})

describe('samples that overlap', () => {
  const at = (startMs: number, symptom?: string) => ({
    symptom,
    span: { startMs, endMs: startMs + (symptom === undefined ? 10 : 5_000) },
  })
  const afterAnOutage = [
    ...Array.from({ length: 20 }, (_, i) => at(i * 50, 'timeout')),
    ...Array.from({ length: 120 }, (_, i) => at(1_000 + i * 50)),
  ]
  const tallyOfAll = (samples: readonly ReturnType<typeof at>[]) =>
    samples
      .toSorted((a, b) => a.span.endMs - b.span.endMs)
      .reduce((tally, { symptom, span }) => tallied(tally, symptom, span), emptyTally)

  it('are of one row where they began together, however they end', () => {
    const tally = tallyOfAll(afterAnOutage.slice(0, 122))
    expect(tally.relapses).toBe(1)
    const question = { about: 'recovery', everywhere: true, cells: 4 } as const
    expect(judgeAtDeadline(tally, { ...question, options: defaultJudgement })).toBe('undecided')
  })

  it('are of a new one where they began after a success', () => {
    expect(tallyOfAll([...afterAnOutage, at(7_100, 'timeout')]).relapses).toBe(2)
  })
})

it('counts samples, successes, symptoms and the streak since the last failure', () => {
  expect(tallyOf('.dx.d..')).toEqual({
    samples: 7,
    ok: 4,
    symptoms: { '403/467': 2, timeout: 1 },
    streak: 2,
    relapses: 2,
    wellMs: 0,
  })
})

it('writes down what a judgement rests on', () => {
  expect(evidenceOf(tallyOf('.d'), defaultJudgement, 120, 'cut off')).toMatchObject({
    samples: 2,
    failures: 1,
    symptoms: { '403/467': 1 },
    judgedMs: 120,
    note: 'cut off',
    smallestDetectable: expect.closeTo(0.776393, 5) as number,
  })
  expect(evidenceOf(emptyTally, defaultJudgement, 0)).toMatchObject({
    eValue: 1,
    smallestDetectable: 1,
  })
})

describe.each<[string, [string, Judgement | undefined][]]>([
  [
    '403/467',
    [
      [healthy(9), 'holds'],
      [`${healthy(8)}d`, 'effect'],
      ['ddddddddd', 'effect'],
      ['d', undefined],
      ['xxx', 'broken'],
      ['dxdxdxdx', 'broken'],
    ],
  ],
  [
    '*',
    [
      [healthy(9), 'holds'],
      [`${healthy(7)}xd`, 'effect'],
      ['xxxxxxxxx', 'effect'],
    ],
  ],
])('an effect %s that may stay away', (declared, cases) => {
  it.each(cases)('of %s is %s', (samples, judgement) => {
    expect(ask(samples, { declared, optional: true })).toBe(judgement)
  })
})
