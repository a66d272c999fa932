import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { fail, HarnessError, inconclusive, type Verdict } from '../core/index.ts'
import schema from './summary.schema.json' with { type: 'json' }
import { summarize } from './summary.ts'
import type { Summary } from './summary-types.ts'
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

const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema)
const web = { flow: 'open-link', actor: 'web' }

function valid(journal: JournalBuilder): Summary {
  const summary = summarize(journal.events)
  validate(JSON.parse(JSON.stringify(summary)))
  expect(validate.errors ?? []).toEqual([])
  return summary
}

function cell(summary: Summary, flow: string, actor: string): Summary['cells'][number] {
  const found = summary.cells.find((one) => one.flow === flow && one.actor === actor)
  if (!found) throw new Error(`no cell ${flow} × ${actor}`)
  return found
}

test('an incident that reproduces is summed up in full', () => {
  const summary = valid(incident())
  expect(summary).toMatchObject({
    schemaVersion: 1,
    verdict: 'pass',
    expectation: 'reproduces',
    reasons: [],
    timings: { startMs: 1210, recoveryMs: 800, teardownMs: 200 },
    statusPage: { detectMs: null, admitMs: null, falseGreenMs: 3100, expectedToLie: true },
    changes: [{ name: 'enforce-plans', replicas: ['gateway-1', 'gateway-2'], undone: true }],
  })
  expect(cell(summary, 'open-link', 'web')).toMatchObject({
    baseline: { judgement: 'holds', symptom: null },
    change: { window: 'change:1', judgement: 'broken', symptom: '403/467', failures: 12 },
    recovery: { judgement: 'holds' },
    declared: null,
    sample: { window: 'change:1', symptom: '403/467', exchange: { status: 403 } },
  })
  expect(cell(summary, 'api-read', 'free-api')).toMatchObject({
    change: { judgement: 'effect' },
    declared: '403/467',
  })
  expect(cell(summary, 'timeline', 'web').sample).toBeNull()
})

test('what passed through links is summed up by kind of window', () => {
  const counted = (requests: number, failed: number) => [
    {
      from: 'actors',
      to: 'gateway',
      requests: 50,
      answers: { '2xx': 50 } as const,
      errors: 0,
      abandoned: 0,
      latency: [[4, 50]] as const,
    },
    {
      from: 'gateway',
      to: 'media',
      requests,
      answers: { '2xx': requests - 2 * failed, '5xx': failed } as const,
      errors: failed,
      abandoned: 0,
      latency: [[2, requests - failed]] as const,
    },
  ]
  const journal = new JournalBuilder().start()
  journal.nowMs = 1_000
  journal.emit('links.counted', { sinceMs: 0, window: 'baseline', links: counted(20, 1) })
  for (const window of ['change:1', 'change:2:stage:1']) {
    journal.after(1_000)
    const sinceMs = journal.nowMs - 1_000
    journal.emit('links.counted', { sinceMs, window, links: counted(100, 25) })
  }
  const { links = [] } = valid(journal)
  const media = links.find(({ to }) => to === 'media')
  expect(media).toMatchObject({
    from: 'gateway',
    baseline: { requests: 20, perSecond: 20, failureRatio: 0.1, p99Ms: 2, amplification: 0.4 },
    change: { requests: 200, perSecond: 100, errors: 50, failureRatio: 0.5, amplification: 2 },
    recovery: null,
  })
  expect(links[0]?.change).toMatchObject({ requests: 100, amplification: null })
  expect(valid(incident()).links).toBeUndefined()
})

test('the schema refuses members that it does not describe', () => {
  const summary = { ...summarize(incident().events), mood: 'good' }
  expect(validate(summary)).toBe(false)
})

test('the schema describes every member', () => {
  const missing: string[] = []
  const visit = (node: unknown, path: string): void => {
    if (typeof node !== 'object' || node === null) return
    for (const [key, value] of Object.entries(node)) {
      if (key !== 'properties') visit(value, `${path}/${key}`)
      else {
        for (const [name, member] of Object.entries(value as Record<string, object>)) {
          if (!('description' in member) && !('$ref' in member)) missing.push(`${path}/${name}`)
          visit(member, `${path}/${name}`)
        }
      }
    }
  }
  visit(schema, '')
  expect(missing).toEqual([])
})

