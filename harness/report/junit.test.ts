import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fail, inconclusive } from '../core/index.ts'
import { renderJunit } from './junit.ts'
import { collectRun } from './run-model.ts'
import {
  holds,
  incident,
  JournalBuilder,
  planChange,
  planExchange,
  twitterCells,
  upToBaseline,
  upToChange,
} from './test-journal.ts'
import { descendants, parseXml, type XmlElement } from './test-xml.ts'

const web = { flow: 'open-link', actor: 'web' }
const webName = 'open link as the web client'

function junit(journal: JournalBuilder): XmlElement {
  return parseXml(renderJunit(collectRun(journal.events)))
}

function testcase(root: XmlElement, classname: string, name: string): XmlElement {
  const found = descendants(root, 'testcase').find(
    (one) => one.attributes['classname'] === classname && one.attributes['name'] === name,
  )
  if (!found) throw new Error(`no testcase ${classname} ${name}`)
  return found
}

function result(root: XmlElement, part: string, name = webName): XmlElement | undefined {
  return testcase(root, `twitter-api-plan.${part}`, name).children[0]
}

test('an incident that reproduces has no failure, and says what broke', () => {
  const root = junit(incident())
  expect(root.attributes).toMatchObject({ failures: '0', errors: '0' })
  expect(descendants(root, 'failure')).toEqual([])
  expect(result(root, 'enforce-plans')?.text).toBe(
    `broke as expected under 'enforce-plans': 403/467 (12 of 12 samples failed)`,
  )
  expect(result(root, 'recovery')?.text).toBe('held after undoing: 0 of 12 samples failed')
  expect(result(root, 'verdict', 'verdict')?.text).toContain('32 of 57 cells BROKE')
})

test('there is a suite for the baseline, each change, the recovery and the verdict, with the properties', () => {
  const suites = descendants(junit(incident()), 'testsuite')
  expect(suites.map((suite) => suite.attributes['name'])).toEqual([
    'twitter-api-plan: baseline',
    'twitter-api-plan: enforce-plans',
    'twitter-api-plan: recovery',
    'twitter-api-plan: verdict',
  ])
  expect(suites[0]?.attributes['timestamp']).toBe('2026-11-24T04:33:08')
  const [first] = suites
  const properties = first ? descendants(first, 'property') : []
  expect(properties.map(({ attributes }) => [attributes['name'], attributes['value']])).toEqual(
    expect.arrayContaining([
      ['seed', '20230306'],
      ['runtime', 'processes'],
      ['version.node', '26.10.0'],
      ['git', '4f2c1a9'],
    ]),
  )
})

test('the numbers of each suite are those of its testcases', () => {
  const verdict = fail({ code: 'broken', message: 'broke', cell: web })
  const root = junit(incident({ started: { expect: holds }, verdict }))
  for (const suite of descendants(root, 'testsuite')) {
    expect(suite.attributes).toMatchObject({
      tests: String(descendants(suite, 'testcase').length),
      failures: String(descendants(suite, 'failure').length),
      errors: String(descendants(suite, 'error').length),
      skipped: String(descendants(suite, 'skipped').length),
    })
  }
})

test('a cell that broke where nothing may break fails with its evidence and first exchange', () => {
  const message = "broke under 'enforce-plans': 12 of 12 failed"
  const verdict = fail({ code: 'broken', message, cell: web })
  const root = junit(incident({ started: { expect: holds }, verdict }))
  const failure = result(root, 'enforce-plans')
  expect(failure?.name).toBe('failure')
  expect(failure?.attributes).toEqual({ type: 'broken', message })
  expect(failure?.text).toBe(
    `flow open-link, actor web, window change:1 (under 'enforce-plans')
broken after 0.6 s: 403/467 (12 of 12 samples failed)

first failure: got 403/467
> GET http://gateway.test/api/open-link/8812
< 403 after 3 ms, application/json
< {"errors":[{"message":"Your current API plan does not include access to this endpoint, please see https://developer.chirp.test/en/docs/api for more information","code":467}]}
served by gateway-1, trace 4bf92f3577b34da6a3ce929d0e0e4736`,
  )
  expect(result(root, 'baseline')?.name).toBe('system-out')
})

