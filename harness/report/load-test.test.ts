import { Ajv } from 'ajv'
import { expect, it } from 'vitest'
import type { EventBody } from '../core/index.ts'
import { headline } from './headline.ts'
import { renderJunit } from './junit.ts'
import { collectRun } from './run-model.ts'
import { renderMarkdown } from './markdown.ts'
import { PageFold } from './page-data.ts'
import { figuresOf } from './page-figures.ts'
import { summarize } from './summary.ts'
import schema from './summary.schema.json' with { type: 'json' }
import { renderTerminal } from './terminal.ts'
import { JournalBuilder } from './test-journal.ts'

const isSummary = new Ajv({ allErrors: true }).compile(schema)

const end: EventBody<'load.summary'> = {
  durationMs: 30_000,
  cells: [
    {
      flow: 'read',
      actor: 'web',
      window: 'load',
      count: 1_920,
      failed: 901,
      dropped: 3,
      p50: 2,
      p95: 4,
      p99: 5,
      max: 9,
    },
  ],
  thresholds: [
    { text: 'checks: rate>0.99', outcome: 'crossed', value: 0.53 },
    { text: 'iteration_duration: p(95)<300', outcome: 'holds', value: 4 },
  ],
  selfCheck: { ok: true, problems: [], lateP50Ms: 0, lateP99Ms: 1, busiest: 0.2, cpuMs: 9 },
  cut: 0,
  examples: [],
}

/** The journal of a load test. */
function journal(kind: 'pass' | 'fail', found?: EventBody<'load.breakpoint'>) {
  const message = 'checks: rate>0.99 does not hold: it is 0.53'
  const verdict =
    kind === 'pass' ? { kind } : { kind, reasons: [{ code: 'threshold', message }] as const }
  const builder = new JournalBuilder()
    .start({
      scenario: 'day',
      title: 'a day',
      changes: [],
      expect: { kind: 'holds' },
      loadTest: true,
    })
    .emit('stack.ready', { services: [], proxyUrl: 'http://127.0.0.1:1', durationMs: 900 })
    .after(30_000)
    .emit('load.summary', end)
  if (found) builder.emit('load.breakpoint', found)
  return builder
    .emit('verdict.reached', { verdict })
    .emit('run.ended', { verdict, timings: { totalMs: 31_000 }, outsideRequests: 0 }).events
}

const plain = { width: 80, colour: false, unicode: true }
/** What is said of scenarios, and of no load test. */
const ofScenarios =
  /change|cells?\b|undo|broke nothing|No flow ran|nothing was measured|reproduce |amplified/i

it('the reports of a load test tell what the load came to, and nothing of changes and cells', () => {
  const events = journal('fail')
  const summary = summarize(events)
  expect(isSummary(summary), JSON.stringify(isSummary.errors)).toBe(true)
  const fold = new PageFold()
  for (const event of events) fold.take(event)
  const page = fold.data()
  const texts = [
    renderTerminal(summary, plain),
    renderMarkdown(summary),
    `${page.sentence} ${page.loadTest} ${page.reproduce} ${JSON.stringify(figuresOf(summary))}`,
  ]
  for (const text of texts) {
    expect(text).toContain('rate>0.99'.replace('>', text.startsWith('###') ? '&gt;' : '>'))
    expect(text).toContain('CROSSED checks: rate>0.99 (0.53)')
    expect(text).toMatch(/read × web +1920 +901 +3/)
    expect(text).not.toMatch(ofScenarios)
  }
  expect(page.reproduce).toMatch(/^npx aftershock load day --seed/)
})

it('of many lines in Markdown what was demanded stays, and what a search came to', () => {
  const cells = end.cells.flatMap((cell) =>
    Array.from({ length: 57 }, (_, i) => ({ ...cell, flow: `read-${i}` })),
  )
  const summary = summarize(journal('fail'))
  const loadTest = [{ kind: 'load.summary', atMs: 9, ...end, cells }] as const
  expect(renderMarkdown({ ...summary, loadTest })).toMatch(
    /THRESHOLDS\n {2}CROSSED checks[^]*\n\(\d+ lines left out\)\n[^]*\nGENERATOR/,
  )
  const found = { kind: 'load.breakpoint', atMs: 9, holdsAt: 90, trials: 7, first: [] } as const
  const text = renderMarkdown({ ...summary, loadTest: [...loadTest, found] })
  expect(text).toMatch(/```text\n\(\d+ lines left out\)\n[^]*\nBREAKPOINT {2}held at 90/)
})

it('each threshold of a load test is a testcase, beside what is checked of the whole', () => {
  const xml = renderJunit(collectRun(journal('fail')))
  const names = [...xml.matchAll(/<testcase classname="([^"]+)" name="([^"]+)"/g)]
  expect(names.map(([, suite, name]) => `${suite}: ${name}`)).toEqual([
    'day.load: checks: rate&gt;0.99',
    'day.load: iteration_duration: p(95)&lt;300',
    'day.verdict: verdict',
    'day.verdict: no request left the mocked world',
    'day.verdict: external sites were asked no more often than allowed',
    'day.verdict: handlers of mocked sites did not throw',
    'day.verdict: replicas stayed up',
  ])
  expect(xml).toContain('tests="7" failures="2" errors="0"')
  expect(xml).not.toContain('<skipped')
})

it('a load test that passes says what held, a search what it found', () => {
  expect(headline(summarize(journal('pass')))).toBe(
    '2 thresholds hold, over 1920 flows of which 901 failed, 3 DROPPED',
  )
  const found = journal('pass', { holdsAt: 90, breaksAt: 100, trials: 7, first: [] })
  expect(headline(summarize(found))).toBe(
    'the highest rate is found: held at 90 per second, broke at 100 (7 tries)',
  )
  const unbroken = journal('pass', { holdsAt: 1_000, trials: 5, first: [] })
  expect(headline(summarize(unbroken))).toBe(
    'every rate that was tried held: held at 1000 per second, no rate broke it (5 tries)',
  )
  // At the rate that broke a threshold is crossed: that is no failure.
  expect(renderJunit(collectRun(found))).not.toContain('day.load')
})