test.each<[string, () => JournalBuilder]>([
  ['right after the start', () => new JournalBuilder().start()],
  ['after the baseline', () => upToBaseline()],
  ['while the change is in force', () => upToChange()],
])('a journal that was cut off %s gives an inconclusive summary', (_when, journal) => {
  const summary = valid(journal())
  expect(summary.verdict).toBe('inconclusive')
  expect(summary.reasons[0]?.code).toBe('interrupted')
})

test('a journal that was cut off tells what is known, and what was left in force', () => {
  const journal = upToBaseline().open('change:1', planChange.name)
  journal.emit('change.applied', {
    change: planChange.name,
    replicas: ['gateway-1'],
    explain: ['plan.enforce: false -> true'],
    durationMs: 40,
  })
  journal.after(100).sample('change:1', web, '403/467', planExchange(web)).after(200)
  journal.emit('phase', { phase: 'watching', text: 'watching' })
  const summary = valid(journal)
  expect(cell(summary, 'open-link', 'web').change).toMatchObject({
    judgement: 'undecided',
    samples: 1,
    failures: 1,
    symptom: '403/467',
    judgedMs: 300,
  })
  expect(cell(summary, 'open-link', 'web').recovery).toBeNull()
  expect(summary.timings).toMatchObject({ startMs: 1210, applyMs: 40, undoMs: null })
  expect(summary.reasons[0]?.message).toBe(
    `the journal ends after 2.4 s without the end of the run; the last phase was 'watching'; nothing says that 'enforce-plans' was undone`,
  )
})

test('a change that was undone on some of its replicas only is not undone', () => {
  const journal = upToChange().emit('change.undone', {
    change: planChange.name,
    replicas: ['gateway-2'],
    durationMs: 3,
  })
  expect(summarize(journal.events).changes[0]?.undone).toBe(false)
})

test('a verdict that was reached before the cut stays inconclusive, and its reasons are kept', () => {
  const verdict = fail({ code: 'broken', message: 'broke', cell: web })
  const summary = valid(upToChange().emit('verdict.reached', { verdict }))
  expect(summary.verdict).toBe('inconclusive')
  expect(summary.reasons.map((reason) => reason.code)).toEqual(['interrupted', 'broken'])
  expect(summary.reasons[0]?.message).toContain(`a verdict of 'fail' had been reached`)
})

test('a run whose engine went away has no broken cell', () => {
  const events = incident().events
  const at = events.findIndex(({ kind }) => kind === 'verdict.reached')
  const lost = (detail: string) =>
    ({ kind: 'replica.exited', atMs: 9_000, replica: 'all', detail }) as const
  const summary = summarize(events.toSpliced(at, 0, lost('the container engine went away')))
  expect(cell(summary, 'open-link', 'web').change?.judgement).toBe('undecided')
  expect(summary.cells.filter(({ change }) => change?.judgement === 'broken')).toEqual([])
})

test('of several windows the worst is told, with its name', () => {
  const journal = upToBaseline({ started: { changes: [planChange, { ...planChange, name: 'b' }] } })
  journal.open('change:1', planChange.name).judge('change:1', web, 'effect', { declared: 'x' })
  journal.open('change:2:stage:1', 'b').judge('change:2:stage:1', web, 'undecided')
  journal
    .open('change:2:stage:2', 'b')
    .sample('change:2:stage:2', web, 'timeout')
    .judge('change:2:stage:2', web, 'effect-partial', { symptom: 'timeout', declared: 'timeout' })
  const told = cell(valid(journal), 'open-link', 'web')
  expect(told.change).toMatchObject({ window: 'change:2:stage:2', judgement: 'effect-partial' })
  expect(told.declared).toBe('timeout')
  expect(told.sample).toMatchObject({ window: 'change:2:stage:2', exchange: null })
})