test('a cell that held where the incident says it breaks fails', () => {
  const cell = { flow: 'timeline', actor: 'web' }
  const verdict = fail({ code: 'not-reproduced', message: 'was expected to break, and held', cell })
  const root = junit(incident({ verdict }))
  const failure = result(root, 'enforce-plans', 'timeline as the web client')
  expect(failure?.attributes).toEqual({
    type: 'not-reproduced',
    message: 'was expected to break, and held',
  })
  expect(result(root, 'enforce-plans')?.name).toBe('system-out')
})

test('a reason about recovery fails the recovery and not the change', () => {
  const verdict = fail({ code: 'not-recovered', message: 'still failed', cell: web })
  const root = junit(incident({ verdict }))
  expect(result(root, 'recovery')?.name).toBe('failure')
  expect(result(root, 'enforce-plans')?.name).toBe('system-out')
})

test('windows that never took place are skipped with the reason; a sick baseline is an error', () => {
  const journal = new JournalBuilder().start().open('baseline')
  for (const cell of twitterCells) {
    const sick = cell.flow === web.flow
    journal.judge('baseline', cell, sick ? 'broken' : 'holds', sick ? { symptom: '500' } : {})
  }
  const reason = { code: 'baseline-broken' as const, message: 'already failed', cell: web }
  const root = junit(journal.end(inconclusive(reason)))
  expect(result(root, 'baseline')?.name).toBe('error')
  expect(result(root, 'enforce-plans')?.name).toBe('skipped')
  expect(result(root, 'enforce-plans')?.attributes['message']).toBe(
    'the window never took place: the system was not healthy before any change, so nothing was applied',
  )
  expect(descendants(root, 'failure')).toEqual([])
  expect(result(root, 'verdict', 'verdict')?.name).toBe('error')
})

test('an undecided cell is an error and never a success', () => {
  const journal = upToBaseline({ started: { expect: holds } }).open('change:1', planChange.name)
  journal.judge('change:1', web, 'undecided', { note: 'too few samples' })
  const reason = { code: 'no-data' as const, message: 'the evidence did not suffice', cell: web }
  const root = junit(journal.end(inconclusive(reason)))
  expect(result(root, 'enforce-plans')?.name).toBe('error')
  expect(result(root, 'baseline')?.name).toBe('system-out')
})

test('an undecided cell is an error even where no reason speaks of it', () => {
  const journal = upToBaseline({ started: { expect: holds } }).open('change:1', planChange.name)
  journal.judge('change:1', web, 'undecided', { note: 'too few samples' })
  const root = junit(journal.end(fail({ code: 'undo-failed', message: 'not undone' })))
  expect(result(root, 'enforce-plans')?.attributes).toEqual({
    type: 'no-data',
    message: 'not decided: too few samples',
  })
})

test('a run that passed has no failure and no error, whatever a window left open', () => {
  const journal = upToBaseline().open('change:1:stage:1', planChange.name)
  journal.judge('change:1:stage:1', web, 'undecided', { note: 'a short stage' })
  journal.judge('change:1:stage:1', { flow: 'terms', actor: 'web' }, 'effect-partial')
  const root = junit(journal.end({ kind: 'pass' }))
  expect(root.attributes).toMatchObject({ failures: '0', errors: '0' })
  expect(result(root, 'enforce-plans')?.text).toBe(
    `undecided under 'enforce-plans', stage 1, which the verdict did not need: 0 of 12 samples failed`,
  )
})

test('a start that is no date gives no timestamp rather than no report', () => {
  const [suite] = descendants(junit(incident({ started: { startedAt: 'soon' } })), 'testsuite')
  expect(suite?.attributes).not.toHaveProperty('timestamp')
})

