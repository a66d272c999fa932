import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  fail,
  inconclusive,
  type Expectation,
  type Judgement,
  type Verdict,
} from '../core/index.ts'
import { initialLiveState, reduce } from './live.ts'
import { renderLive } from './live-view.ts'
import { planColumns } from './columns.ts'
import { summarize } from './summary.ts'
import { renderTerminal } from './terminal.ts'
import { displayWidth } from './text.ts'
import { holds, JournalBuilder, planChange, planExchange } from './test-journal.ts'

const word = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
  fc.stringMatching(/^[a-z]{1,12}(-[a-z]{1,12}){0,3}$/),
)
const judgement = fc.constantFrom<Judgement>(
  'holds',
  'broken',
  'effect',
  'effect-partial',
  'effect-absent',
  'undecided',
)
const verdictKind = fc.constantFrom<Verdict['kind']>('pass', 'fail', 'inconclusive')
const names = (maxLength: number) => fc.uniqueArray(word, { minLength: 1, maxLength })

const runs = fc.record({
  flows: names(16),
  actors: names(14),
  judgements: fc.array(judgement, { minLength: 1, maxLength: 7 }),
  text: fc.string({ unit: 'grapheme', maxLength: 300 }),
  reproduces: fc.boolean(),
  verdict: verdictKind,
})

function journalOf(run: typeof runs extends fc.Arbitrary<infer T> ? T : never): JournalBuilder {
  const { text } = run
  const cells = run.flows.flatMap((flow) =>
    run.actors.map((actor) => ({ flow, actor, flowTitle: text, actorTitle: text })),
  )
  const expectation: Expectation = run.reproduces ? { kind: 'reproduces', broken: [] } : holds
  const change = { ...planChange, title: text }
  const journal = new JournalBuilder().start({
    cells,
    title: text,
    expect: expectation,
    changes: [change],
  })
  journal.emit('phase', { phase: 'watching', text }).open('change:1', planChange.name)
  journal.emit('change.applied', {
    change: planChange.name,
    replicas: run.actors,
    explain: [text],
    durationMs: 1,
  })
  for (const [index, cell] of cells.entries()) {
    const found = run.judgements[index % run.judgements.length] ?? 'holds'
    journal.sample('change:1', cell, text, planExchange(cell, { responseBody: text }), text)
    journal.judge('change:1', cell, found, { symptom: text, declared: text, note: text })
  }
  const reasons = cells.map((cell) => ({ code: 'broken' as const, message: text, cell }))
  if (run.verdict === 'pass') return journal.end({ kind: 'pass' })
  return journal.end(run.verdict === 'fail' ? fail(...reasons) : inconclusive(...reasons))
}

test('no line of a report is wider than asked for, whatever the names and texts', () => {
  fc.assert(
    fc.property(
      runs,
      fc.constantFrom(40, 80, 120),
      fc.boolean(),
      fc.boolean(),
      (run, width, unicode, verbose) => {
        const text = renderTerminal(summarize(journalOf(run).events), {
          width,
          colour: false,
          unicode,
          verbose,
          files: { journal: run.text },
        })
        expect(text.split('\n').filter((line) => displayWidth(line) > width)).toEqual([])
      },
    ),
    { numRuns: 60 },
  )
})

test('every cell is in the matrix, in blocks if need be', () => {
  const actors = Array.from({ length: 30 }, (_, index) => `actor-number-${index}`)
  const cells = actors.map((actor) => ({ flow: 'f', actor, flowTitle: 'f', actorTitle: actor }))
  const journal = new JournalBuilder().start({ cells }).open('baseline')
  for (const cell of cells) journal.judge('baseline', cell, 'holds')
  const text = renderTerminal(summarize(journal.events), {
    width: 80,
    colour: false,
    unicode: true,
  })
  expect(text.match(/●––/g)).toHaveLength(30)
})

test('nine actors and long flow names stand side by side in 80 columns', () => {
  const actors = Array.from('abcdefghi', (letter) => `${letter}-first-party-client`)
  const plan = planColumns(actors, 80 - 2 - 18 - 1, 3, '…')
  expect(plan.blocks).toHaveLength(1)
  expect(plan.key).toHaveLength(9)
})

test('names that begin alike get numbers, not the same head', () => {
  const actors = Array.from('abcdefghi', (letter) => `firstpartyclient${letter}`)
  const heads = planColumns(actors, 60, 3, '…').blocks.flatMap((block) =>
    block.flatMap((column) => column.head),
  )
  expect(heads.slice(0, 2)).toEqual(['1:fi…', '2:fi…'])
  expect(new Set(heads).size).toBe(9)
})

test('heads of columns are never the same', () => {
  fc.assert(
    fc.property(names(20), fc.integer({ min: 20, max: 120 }), (actors, width) => {
      const heads = planColumns(actors, width, 3, '…').blocks.flatMap((block) =>
        block.map((column) => column.head.join('')),
      )
      expect(new Set(heads).size).toBe(actors.length)
    }),
  )
})

test('the live view keeps within its lines and columns', () => {
  fc.assert(
    fc.property(runs, fc.integer({ min: 1, max: 40 }), fc.boolean(), (run, height, unicode) => {
      const state = initialLiveState()
      for (const event of journalOf(run).events) reduce(state, event)
      const text = renderLive(state, { width: 80, height, colour: false, unicode, nowMs: 12_345 })
      const lines = text.split('\n')
      expect(lines.length).toBeLessThanOrEqual(height)
      expect(lines.filter((line) => displayWidth(line) > 80)).toEqual([])
    }),
    { numRuns: 60 },
  )
})