test('worse judgements win in this order', () => {
  const order = [
    'holds',
    'effect',
    'undecided',
    'effect-absent',
    'effect-partial',
    'broken',
  ] as const
  for (const [index, worse] of order.entries()) {
    for (const better of order.slice(0, index)) {
      const journal = upToBaseline().open('change:1:stage:1').open('change:1:stage:2')
      journal.judge('change:1:stage:1', web, worse).judge('change:1:stage:2', web, better)
      expect(cell(summarize(journal.events), 'open-link', 'web').change?.judgement).toBe(worse)
    }
  }
})

test('the sample shows the symptom that is told, not an earlier one of another kind', () => {
  const journal = upToBaseline().open('change:1', planChange.name)
  journal.sample('change:1', web, 'reset', planExchange(web, { status: 502 }))
  journal.sample('change:1', web, '403/467', planExchange(web))
  journal.judge('change:1', web, 'broken', { symptom: '403/467' })
  expect(cell(summarize(journal.events), 'open-link', 'web').sample?.exchange?.status).toBe(403)
})

test('samples between two windows count for neither', () => {
  const journal = upToBaseline().sample('transition', web, '500').open('change:1', planChange.name)
  journal.sample('transition', web, '500').sample('change:1', web)
  const told = cell(summarize(journal.events), 'open-link', 'web')
  expect(told.change).toMatchObject({ samples: 1, failures: 0, symptom: null })
  expect(told.baseline).toMatchObject({ judgement: 'holds' })
})

test('a baseline that failed is told with its sample, and nothing else took place', () => {
  const journal = new JournalBuilder().start({ expect: holds }).open('baseline')
  journal.sample('baseline', web, '500', planExchange(web, { status: 500 }))
  for (const one of twitterCells) {
    if (one.flow === web.flow && one.actor === web.actor) {
      journal.judge('baseline', one, 'broken', { symptom: '500' })
    } else journal.judge('baseline', one, 'holds')
  }
  const verdict: Verdict = inconclusive({ code: 'baseline-broken', message: 'sick', cell: web })
  const summary = valid(journal.end(verdict))
  expect(summary.reasons).toEqual([{ code: 'baseline-broken', message: 'sick', ...web }])
  expect(cell(summary, 'open-link', 'web')).toMatchObject({
    baseline: { judgement: 'broken' },
    change: null,
    recovery: null,
    sample: { window: 'baseline', exchange: { status: 500 } },
  })
  expect(summary.changes[0]).toMatchObject({ replicas: [], explain: [], undone: false })
})

test('a change that was refused says by whom and why; refused outside traffic is listed', () => {
  const journal = upToBaseline().emit('change.failed', {
    change: planChange.name,
    replica: 'gateway-2',
    why: 'refused',
    message: 'plan.enforce must be a boolean',
  })
  journal.emit('outside', {
    seq: 1,
    askedAt: 0,
    from: 'link-1',
    method: 'GET',
    url: 'https://evil.test/',
    outcome: 'refused',
    note: 'no site handles it',
  })
  const summary = valid(journal.end(fail({ code: 'change-refused', message: 'refused' })))
  expect(summary.changes[0]?.refused).toBe('gateway-2 (refused): plan.enforce must be a boolean')
  expect(summary.outside).toEqual({
    requests: 1,
    refused: [
      { from: 'link-1', method: 'GET', url: 'https://evil.test/', note: 'no site handles it' },
    ],
  })
})

test.each<[string, JournalBuilder]>([
  ['no event at all', new JournalBuilder()],
  ['no start', new JournalBuilder().emit('interrupted', { signal: 'SIGINT' })],
  ['two runs', new JournalBuilder().start().start()],
])('%s is unreadable', (_name, journal) => {
  expect(() => summarize(journal.events)).toThrow(HarnessError)
})

test('a session of reproduce is told from a run', () => {
  const started = { args: ['reproduce', 'twitter-api-plan', '--open'] }
  expect(valid(incident({ started })).session).toBe('reproduce')
  expect(valid(incident()).session).toBeUndefined()
})
