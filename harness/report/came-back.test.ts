import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cellKey, fail, type Judgement, type ReasonCode } from '../core/index.ts'
import { annotationsOf } from './annotations.ts'
import { cameBack } from './came-back.ts'
import { headline } from './headline.ts'
import { renderJunit } from './junit.ts'
import { collectRun } from './run-model.ts'
import { renderMarkdown } from './markdown.ts'
import { figuresOf } from './page-figures.ts'
import { pageSentence } from './page-sentence.ts'
import { summarize } from './summary.ts'
import type {
  CellOutcome,
  Summary,
  SummaryCell,
  SummaryLoadCell,
  SummaryReason,
} from './summary-types.ts'
import { renderTerminal } from './terminal.ts'
import { holds, incident, JournalBuilder, planChange, twitterCells } from './test-journal.ts'

const whole = summarize(incident({ started: { expect: holds } }).events)
const few = whole.cells.slice(0, 5)
const judgements = ['holds', 'broken', 'effect', 'effect-partial', 'effect-absent'] as const
const wholeAgain = /brought (it|all \d+|everything) back|came back in time|everything came back/i

function outcome(window: string, judgement: Judgement): CellOutcome {
  const symptom = judgement === 'holds' ? null : '503'
  return { window, judgement, samples: 12, failures: 3, symptom, judgedMs: 900, note: null }
}

function loaded(cell: SummaryCell, judgement: SummaryLoadCell['judgement']): SummaryLoadCell {
  const { flow, actor } = cell
  const counts = { samples: 90, failures: 9, baselineSamples: 90, baselineFailures: 0 }
  const times = { medianMs: 9, baselineMedianMs: 3, p50: 9, p95: 9, p99: 9, max: 9 }
  const growth = { growth: 2, growthLow: null, growthHigh: null }
  const seen = {
    tailMs: null,
    baselineTailMs: null,
    smallestRatio: 0.05,
    smallestGrowth: null,
    judgedMs: 900,
    note: null,
  }
  return { flow, actor, window: 'recovery', judgement, ...counts, ...times, ...growth, ...seen }
}

const anyCell = fc.constantFrom(...few)
/** Mostly well: a sentence that is wrong about one cell shows only where all others came back. */
const anyJudgement: fc.Arbitrary<Judgement> = fc.constantFrom(...judgements, 'undecided' as const)
const recovery: fc.Arbitrary<Judgement | null> = fc
  .tuple(fc.integer({ min: 0, max: 12 }), fc.option(anyJudgement))
  .map(([chance, judgement]) => (chance > 0 ? 'holds' : judgement))
const cells = fc
  .array(
    fc.record({
      change: fc.constantFrom<Judgement>(...judgements),
      recovery,
    }),
    { minLength: few.length, maxLength: few.length },
  )
  .map((seen) =>
    few.map((cell, i): SummaryCell => {
      const { change, recovery } = seen[i] as (typeof seen)[number]
      return {
        ...cell,
        change: outcome('change:1', change),
        recovery: recovery === null ? null : outcome('recovery', recovery),
      }
    }),
  )
const reason = fc.record({
  code: fc.constantFrom<ReasonCode>('broken', 'effect-absent', 'undo-failed', 'write-lost'),
  message: fc.constant('was seen'),
})
const notRecovered = fc
  .tuple(fc.boolean(), anyCell)
  .map(([named, { flow, actor }]): SummaryReason => ({
    code: 'not-recovered',
    message: 'was slower',
    ...(named ? { flow, actor } : {}),
  }))