test('a run that was cut off claims no success for what broke, nor for its checks', () => {
  const root = junit(upToChange())
  expect(result(root, 'enforce-plans')?.attributes).toEqual({
    type: 'interrupted',
    message: 'broken, but the run was cut off before a verdict',
  })
  expect(result(root, 'recovery')?.name).toBe('skipped')
  expect(result(root, 'verdict', 'verdict')?.name).toBe('error')
  expect(result(root, 'verdict', 'changes could be undone')?.name).toBe('skipped')
})

test('checks of the whole run have names of their own', () => {
  const message = 'link-1 asked for https://evil.test/ (1×)'
  const root = junit(incident({ verdict: fail({ code: 'outside-traffic', message }) }))
  expect(result(root, 'verdict', 'no request left the mocked world')?.name).toBe('failure')
  expect(result(root, 'verdict', 'replicas stayed up')?.name).toBe('system-out')
})

test('each change has its own suite, and only the one that broke a cell fails', () => {
  const started = { expect: holds, changes: [planChange, { ...planChange, name: 'second' }] }
  const journal = upToBaseline({ started })
  journal.open('change:1', planChange.name).judge('change:1', web, 'holds')
  journal.open('change:2:stage:1', 'second').judge('change:2:stage:1', web, 'holds')
  journal.open('change:2:stage:2', 'second')
  journal.judge('change:2:stage:2', web, 'broken', { symptom: '500' })
  const root = junit(journal.end(fail({ code: 'broken', message: 'broke', cell: web })))
  expect(result(root, 'enforce-plans')?.name).toBe('system-out')
  expect(result(root, 'second')?.text).toContain(`(under 'second', stage 2)`)
})

const hostile = [
  ']]>',
  '<script>alert(1)</script>',
  '\x1b[31m\x00\x08',
  '\u202Eevil',
  '&amp; &#0; "\'',
  '\ud800',
  '\uFFFE',
  'line\nbreak\ttab\rreturn',
  'x'.repeat(10_240),
]

test.each(hostile.map((text) => [text.slice(0, 20), text]))(
  'hostile text %j gives well-formed XML',
  (_short, text) => {
    const reason = { code: 'broken' as const, message: text, cell: web }
    const journal = incident({
      started: { expect: holds, title: text, versions: { [text]: text } },
      verdict: fail(reason),
      exchange: { responseBody: text, url: text, servedBy: text },
    })
    expect(descendants(junit(journal), 'failure').length).toBeGreaterThan(1)
  },
)

test('any text at all gives well-formed XML', () => {
  const anything = fc
    .array(fc.nat(0x10ffff), { maxLength: 40 })
    .map((codes) => String.fromCodePoint(...codes.map((code) => (code % 3 ? code : code % 256))))
  fc.assert(
    fc.property(anything, anything, anything, (title, body, message) => {
      const journal = new JournalBuilder().start({
        title,
        expect: holds,
        cells: [{ ...web, flowTitle: title, actorTitle: message }],
      })
      journal.open('change:1', planChange.name)
      journal.sample('change:1', web, body, planExchange(web, { responseBody: body }), message)
      journal.judge('change:1', web, 'broken', { symptom: body })
      const root = junit(journal.end(fail({ code: 'broken', message, cell: web })))
      expect(descendants(root, 'testcase').length).toBe(14)
    }),
    { numRuns: 50 },
  )
})

test('a window that did not take place since a cell broke before names that cell', () => {
  const later = { ...planChange, name: 'later' }
  const journal = upToBaseline({ started: { expect: holds, changes: [planChange, later] } })
  journal.open('change:1', planChange.name).judge('change:1', web, 'broken', { symptom: '503' })
  const reason = { code: 'broken' as const, message: 'broke under it: 3 of 3 failed', cell: web }
  const root = junit(journal.end(fail(reason)))
  expect(result(root, 'later')?.attributes['message']).toBe(
    `the window never took place: the run ended before, by ${web.flow} as ${web.actor}: broke under it: 3 of 3 failed`,
  )
})
