import { expect, test } from 'vitest'
import { fail, pass, reasonsOf, type Verdict } from '../core/index.ts'
import { annotationsOf } from './annotations.ts'
import { headline } from './headline.ts'
import { renderMarkdown } from './markdown.ts'
import { pageSentence } from './page-sentence.ts'
import { summarize } from './summary.ts'
import type { Summary, SummaryCell, SummaryLoadCell } from './summary-types.ts'
import { renderTerminal } from './terminal.ts'
import { holds, planChange, twitterCells, upToBaseline } from './test-journal.ts'

const quick: SummaryLoadCell = {
  flow: 'open-link',
  actor: 'visitor',
  window: 'change:1',
  step: planChange.name,
  judgement: 'holds',
  samples: 400,
  failures: 0,
  baselineSamples: 500,
  baselineFailures: 0,
  medianMs: 3,
  baselineMedianMs: 3,
  growth: 0,
  growthLow: -0.1,
  growthHigh: 0.1,
  smallestRatio: 0.06,
  tailMs: null,
  baselineTailMs: null,
  smallestGrowth: 0.3,
  p50: 3,
  p95: 5,
  p99: 8,
  max: 12,
  judgedMs: 8_000,
  note: null,
}
const slow: SummaryLoadCell = { ...quick, judgement: 'slower', medianMs: 129, growth: 42 }

/** Of a change under which every cell went on working, while load showed what is given. */
function loaded(...cells: readonly SummaryLoadCell[]): Summary {
  const journal = upToBaseline({ started: { expect: holds } }).open('change:1', planChange.name)
  for (const cell of twitterCells) journal.judge('change:1', cell, 'holds')
  const isHarmed = cells.some(({ judgement }) => judgement !== 'holds')
  const reason = { code: 'slower-under-load', message: 'was slower' } as const
  const summary = summarize(
    journal.end(isHarmed ? { kind: 'fail', reasons: [reason] } : { kind: 'pass' }).events,
  )
  const none = { failed: 0, dropped: 0, thresholds: [], generatorProblems: [] }
  return { ...summary, load: { flows: 900, durationMs: 9_000, cells, ...none } }
}

test('what became slower under load is said with how slow, and that nothing broke without', () => {
  const summary = loaded(slow, { ...slow, actor: 'web', window: 'recovery' })
  expect(pageSentence(summary)).toBe(
    'Under load with ‘enforce API plans’, open link became slower for the visitor client (a median of 129 ms instead of 3.00 ms). Without load nothing broke. Undoing it did not bring everything back: under load this was still worse than before: open link for the web client.',
  )
  expect(headline(summary)).toContain('under load 1 cell became SLOWER')
})

test('what failed under load goes before what was slower, also of the same cell', () => {
  const failed = { ...quick, judgement: 'broken', failures: 40 } as const
  const summary = loaded(failed, slow, { ...slow, actor: 'web' })
  expect(pageSentence(summary)).toContain(
    'open link failed for the visitor client (40 of 400 times)',
  )
  expect(headline(summary)).toContain(
    'under load 1 cell FAILED and under load 1 cell became SLOWER',
  )
})

test('what failed under load is counted over the whole window, and said to have come back', () => {
  const failed = { ...quick, judgement: 'broken', failures: 10, samples: 135 } as const
  const summary = loaded(
    { ...failed, total: { samples: 534, failures: 433 } },
    { ...quick, window: 'recovery' },
  )
  expect(pageSentence(summary)).toContain('(433 of 534 times)')
  expect(pageSentence(summary)).toContain('Under load undoing it brought that back.')
  expect(headline(summary)).toMatch(/FAILED, and undoing brought that back$/)
  const [first, ...others] = summary.cells as [SummaryCell, ...SummaryCell[]]
  const suffered = { ...first, change: { ...first.change, judgement: 'effect' } } as SummaryCell
  const unwatched = { ...summary, cells: [suffered, ...others] }
  expect(headline(unwatched)).toMatch(
    /undoing brought that back, and whether it helps without load was not watched$/,
  )
  expect(pageSentence(unwatched)).toContain(' that back; whether it helps without load was not ')
})