const load = fc.array(
  fc
    .tuple(anyCell, fc.constantFrom('holds' as const, 'slower' as const, 'broken' as const))
    .map(([cell, judgement]) => loaded(cell, judgement)),
)
const summaries = fc
  .record({
    cells,
    reasons: fc.tuple(fc.array(reason), fc.array(notRecovered)).map((both) => both.flat()),
    expectation: fc.constantFrom('holds' as const, 'reproduces' as const),
    load: fc.option(load),
    broughtBack: fc.option(
      fc.array(
        fc.record({
          step: fc.constantFrom('flush', null),
          isUndo: fc.boolean(),
          cells: fc.integer({ min: 0, max: 5 }),
        }),
        { minLength: 1 },
      ),
    ),
  })
  .map(({ load: loadCells, broughtBack, ...told }): Summary => ({
    ...whole,
    ...told,
    verdict: 'fail',
    ...(broughtBack === null ? {} : { broughtBack }),
    ...(loadCells === null
      ? {}
      : {
          load: {
            flows: 9,
            failed: 1,
            dropped: 0,
            durationMs: 9_000,
            thresholds: [],
            cells: loadCells,
            generatorProblems: [],
          },
        }),
  }))

function textsOf(summary: Summary): string {
  const terminal = renderTerminal(summary, { width: 200, colour: false, unicode: false })
  return [
    pageSentence(summary),
    headline(summary),
    terminal,
    renderMarkdown(summary),
    ...annotationsOf(summary).map(({ message }) => message),
    ...figuresOf(summary).flatMap(({ tone, what }) =>
      what.startsWith('came back') && tone === 'good' ? ['everything came back'] : [],
    ),
  ].join('\n')
}

test('no text says that everything came back where a reason or what was seen says otherwise', () => {
  fc.assert(
    fc.property(summaries, (summary) => {
      const speaksAgainst =
        summary.reasons.some(({ code }) => code === 'not-recovered' || code === 'undo-failed') ||
        summary.cells.some(({ recovery }) => recovery && recovery.judgement !== 'holds') ||
        (summary.load?.cells ?? []).some(({ judgement }) => judgement !== 'holds')
      fc.pre(speaksAgainst)
      expect(textsOf(summary)).not.toMatch(wholeAgain)
    }),
    { numRuns: 300 },
  )
})

test('what nobody watched did not fail to come back', () => {
  const untold = { samples: 0, failures: 0, symptom: null }
  const cells = whole.cells.map((cell): SummaryCell => ({
    ...cell,
    recovery: { ...outcome('recovery', 'undecided'), ...untold },
  }))
  const summary: Summary = { ...whole, verdict: 'fail', cells }
  expect(headline(summary)).toMatch(/, and whether undoing helps was not watched$/)
  expect(pageSentence(summary)).toContain('Whether undoing helps was not watched.')
  const half = {
    ...summary,
    cells: cells.map((cell, i) => (i < 20 ? cell : (whole.cells[i] ?? cell))),
  }
  expect(headline(half)).toMatch(/, and 20 cells were not watched after undoing$/)
})

test('a cell of which nothing was decided is not known to have changed', () => {
  const cells = whole.cells.map((cell): SummaryCell => ({
    ...cell,
    change: outcome('change:1', cell.change?.judgement === 'broken' ? 'broken' : 'undecided'),
  }))
  expect(cameBack({ ...whole, cells })).toMatchObject({ kind: 'all', altered: 32, back: 32 })
})

/** A run of one change, an undo of it, and a last step; what was found of each of some cells under each, and after the undo at the end. */
function inSteps(...found: readonly (readonly Judgement[])[]): Summary {
  return inStepsTo('flush', found)
}

function inStepsTo(last: 'flush' | 'pause', found: readonly (readonly Judgement[])[]): Summary {
  const given = ['plan', 'undo-plan', last] as const
  const kinds = { plan: 'change', 'undo-plan': 'undo', flush: 'change', pause: 'wait' } as const
  const changes = given.map((name) => ({ ...planChange, name, kind: kinds[name] }))
  const cells = twitterCells.slice(0, found.length)
  const journal = new JournalBuilder().start({ cells, changes })
  for (const [i, id] of ['change:1', 'change:2', 'change:3', 'recovery'].entries()) {
    if (i === 1) journal.emit('change.undone', undone)
    journal.after(9).open(id, given[i])
    for (const [c, cell] of cells.entries()) {
      journal.judge(id, cell, found[c]?.[i] ?? 'holds', { symptom: '503' })
    }
    journal.close(id)
  }
  return summarize(journal.end({ kind: 'pass' }).events)
}
const undone = { change: 'plan', replicas: ['gateway-1'], durationMs: 1 }
const lasted = ['broken', 'broken', 'holds'] as const

