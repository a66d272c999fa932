import { expect, it } from 'vitest'

import { reasonsOf, type JournalEvent } from '../core/index.ts'
import { judgeRun } from './run-judge.ts'
import { checkHandlers, unlessHandlersFailed } from './site-handlers.ts'
import { event, historyOf } from './test-history.ts'

const note = 'handler threw: TypeError: x is undefined\n    at news.ts:12:3'
const request = { from: 'link-1', method: 'GET', url: 'http://news.example/a' }

const asked = (more: { note?: string; status?: number; variant?: string } = {}): JournalEvent =>
  event('outside', { seq: 1, askedAt: 0, outcome: 'answered', ...request, ...more })
const aside = (message: string, known = true): JournalEvent =>
  event('site.failed', { failedAt: 0, message, ...(known ? { request } : {}) })

const messages = (events: JournalEvent[]) =>
  reasonsOf(checkHandlers(events)).map(({ message }) => message)

it('names each place where a handler failed once, with the request and the stack', () => {
  expect(
    messages([
      asked({ note, status: 500 }),
      asked({ note, status: 500 }),
      asked({ note: 'handler threw: Error: other', status: 500 }),
      asked({ note: 'no handler', status: 404 }),
      asked(),
    ]),
  ).toEqual([
    "the site's own handler failed on GET http://news.example/a, asked by link-1 (and 1× more), so this run proves nothing: TypeError: x is undefined\n    at news.ts:12:3",
    "the site's own handler failed on GET http://news.example/a, asked by link-1, so this run proves nothing: Error: other",
  ])
})

it('names what failed beside an answer too, with the request where it is known', () => {
  expect(messages([aside('Error: later', false), aside('Error: late')])).toEqual([
    "the site's own handler failed beside all requests, so this run proves nothing: Error: later",
    "the site's own handler failed on GET http://news.example/a, asked by link-1, so this run proves nothing: Error: late",
  ])
})

it('does not take for a failure what sites do on purpose', () => {
  expect(checkHandlers([asked({ status: 500 }), asked({ variant: 'resets' })]).kind).toBe('pass')
})

it.each([
  ['in an answer', asked({ note, status: 500 })],
  ['after it', aside('Error: late')],
])('blames nobody for cells that broke in a run in which a handler failed %s', (_, fault) => {
  const broken = { windows: [{ web: 'broken' as const }], recovery: { mobile: 'broken' as const } }
  expect(judgeRun(historyOf(broken)).kind).toBe('fail')
  const verdict = judgeRun(historyOf({ ...broken, also: [fault] }))
  expect(verdict.kind).toBe('inconclusive')
  expect(reasonsOf(verdict).map(({ code }) => code)).toEqual([
    'site-handler',
    'broken',
    'not-recovered',
  ])
  expect(reasonsOf(verdict)[1]?.message).toMatch(/so nobody is to blame$/)
})

it('is said beside a baseline that was broken by it', () => {
  const sick = { baseline: { web: 'broken' as const }, windows: [], also: [aside('Error: late')] }
  const reasons = reasonsOf(judgeRun(historyOf(sick)))
  expect(reasons.map(({ code }) => code)).toEqual(['site-handler', 'baseline-broken'])
})

it('leaves any other verdict as it is', () => {
  const verdict = judgeRun(historyOf({ windows: [{ web: 'broken' }] }))
  expect(unlessHandlersFailed([], verdict)).toBe(verdict)
  expect(unlessHandlersFailed([aside('Error: late')], { kind: 'pass' })).toEqual({ kind: 'pass' })
})
