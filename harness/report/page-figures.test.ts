import { expect, test } from 'vitest'
import { inconclusive } from '../core/index.ts'
import { figuresOf } from './page-figures.ts'
import { pageSentence } from './page-sentence.ts'
import { reasonSentences } from './reason-sentences.ts'
import { summarize } from './summary.ts'
import type { Summary, SummaryCell } from './summary-types.ts'
import { holds, incident, planChange, twitterCells, upToBaseline } from './test-journal.ts'

const never = inconclusive({ code: 'no-data', message: 'nothing was seen' })
const green = (summary: Summary) => figuresOf(summary).filter(({ tone }) => tone === 'good')
const first = (summary: Summary) => figuresOf(summary)[0]

/** Of a change or fault that did to two cells what it declares, and harmed nothing. */
function harmless(kind: 'change' | 'fault' = 'change'): Summary {
  const journal = upToBaseline({ started: { expect: holds, changes: [{ ...planChange, kind }] } })
  const seen = { change: planChange.name, replicas: ['gateway-1'], durationMs: 9 }
  journal.emit('change.applied', { ...seen, explain: [] }).open('change:1', planChange.name)
  const free = (actor: string, flow: string) => actor === 'free-api' && flow !== 'status-page'
  for (const cell of twitterCells) {
    if (free(cell.actor, cell.flow))
      journal.judge('change:1', cell, 'effect', { symptom: '503', declared: '503' })
    else journal.judge('change:1', cell, 'holds')
  }
  journal.emit('change.undone', seen).open('recovery')
  for (const cell of twitterCells) journal.judge('recovery', cell, 'holds')
  return summarize(journal.end({ kind: 'pass' }, { recoveryMs: 800 }).events)
}

test('a change that was never applied gets no green figure, and neither does a run that proves nothing', () => {
  const unapplied = summarize(upToBaseline({ started: { expect: holds } }).end(never).events)
  expect(green(unapplied)).toEqual([])
  expect(first(unapplied)).toMatchObject({ value: 'none', tone: 'plain' })
  expect(green({ ...harmless(), verdict: 'inconclusive' })).toEqual([])
  expect(green(harmless())).toHaveLength(1)
})

test('cells that failed before any change are the first figure, and the sentence names them', () => {
  const journal = upToBaseline({ started: { expect: holds } })
  const [cell] = twitterCells.filter(({ flow }) => flow === 'open-link')
  if (!cell) throw new Error('no such cell')
  journal.judge('baseline', cell, 'broken', { symptom: '500' })
  const summary = summarize(journal.end(never).events)
  expect(first(summary)).toMatchObject({ value: '1 of 57', tone: 'bad' })
  expect(pageSentence(summary)).toBe(
    'Before anything was changed this failed already: open link for the web client. So nothing was applied, and nothing is proven.',
  )
})

test('of a fault what suffered as declared is named, and nothing about it is green', () => {
  const summary = harmless('fault')
  expect(pageSentence(summary)).toBe(
    'Under ‘enforce API plans’ users suffered as the scenario declares: post text and api read for the free api client (503); everything else went on working. Undoing it brought everything back in 0.8 s.',
  )
  expect(figuresOf(summary)).toContainEqual({
    value: '2 of 57',
    what: 'cells suffered as declared',
    tone: 'plain',
  })
  expect(green(summary)).toEqual([])
})

test('where only users under load were harmed that is the first figure, and none is green', () => {
  const cell = { flow: 'timeline', actor: 'web', window: 'change:1', judgement: 'slower' } as const
  const load = { cells: [cell] } as unknown as NonNullable<Summary['load']>
  const figures = figuresOf({ ...harmless(), load })
  expect(figures.slice(0, 2)).toMatchObject([
    { value: '1 of 1', what: 'cells under load failed or became slower', tone: 'bad' },
    { value: '0 of 57', what: 'cells broken by the change apart from the load', tone: 'plain' },
  ])
  expect(figures.filter(({ tone }) => tone === 'good')).toEqual([])
})

test('of a change what it did as declared is named', () => {
  expect(pageSentence(harmless())).toBe(
    '‘enforce API plans’ did what it declares to post text and api read for the free api client, and broke nothing else. Undoing it brought everything back in 0.8 s.',
  )
})

test('an effect that did not come says which, of what, and for whom', () => {
  const whole = summarize(incident({ started: { expect: holds } }).events)
  const [cell] = whole.cells
  const { flow, actor } = cell as SummaryCell
  const cells = [{ ...(cell as SummaryCell), declared: '403/467' }, ...whole.cells.slice(1)]
  const reasons = [{ code: 'effect-absent', message: 'not seen', flow, actor } as const]
  expect(reasonSentences({ ...whole, cells, reasons })).toEqual([
    '‘enforce API plans’ did not do what it declares: sign in for the web client went on as before, and should have shown 403/467.',
  ])
})

test('a reason about the run is led by what it means', () => {
  const whole = summarize(incident().events)
  const reasons = [{ code: 'write-lost', message: '2 of 9 cannot be read any more' } as const]
  expect(reasonSentences({ ...whole, reasons })).toEqual([
    'What users had written is gone, though the system had said that it is kept (2 of 9 cannot be read any more).',
  ])
})