test('load that harms nothing is not spoken of', () => {
  expect(pageSentence(loaded(quick))).not.toContain('load')
})

const safe = { ...planChange, name: 'safe', title: 'a note' }
const pause = { ...planChange, kind: 'wait', name: 'pause', title: 'wait for 2000 ms' } as const
const link = { flow: 'open-link', actor: 'web' }

/** A harmless change, one that breaks opening links in so many of 12 attempts, and a wait in which it stays broken. */
function mixed(verdict: Verdict, expect: typeof holds | object = holds, failures = 12): Summary {
  const journal = upToBaseline({
    started: { expect: expect as typeof holds, changes: [safe, planChange, pause] },
  })
  for (const [i, { name }] of [safe, planChange, pause].entries()) {
    const applied = { change: name, replicas: ['gateway-1'], durationMs: 9, explain: [] }
    if (name !== pause.name) journal.emit('change.applied', applied)
    journal.open(`change:${i + 1}`, name)
    for (const cell of twitterCells) {
      const isBroken = i > 0 && cell.flow === link.flow && cell.actor === link.actor
      if (isBroken) journal.judge(`change:${i + 1}`, cell, 'broken', { symptom: '503', failures })
      else journal.judge(`change:${i + 1}`, cell, 'holds')
    }
  }
  const seen = { replicas: ['gateway-1'], durationMs: 9 }
  for (const { name } of [planChange, safe])
    journal.emit('change.undone', { change: name, ...seen })
  journal.open('recovery')
  for (const cell of twitterCells) journal.judge('recovery', cell, 'holds')
  return summarize(journal.end(verdict, { recoveryMs: 800 }).events)
}
const broke = fail({ code: 'broken', message: 'broke', cell: link })

test('a change that held by itself is not blamed for what the next one broke, and a wait for nothing', () => {
  const summary = mixed(broke)
  expect(pageSentence(summary)).toBe(
    '‘enforce API plans’ broke open link for the web client. Undoing it brought everything back in 0.8 s.',
  )
  expect(headline(summary)).toMatch(/^'enforce API plans' BROKE 1 of/)
})

test('what broke before the moment of a step is blamed on the step before it, and not on that one', () => {
  const later = { ...safe, name: 'later', title: 'what was never applied' }
  const journal = upToBaseline({ started: { expect: holds, changes: [planChange, later] } })
  const seen = { replicas: ['gateway-1'], durationMs: 9, explain: [] }
  journal.emit('change.applied', { change: planChange.name, ...seen })
  journal.open('change:1', planChange.name).judge('change:1', link, 'holds')
  journal.open('change:2', planChange.name).judge('change:2', link, 'broken', { symptom: '503' })
  const summary = summarize(journal.end(broke).events)
  expect(headline(summary)).toMatch(/^'enforce API plans' BROKE 1 of/)
  expect(pageSentence(summary)).toMatch(/^‘enforce API plans’ broke open link/)
  expect(annotationsOf(summary)).toMatchObject([{ step: planChange.name }])
})

test('what a killed run may have left in force is said once', () => {
  const journal = upToBaseline({ started: { expect: holds } })
  const seen = { change: planChange.name, replicas: ['gateway-1'], durationMs: 9, explain: [] }
  const text = pageSentence(summarize(journal.emit('change.applied', seen).events))
  expect(text.split('NOT UNDONE')).toHaveLength(2)
})

test('what failed only now and then is said with how often', () => {
  expect(pageSentence(mixed(broke, holds, 5))).toContain('for the web client (5 of 12 times).')
})

test('what was done is said without waits, where nothing broke', () => {
  const summary = loaded(quick)
  const changes = [...summary.changes, { ...summary.changes[0], ...pause, undone: false }]
  const waited = { ...summary, changes } as Summary
  expect(pageSentence(waited)).toMatch(/^‘enforce API plans’ broke nothing/)
  expect(headline(waited)).toMatch(/^'enforce API plans' broke nothing/)
})

