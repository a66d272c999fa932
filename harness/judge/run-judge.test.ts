import { describe, expect, it } from 'vitest'

import {
  formatReason,
  reasonsOf,
  wholeStack,
  type Expectation,
  type JournalEvent,
  type OutsideRecord,
  type ReasonCode,
  type Verdict,
} from '../core/index.ts'
import { judgeRun } from './run-judge.ts'
import { event, historyOf, web, type HistoryOptions } from './test-history.ts'

const webBreaks: Expectation = {
  kind: 'reproduces',
  broken: [{ actors: ['web'], symptom: '403/467' }],
}
const pageLies: Expectation = { ...webBreaks, statusPageLies: true }
const pageAdmits: Expectation = { ...webBreaks, statusPageLies: false }

function asked(url: string, outcome: OutsideRecord['outcome'] = 'refused'): JournalEvent {
  return event('outside', { seq: 1, askedAt: 0, from: 'gateway-1', method: 'GET', url, outcome })
}

function answered(url: string, note?: string): JournalEvent {
  const told = note === undefined ? {} : { note }
  return { ...asked(url, 'answered'), ...told } as JournalEvent
}

function page(finding: { admitMs?: number; falseGreenMs: number; brokenMs: number }): JournalEvent {
  return event('status.judged', { falseRedMs: 0, ...finding })
}

function failed(why: 'refused' | 'noop' | 'unreachable'): HistoryOptions {
  const message = 'answered 422'
  return {
    windows: [],
    also: [event('change.failed', { change: 'plan', replica: 'gateway-1', why, message })],
  }
}

type Row = [name: string, options: HistoryOptions, kind: Verdict['kind'], reasons: string[]]

const passing: Row[] = [
  ['in which everything holds', {}, 'pass', []],
  ['with an effect as declared', { windows: [{ web: 'effect' }] }, 'pass', []],
  ['with a staged change that holds', { windows: [{ stage: 1 }, { stage: 2 }] }, 'pass', []],
  [
    'that reproduces what was expected',
    { expect: webBreaks, windows: [{ web: 'broken' }] },
    'pass',
    [],
  ],
  [
    'that reproduces it in the last of its stages',
    { expect: webBreaks, windows: [{ stage: 1 }, { stage: 2, web: 'broken' }] },
    'pass',
    [],
  ],
  [
    'that reproduces it with the last of its changes',
    {
      expect: webBreaks,
      changes: ['first', 'second'],
      windows: [{ change: 'first' }, { change: 'second', web: 'broken' }],
    },
    'pass',
    [],
  ],
  [
    'in which a replica dies of a reproduced incident',
    {
      expect: webBreaks,
      windows: [{ web: 'broken' }],
      also: [event('replica.exited', { replica: 'gateway-1', detail: 'exit code 1' })],
    },
    'pass',
    [],
  ],
  [
    'that asked an allowed host',
    { allowOutside: ['cdn.example'], also: [asked('https://cdn.example/a')] },
    'pass',
    [],
  ],
  ['that asked a mocked site', { also: [asked('https://news.example/', 'answered')] }, 'pass', []],
  [
    'whose status page lies as expected',
    {
      expect: pageLies,
      windows: [{ web: 'broken' }],
      also: [page({ falseGreenMs: 900, brokenMs: 900 })],
    },
    'pass',
    [],
  ],
  [
    'whose status page admits as expected',
    {
      expect: pageAdmits,
      windows: [{ web: 'broken' }],
      also: [page({ admitMs: 300, falseGreenMs: 300, brokenMs: 900 })],
    },
    'pass',
    [],
  ],
]

