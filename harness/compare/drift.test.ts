import { expect, it } from 'vitest'
import type { AnswerField } from '../core/index.ts'
import { assertNotOwnNoise, mergeRuns, readBaseline, writeBaseline } from './baseline-file.ts'
import { compareRuns } from './compare-runs.ts'
import { comparisonPage } from './comparison-page.ts'
import type { RunFigures } from './figures.ts'
import { answers, cell, figures } from './test-figures.ts'

const text = (...values: string[]): AnswerField => ({ types: ['string'], values })
const open: AnswerField = { types: ['string'] }

function run(id: string, fields: Readonly<Record<string, AnswerField>>): RunFigures {
  return figures({ runs: [id], answers: [answers(fields)] })
}

function listOf(...values: string[]): Record<string, AnswerField> {
  const elements: Record<string, AnswerField> = values.includes('not empty')
    ? { '.l[]': { types: ['object'] }, '.l[].a': open }
    : {}
  return { '.l': { types: ['array'], values }, ...elements }
}

/** What differs from a reference of these runs. */
function drift(
  references: readonly Readonly<Record<string, AnswerField>>[],
  b: Readonly<Record<string, AnswerField>>,
) {
  const a = mergeRuns(references.map((fields, i) => run(`a${i}`, fields)))
  const { drift: found, outcome } = compareRuns(a, run('b', b))
  return {
    outcome,
    found: found.differences.map(({ path, kind, standing }) => `${standing} ${kind} ${path}`),
  }
}

it('a field that is gone, or has another type, is a regression; a new one is a change', () => {
  const found = drift([{ '.id': open, '.likes': { types: ['number'] } }], {
    '.likes': { types: ['string'] },
    '.new': open,
  })
  expect(found).toEqual({
    outcome: 'regression',
    found: ['regression gone .id', 'regression type .likes', 'change added .new'],
  })
})

it('another value is a regression where two runs of the reference had the same', () => {
  const same = { '.plan': text('free') }
  expect(drift([same, same], { '.plan': text('paid') })).toEqual({
    outcome: 'regression',
    found: ['regression value .plan'],
  })
})

it('a value that differs between two runs of the reference is noise', () => {
  const found = drift([{ '.session': text('n1') }, { '.session': text('n2') }], {
    '.session': text('n3'),
  })
  expect(found).toEqual({ outcome: 'no-regression', found: [] })
})

it('with one run of the reference another value is shown and not judged', () => {
  expect(drift([{ '.session': text('n1') }], { '.session': text('n2') })).toEqual({
    outcome: 'no-regression',
    found: ['change value .session'],
  })
})

it.each<[string, Record<string, AnswerField>, Record<string, AnswerField>]>([
  ['some of the values', { '.a': text('x', 'y') }, { '.a': text('y') }],
  ['more values than are written down', { '.a': open }, { '.a': text('y') }],
  ['a field that was not always there', { '.a': { ...open, share: 0.5 } }, {}],
  ['a list that was empty now and then', listOf('not empty', 'empty'), listOf('empty')],
])('%s is no drift', (_name, a, b) => {
  expect(drift([a, a], b).found).toEqual([])
})

it.each<[string, Record<string, AnswerField>, string]>([
  ['a list that is always empty now', listOf('empty'), 'value .l'],
  ['a list that is null now', { '.l': { types: ['null'] } }, 'type .l'],
])('%s is a regression, where several runs know that it was not', (_, b, found) => {
  const a = listOf('not empty')
  expect(drift([a, a], b)).toEqual({ outcome: 'regression', found: [`regression ${found}`] })
  expect(drift([a], b).found).toEqual([`change ${found}`])
})

it('a part that is gone is told once, not field by field', () => {
  const whole = { '.u': { types: ['object'] }, '.u.a': open, '.u.b': open }
  expect(drift([whole], {}).found).toEqual(['regression gone .u'])
})

it('what several actors see is one line, and another status is told', () => {
  const page = (actor: string, status: string) => answers({}, { actor, statuses: [status] })
  const a = figures({ answers: [page('web', '200'), page('mobile', '200')] })
  const b = figures({ answers: [page('web', '204'), page('mobile', '204')] })
  expect(compareRuns(a, b).drift.differences).toMatchObject([
    { kind: 'status', actors: ['web', 'mobile'], a: '200', b: '204', standing: 'regression' },
  ])
})

it('a field that is gone everywhere is counted once, and where it was is named', () => {
  const places = [
    { flow: 'read', actor: 'web', window: 'baseline' },
    { flow: 'read', actor: 'web', window: 'change' },
    { flow: 'list', actor: 'mobile', window: 'change' },
  ] as const
  const all = (fields: Readonly<Record<string, AnswerField>>) =>
    figures({ answers: places.map((place) => answers(fields, place)) })
  const comparison = compareRuns(all({ '.id': open, '.plan': open }), all({ '.plan': open }))
  expect(comparison.drift.differences).toMatchObject([
    {
      path: '.id',
      flows: ['read', 'list'],
      actors: ['web', 'mobile'],
      windows: ['baseline', 'change'],
    },
  ])
  const { lead, sections } = comparisonPage(comparison)
  expect(lead[0]).toBe('1 thing got worse.')
  expect(sections[0]?.table?.rows[0]?.at(-1)).toBe(
    'in read, list; as web, mobile; baseline, change',
  )
})

it('a run is not its own noise, and neither is one of another version', () => {
  const git = { head: 'b'.repeat(16), dirty: false }
  expect(() => mergeRuns([run('a', {}), run('a', {})])).toThrow('the run a is there twice')
  expect(() => mergeRuns([run('a', {}), { ...run('b', {}), git }])).toThrow(
    'a of aaaaaaaaaaaa, and b of bbbbbbbbbbbb',
  )
  const both = mergeRuns([run('a', {}), run('b', {})])
  expect(() => assertNotOwnNoise(both, run('b', {}))).toThrow('cannot tell what in it is noise')
  expect(() => assertNotOwnNoise(both, run('c', {}))).not.toThrow()
  expect(() => assertNotOwnNoise(run('a', {}), run('a', {}))).not.toThrow()
})

it('answers seen once or twice say nothing', () => {
  const few = figures({ answers: [answers({ '.a': open }, { samples: 2 })] })
  expect(compareRuns(few, run('b', {})).drift).toMatchObject({ compared: 0, differences: [] })
})

it('a baseline comes back from its file as it was, with a line for each cell and each answer', () => {
  const whole = figures({
    cells: [cell('read'), cell('write')],
    answers: [answers({ '.a': open })],
  })
  const file = writeBaseline(whole)
  expect(readBaseline(file, 'x.json')).toEqual(whole)
  expect(file.match(/^    \{"flow":/gm)).toHaveLength(3)
  expect(writeBaseline(readBaseline(file, 'x.json'))).toBe(file)
})

it.each([
  ['{', /'x.json' is not JSON/],
  ['null', /is no baseline/],
  ['{"format":"other"}', /is no baseline/],
  ['{"format":"aftershock-baseline","version":9}', /has version 9, this aftershock reads 1/],
  ['{"format":"aftershock-baseline","version":1}', /lacks members/],
])('the file %s is refused', (file, why) => {
  expect(() => readBaseline(file, 'x.json')).toThrow(why)
})

it('runs of different scenarios make no baseline', () => {
  expect(() => mergeRuns([figures(), figures({ scenario: 'other' })])).toThrow(
    /different scenarios/,
  )
  expect(() => mergeRuns([])).toThrow(/no run/)
})