test.each<[string, Verdict]>([
  ['as the scenario says', fail({ code: 'slow-recovery', message: 'took 900 ms' })],
  ['but not as the scenario says', broke],
])('a break is told of as it was, whatever else went wrong: %s', (how, verdict) => {
  const summary = mixed(verdict, { kind: 'reproduces', broken: [{ flows: ['open-link'] }] })
  expect(pageSentence(summary)).toContain(`for the web client, ${how}.`)
})

test('steps that the run did not get to are told as that, and not as undone', () => {
  const journal = upToBaseline({ started: { expect: holds, changes: [planChange, safe] } })
  const seen = { replicas: ['gateway-1'], durationMs: 9 }
  journal.emit('change.applied', { change: planChange.name, ...seen, explain: [] })
  journal.open('change:1', planChange.name).judge('change:1', link, 'broken', { symptom: '503' })
  journal.emit('change.undone', { change: planChange.name, ...seen })
  journal.open('recovery')
  for (const cell of twitterCells) journal.judge('recovery', cell, 'holds')
  const unseen = { code: 'no-data', message: "'safe' was never watched" } as const
  const verdict = { kind: 'fail', reasons: [...reasonsOf(broke), unseen] } as const
  const summary = summarize(journal.end(verdict, { recoveryMs: 800 }).events)
  expect(pageSentence(summary)).toBe(
    '‘enforce API plans’ broke open link for the web client. Undoing it brought everything back in 0.8 s. ‘a note’ was not tried: the run ended before.',
  )
  expect(renderMarkdown(summary)).toContain('- a note, not applied')
  expect(renderTerminal(summary, { width: 80, colour: false, unicode: true })).toContain(
    'CHANGE  a note\n  not applied',
  )
})

test('cells that suffered as declared did so under the step that they suffered under', () => {
  const fault = { ...planChange, kind: 'fault', name: 'late', title: 'a late clock' } as const
  const journal = upToBaseline({ started: { expect: holds, changes: [fault, planChange] } })
  for (const [i, { name }] of [fault, planChange].entries()) {
    const seen = { replicas: ['gateway-1'], durationMs: 9 }
    journal.emit('change.applied', { change: name, ...seen, explain: [] })
    journal
      .open(`change:${i + 1}`, name)
      .judge(`change:${i + 1}`, link, i === 0 ? 'holds' : 'effect')
    journal.emit('change.undone', { change: name, ...seen })
  }
  const summary = summarize(journal.end(pass).events)
  expect(headline(summary)).toMatch(/^under 'enforce API plans', 1 of/)
  expect(pageSentence(summary)).toMatch(/^Under ‘enforce API plans’ users suffered/)
})

test('what a step declares, and did not come, is put down to that step', () => {
  const declaring = { ...planChange, name: 'late', title: 'a late clock' }
  const journal = upToBaseline({ started: { expect: holds, changes: [safe, declaring] } })
  for (const [i, { name }] of [safe, declaring].entries()) {
    const seen = { replicas: ['gateway-1'], durationMs: 9 }
    journal.emit('change.applied', { change: name, ...seen, explain: [] })
    journal.open(`change:${i + 1}`, name)
    journal.judge(`change:${i + 1}`, link, i === 0 ? 'holds' : 'effect-partial')
    journal.emit('change.undone', { change: name, ...seen })
  }
  const reason = { code: 'effect-partial', message: 'only now and then', cell: link } as const
  const summary = summarize(journal.end(fail(reason, reason)).events)
  expect(headline(summary)).toMatch(/^'a late clock' did not do what it declares in 1 of/)
  expect(pageSentence(summary)).toMatch(/^‘a late clock’ did what it declares .* only now and then/)
  const text = renderTerminal(summary, { width: 80, colour: false, unicode: true })
  expect(text).not.toContain('more, listed above')
})