const failing: Row[] = [
  [
    'with a broken cell',
    { windows: [{ web: 'broken' }] },
    'fail',
    ["broken: open-link × web: broke under 'plan': 12 of 12 failed (100 %), 403/467 (12×)"],
  ],
  [
    'with a cell that broke in another way than declared',
    { windows: [{ web: { is: 'broken', symptoms: { timeout: 6 }, declared: '403/467' } }] },
    'fail',
    [
      "broken: open-link × web: broke under 'plan': 6 of 12 failed (50 %), timeout (6×), declared was 403/467",
    ],
  ],
  [
    'that breaks in its second stage',
    { windows: [{ stage: 1 }, { stage: 2, mobile: 'broken' }] },
    'fail',
    ["broken: open-link × mobile: broke under 'plan': 12 of 12 failed (100 %), 403/467 (12×)"],
  ],
  [
    'whose declared effect is absent',
    { windows: [{ web: { is: 'effect-absent', declared: '403/467' } }] },
    'fail',
    [
      'effect-absent: open-link × web: the declared effect 403/467 did not take effect: not seen in 12 samples',
    ],
  ],
  [
    'whose declared effect comes now and then',
    {
      windows: [{ web: { is: 'effect-partial', declared: '403/467', symptoms: { '403/467': 6 } } }],
    },
    'fail',
    [
      'effect-partial: open-link × web: the declared effect 403/467 came only now and then (6 of 12 failed (50 %), 403/467 (6×)), although every replica has the change',
    ],
  ],
  [
    'whose change is refused',
    failed('refused'),
    'fail',
    ["change-refused: gateway-1 refused 'plan': answered 422"],
  ],
  [
    'that does not reproduce',
    { expect: webBreaks },
    'fail',
    [
      'not-reproduced: open-link × web: was expected to break with 403/467, and held (0 of 12 failed)',
    ],
  ],
  [
    'that fails always where it is to fail now and then',
    {
      expect: { kind: 'reproduces', broken: [{ actors: ['web'], failing: 'some' }] },
      windows: [{ web: 'broken' }],
    },
    'fail',
    ['not-reproduced: 1 cell was expected to fail now and then, and failed every time (12 of 12)'],
  ],
  [
    'that fails now and then as it is to',
    {
      expect: { kind: 'reproduces', broken: [{ actors: ['web'], failing: 'some' }] },
      windows: [{ web: { is: 'broken', symptoms: { '403/467': 7 } } }],
    },
    'pass',
    [],
  ],
  [
    'that reproduces under none of its changes',
    { expect: webBreaks, changes: ['first', 'second'] },
    'fail',
    [
      'not-reproduced: open-link × web: was expected to break with 403/467, and held (0 of 12 failed)',
    ],
  ],
  [
    'that reproduces with another symptom',
    {
      expect: webBreaks,
      windows: [{ web: { is: 'broken', symptoms: { timeout: 9, '403/467': 3 } } }],
    },
    'fail',
    [
      'wrong-symptom: open-link × web: was expected to break with 403/467, and broke with timeout (9×), 403/467 (3×)',
    ],
  ],
  [
    'that breaks more than is expected',
    { expect: webBreaks, windows: [{ web: 'broken', mobile: 'broken' }] },
    'fail',
    ["broken: open-link × mobile: broke under 'plan': 12 of 12 failed (100 %), 403/467 (12×)"],
  ],
  [
    'that does not recover',
    { recovery: { web: { is: 'broken', symptoms: { timeout: 12 } } } },
    'fail',
    [
      'not-recovered: open-link × web: still failed after the undo: 12 of 12 failed (100 %), timeout (12×)',
    ],
  ],
  [
    'whose undo fails',
    {
      also: [event('undo.failed', { change: 'plan', replica: 'gateway-2', message: 'no answer' })],
    },
    'fail',
    ["undo-failed: 'plan' could not be undone on gateway-2: no answer"],
  ],
  [
    'whose configuration is not what it was',
    { after: { 'gateway-1': 'aaa', 'gateway-2': 'bbb' } },
    'fail',
    ['state-differs: after the undo the configuration of gateway-2 is not what it was'],
  ],
  [
    'with a replica whose configuration is gone afterwards',
    { after: { 'gateway-1': 'aaa' } },
    'fail',
    ['state-differs: after the undo the configuration of gateway-2 is not what it was'],
  ],
  [
    'whose status page admits although it was expected to lie',
    {
      expect: pageLies,
      windows: [{ web: 'broken' }],
      also: [page({ admitMs: 300, falseGreenMs: 300, brokenMs: 900 })],
    },
    'fail',
    [
      "status-page: the status page was expected to go on saying 'operational', and admitted the failure",
    ],
  ],
  [
    'whose status page lies although it was expected to admit',
    {
      expect: pageAdmits,
      windows: [{ web: 'broken' }],
      also: [page({ falseGreenMs: 900, brokenMs: 900 })],
    },
    'fail',
    ['status-page: the status page was expected to admit the failure, and never did'],
  ],
  [
    'that asked an unknown host twice',
    { also: [asked('https://evil.example/x'), asked('https://evil.example/x')] },
    'fail',
    [
      'outside-traffic: gateway-1 asked for https://evil.example/x (2×), which is outside of the mocked world: refused',
    ],
  ],
  [
    'that asked a site more often than allowed',
    {
      outside: { maxRequests: [{ host: 'news.example', atMost: 1 }] },
      also: [answered('https://news.example/x'), answered('https://news.example/y')],
    },
    'fail',
    ['outside-limit: news.example was to be asked 1× at most, and was asked 2×, by gateway-1 2×'],
  ],
  [
    'in which the engine goes away, whatever was seen then',
    {
      windows: [{ web: 'broken' }],
      also: [event('replica.exited', { replica: wholeStack, detail: 'the engine went away' })],
    },
    'inconclusive',
    ['no-data: the engine went away, so what was seen says nothing about the change'],
  ],
  [
    'in which a replica dies',
    { also: [event('replica.exited', { replica: 'gateway-1', detail: 'exit code 1' })] },
    'fail',
    ['replica-died: gateway-1 ended by itself: exit code 1'],
  ],
]