test.each<[string, readonly (readonly Judgement[])[], string]>([
  [
    'that helped nobody was no help',
    [lasted, lasted],
    "'undo-plan' was no help and 'flush' brought all 2 back",
  ],
  [
    'that helped some is said to have helped those',
    [lasted, ['broken', 'holds', 'holds']],
    "'undo-plan' brought 1 of 2 back and 'flush' brought 1 of 2 back",
  ],
  [
    'that came before anything broke was not tried',
    [['holds', 'holds', 'broken']],
    'it came back with nothing left to undo',
  ],
])('an undo %s', (_, found, told) => {
  const summary = inSteps(...found)
  expect(headline(summary)).toMatch(new RegExp(`as the scenario says, and ${told}$`))
  expect(pageSentence(summary)).toContain(
    ` ${told.replaceAll(/'([^']+)'/g, '‘$1’')}.`.replace(' it ', ' It '),
  )
  expect(headline(summary)).not.toContain('undoing brought')
})

test.each<[string, readonly (readonly Judgement[])[], string]>([
  [
    'and the undo before it may have helped late',
    [lasted, lasted],
    "all 2 came back during 'pause'",
  ],
  [
    'and not only then',
    [lasted, ['broken', 'holds', 'holds']],
    "'undo-plan' brought 1 of 2 back and 1 of 2 came back during 'pause'",
  ],
])('what comes back while one waits is not credited to the wait, %s', (_, found, told) => {
  expect(headline(inStepsTo('pause', found))).toMatch(new RegExp(`, and ${told}$`))
})

test('not all is said to come back by undoing where steps brought some back', () => {
  const summary = inSteps(lasted, ['broken', 'broken', 'broken', 'broken'])
  expect(headline(summary)).toContain(', and ONLY 1 of the 2 that changed came back')
  expect(pageSentence(summary)).toContain('What broke did not all come back: ')
})

test('every text says so where everything did', () => {
  expect(pageSentence(whole)).toMatch(wholeAgain)
  expect(headline(whole)).toMatch(wholeAgain)
  expect(figuresOf(whole)).toContainEqual({
    value: '32 of 32 in 0.8 s',
    what: 'came back when it was undone',
    tone: 'good',
  })
})

test('what is worse under load only, after the undo, is named', () => {
  const [first] = whole.cells.filter(({ change }) => change?.judgement === 'broken')
  const { flow, actor, flowTitle, actorTitle } = first as SummaryCell
  const message = 'was slower under load after the undo still'
  const summary: Summary = {
    ...whole,
    verdict: 'fail',
    reasons: [{ code: 'not-recovered', message, flow, actor }],
  }
  expect(pageSentence(summary)).toContain(
    `Undoing it did not bring everything back: under load this was still worse than before: ${flowTitle} for ${actorTitle}.`,
  )
  expect(headline(summary)).toContain(
    'undoing brought back ONLY 33 of the 34 that changed and under load 1 cell did NOT recover',
  )
  expect(figuresOf(summary)).toContainEqual({
    value: '31 of 32',
    what: 'came back when it was undone, under load too',
    tone: 'bad',
  })
})

test('in JUnit it is no passed case that everything came back', () => {
  const cell = { flow: 'open-link', actor: 'web' }
  const message = `${cellKey(cell)} still failed`
  const { events } = incident({ verdict: fail({ code: 'not-recovered', cell, message }) })
  const xml = renderJunit(collectRun(events))
  expect(xml).toMatch(/name="everything came back in time"[^>]*>\s*<failure/)
  expect(xml).not.toMatch(/brought (it|all \d+|everything) back/)
})
