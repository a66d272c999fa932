import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { pass, type ComparedWithBaseline } from '../core/index.ts'
import { renderJunit } from './junit.ts'
import { renderMarkdown } from './markdown.ts'
import { parseJournal } from './parse-journal.ts'
import { collectRun } from './run-model.ts'
import schema from './summary.schema.json' with { type: 'json' }
import { summarize } from './summary.ts'
import { renderTerminal } from './terminal.ts'
import { holds, upToBaseline } from './test-journal.ts'

const title = 'REGRESSION: shop against run-a'
const worse = ['buy as anna, latency, 17 ms, 109 ms, \u001b[31m92 ms more']

function compared(outcome: ComparedWithBaseline['outcome']) {
  const journal = upToBaseline({ started: { expect: holds } }).end(pass)
  journal.emit('baseline.compared', { outcome, title, lead: ['1 thing got worse.'], worse })
  const lines = journal.events.map((event) => `${JSON.stringify(event)}\n`)
  const { events } = parseJournal(lines.join(''))
  return { events, summary: summarize(events) }
}

test('a pass with a regression against its baseline reads as a pass in no report', () => {
  const { events, summary } = compared('regression')
  const validate = new Ajv({ allowUnionTypes: true }).compile(schema)
  validate(JSON.parse(JSON.stringify(summary)))
  expect(validate.errors ?? []).toEqual([])
  expect(summary).toMatchObject({ verdict: 'pass', comparison: { outcome: 'regression', worse } })

  const terminal = renderTerminal(summary, { width: 80, colour: false, unicode: true })
  expect(terminal).toMatch(/^PASS .*\n(.*\n)?REGRESSION: shop against run-a\n/)
  const markdown = renderMarkdown(summary)
  expect(markdown).toMatch(/^### ❌ PASS, REGRESSION AGAINST THE BASELINE: /)
  expect(markdown).toContain('- `buy as anna, latency, 17 ms, 109 ms, \\x1b[31m92 ms more`')
  expect(renderJunit(collectRun(events))).toMatch(
    /name="nothing got worse than in the baseline"[^>]*>\s*<failure type="regression" message="REGRESSION: shop/,
  )
})

test('a comparison that proves nothing is an error in JUnit, and no pass', () => {
  const { events, summary } = compared('inconclusive')
  expect(renderMarkdown(summary)).toMatch(/^### ⚠️ PASS, INCONCLUSIVE AGAINST THE BASELINE: /)
  expect(renderJunit(collectRun(events))).toContain('<error type="inconclusive"')
})

test.each(['no-regression', 'slower'] as const)('%s stays a pass', (outcome) => {
  const { events, summary } = compared(outcome)
  expect(renderMarkdown(summary)).toMatch(/^### ✅ PASS: /)
  expect(renderJunit(collectRun(events))).not.toMatch(/<failure|<error/)
})