const open: Row[] = [
  [
    "in which a site's own handler threw",
    { also: [answered('https://news.example/x', 'handler threw: Error: no page')] },
    'inconclusive',
    [
      "site-handler: the site's own handler failed on GET https://news.example/x, asked by gateway-1, so this run proves nothing: Error: no page",
    ],
  ],
  [
    'whose baseline is broken',
    { baseline: { web: 'broken' }, windows: [] },
    'inconclusive',
    [
      'baseline-broken: open-link × web: already failed before any change (12 of 12 failed (100 %), 403/467 (12×)); the change was not applied',
    ],
  ],
  [
    'whose baseline was too short',
    { baseline: { web: 'undecided' }, windows: [] },
    'inconclusive',
    [
      'no-data: open-link × web: not enough was seen of it before the change (12 samples); the change was not applied',
    ],
  ],
  [
    'whose change altered nothing',
    failed('noop'),
    'inconclusive',
    ["change-is-noop: 'plan' altered nothing on gateway-1: answered 422"],
  ],
  [
    'whose change could not be applied',
    failed('unreachable'),
    'inconclusive',
    ["apply-failed: 'plan' could not be applied to gateway-1: answered 422"],
  ],
  [
    'with too little evidence under the change',
    { windows: [{ web: 'undecided' }] },
    'inconclusive',
    ['no-data: open-link × web: the evidence did not suffice: 0 of 12 failed'],
  ],
  [
    'with too little evidence for an expected break',
    { expect: webBreaks, windows: [{ web: 'undecided' }] },
    'inconclusive',
    ['no-data: open-link × web: the evidence did not suffice: 0 of 12 failed'],
  ],
  [
    'with too little evidence of recovery',
    { recovery: { mobile: 'undecided' } },
    'inconclusive',
    ['no-data: open-link × mobile: the evidence did not suffice: 0 of 12 failed'],
  ],
  [
    'whose change was never watched',
    { windows: [] },
    'inconclusive',
    ["no-data: 'plan' was never watched"],
  ],
  [
    'that was interrupted',
    { also: [event('interrupted', { signal: 'SIGINT' })] },
    'inconclusive',
    ['interrupted: the run was stopped by SIGINT before it could be judged'],
  ],
  [
    'whose status page was never compared',
    { expect: pageLies, windows: [{ web: 'broken' }] },
    'inconclusive',
    ['no-data: the status page could not be compared with what users saw'],
  ],
  [
    'whose configuration could not be read afterwards',
    { after: { 'gateway-1': 'aaa', 'gateway-2': 'unreadable: paused' } },
    'inconclusive',
    [
      'no-data: whether the configuration of gateway-2 is what it was is not known (unreadable: paused)',
    ],
  ],
  [
    'whose configuration could not be read before',
    {
      before: { 'gateway-1': 'unreadable: refused' },
      after: { 'gateway-1': 'unreadable: refused' },
    },
    'inconclusive',
    [
      'no-data: the configuration of gateway-1 before the change is not known (unreadable: refused)',
    ],
  ],
]

describe.each([
  ['passes', passing],
  ['fails', failing],
  ['is inconclusive', open],
])('%s', (_verdict, rows) => {
  it.each(rows)('a run %s', (_name, options, kind, reasons) => {
    const verdict = judgeRun(historyOf(options))
    expect(verdict.kind).toBe(kind)
    expect(reasonsOf(verdict).map((reason) => `${reason.code}: ${formatReason(reason)}`)).toEqual(
      reasons,
    )
  })
})

it('has a history for each reason there is', () => {
  const reached = new Set<ReasonCode>(
    [...failing, ...open].flatMap(([, , , reasons]) =>
      reasons.map((reason) => reason.split(':')[0] as ReasonCode),
    ),
  )
  const all: Record<ReasonCode, true> = {
    broken: true,
    amplification: true,
    'effect-absent': true,
    'effect-partial': true,
    'change-refused': true,
    'not-reproduced': true,
    'wrong-symptom': true,
    'not-recovered': true,
    'undo-failed': true,
    'state-differs': true,
    'status-page': true,
    'outside-traffic': true,
    'outside-limit': true,
    'site-handler': true,
    'write-lost': true,
    'write-duplicated': true,
    'write-phantom': true,
    'slow-recovery': true,
    'escape-route': true,
    'replica-died': true,
    'baseline-broken': true,
    'no-data': true,
    'change-is-noop': true,
    'apply-failed': true,
    'checker-crashed': true,
    threshold: true,
    'broken-under-load': true,
    'slower-under-load': true,
    leak: true,
    'generator-limited': true,
    'run-failed': true,
    interrupted: true,
  }
  // The crash has a test of its own below, amplification, writes and promises have theirs in files of their own.
  const elsewhere = [
    'broken-under-load',
    'slower-under-load',
    'leak',
    'checker-crashed',
    'run-failed',
    'amplification',
    'write-lost',
    'write-duplicated',
    'write-phantom',
    'slow-recovery',
    'escape-route',
    'threshold',
    'generator-limited',
  ]
  expect([...reached, ...elsewhere].toSorted()).toEqual(Object.keys(all).toSorted())
})

it('says nothing about a journal without a start', () => {
  expect(judgeRun([])).toMatchObject({ kind: 'inconclusive', reasons: [{ code: 'no-data' }] })
})

it('says nothing when it was interrupted before the baseline', () => {
  const history = [historyOf()[0] as JournalEvent, event('interrupted', { signal: 'SIGTERM' })]
  const verdict = judgeRun(history)
  expect(verdict.kind).toBe('inconclusive')
  expect(reasonsOf(verdict).map(({ code }) => code)).toEqual(['interrupted', 'no-data'])
})

it('is inconclusive, and never a pass, when the checker itself throws', () => {
  const history = historyOf().map((one) =>
    one.kind === 'cell.judged'
      ? ({ ...one, evidence: undefined, judgement: 'broken' } as never)
      : one,
  )
  expect(judgeRun(history)).toMatchObject({
    kind: 'inconclusive',
    reasons: [{ code: 'checker-crashed' }],
  })
})

it('fails when one cell broke, although the run was interrupted afterwards', () => {
  const history = historyOf({
    windows: [{ web: 'broken' }],
    also: [event('interrupted', { signal: 'SIGINT' })],
  })
  const verdict = judgeRun(history)
  expect(verdict.kind).toBe('fail')
  expect(reasonsOf(verdict).map(({ code }) => code)).toEqual(['broken', 'interrupted'])
})

it.each(['cell.judged', 'state.hashed', 'run.started'] as const)(
  'never passes when any one event of the kind %s is missing',
  (kind) => {
    const history = historyOf({ windows: [{ stage: 1 }, { stage: 2 }] })
    for (const [i, one] of history.entries()) {
      if (one.kind !== kind) continue
      expect(judgeRun(history.toSpliced(i, 1)).kind, `without event ${i}`).toBe('inconclusive')
    }
  },
)

it('never passes a run that was cut off, wherever', () => {
  const history = historyOf({ expect: webBreaks, windows: [{ web: 'broken' }] })
  const last = history.findLastIndex(({ kind }) => kind === 'cell.judged')
  for (let length = 0; length <= last; length += 1) {
    expect(judgeRun(history.slice(0, length)).kind, `of ${length} events`).not.toBe('pass')
  }
})

it('names the cell of a reason', () => {
  expect(reasonsOf(judgeRun(historyOf({ windows: [{ web: 'broken' }] })))[0]?.cell).toEqual(web)
})

it('names addresses outside without their queries, and of a flood the first only', () => {
  const flood = Array.from({ length: 30 }, (_, i) => asked(`https://x.example/${i}`))
  const queries = Array.from({ length: 9 }, (_, i) => asked(`https://evil.example/p?k=${i}`))
  const messages = reasonsOf(judgeRun(historyOf({ also: [...queries, ...flood] }))).map(
    ({ message }) => message,
  )
  expect(messages).toHaveLength(21)
  expect(messages[0]).toBe(
    'gateway-1 asked for https://evil.example/p?… with 9 queries (9×), which is outside of the mocked world: refused',
  )
  expect(messages[20]).toBe('11 more addresses were asked for (11×), of x.example')
})

it('of a session in which a person took the step again, says once what it broke, and nothing of the signal that ended it', () => {
  const history = historyOf({
    windows: [{ web: 'broken' }, { web: 'broken' }],
    also: [event('phase', { phase: 'live', text: 'staying up' })],
  })
  const verdict = judgeRun([...history, event('interrupted', { signal: 'SIGINT' })])
  expect(reasonsOf(verdict).map(({ code }) => code)).toEqual(['broken'])
})
