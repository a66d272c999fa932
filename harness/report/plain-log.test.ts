import { expect, test } from 'vitest'
import { fail, type JournalEvent } from '../core/index.ts'
import { createPlainLog } from './plain-log.ts'
import { incident, JournalBuilder, planChange } from './test-journal.ts'

const web = { flow: 'open-link', actor: 'web' }

function logOf(events: readonly JournalEvent[], width = 600): string[] {
  const log = createPlainLog(width)
  return events.map(log).filter((line) => line !== null)
}

test('a run is a page of lines, however many samples it took', () => {
  expect(logOf(incident().events)).toEqual([
    '    0 ms  twitter-api-plan: Twitter, 2023-03-06: API plans enforced without exempting the own clients (processes, seed 20230306, 57 cells)',
    '    0 ms  starting the stack',
    '   1.2 s  the stack is up after 1.2 s',
    '   1.2 s  measuring the steady state',
    '   2.1 s  baseline ended after 0.9 s: 0 of 57 cells broken',
    '   2.1 s  applying enforce API plans',
    `   2.1 s  applied 'enforce-plans' to gateway-1 and gateway-2: plan.enforce: false -> true; plan.exemptClients: ["web","mobile"] -> []`,
    '   2.1 s  watching what enforce API plans does',
    '   2.2 s  BROKEN with 403/467: timeline as visitor, 12 of 12 samples failed (first of its kind in change:1)',
    '   2.7 s  BROKEN with timeout: internal-lookup as svc-link, 12 of 12 samples failed (first of its kind in change:1)',
    '   3.0 s  change:1 ended after 0.9 s: 32 of 57 cells broken, 2 changed as declared',
    '   3.0 s  undoing enforce API plans',
    `   3.0 s  undone 'enforce-plans' on gateway-1 and gateway-2 in 60 ms`,
    '   3.0 s  waiting for the steady state',
    '   3.7 s  recovered in 0.8 s',
    '   3.7 s  stopping the stack',
    '   3.9 s  verdict: PASS',
    '   3.9 s  ended after 3.9 s: PASS',
  ])
})

test('what is wider than the terminal goes on below itself', () => {
  const lines = logOf(incident().events, 80).flatMap((text) => text.split('\n'))
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80)
  expect(lines.slice(0, 3)).toEqual([
    '    0 ms  twitter-api-plan: Twitter, 2023-03-06: API plans enforced without',
    '          exempting the own clients (processes, seed 20230306, 57 cells)',
    '    0 ms  starting the stack',
  ])
})

test('a step that is on no replica is taken, not applied to nothing', () => {
  const journal = new JournalBuilder().emit('change.applied', {
    change: 'undo-plan',
    replicas: [],
    explain: ["undo 'plan'"],
    durationMs: 1,
  })
  expect(logOf(journal.events)).toEqual(["    0 ms  took 'undo-plan': undo 'plan'"])
})

test('the status page is told when it changes', () => {
  const journal = new JournalBuilder()
  const read = (overall: 'operational' | 'degraded', error?: string) =>
    journal.emit('status.read', { overall, components: {}, ...(error ? { error } : {}) })
  read('operational')
  read('degraded')
  read('degraded')
  read('degraded', 'ECONNREFUSED 1')
  read('degraded', 'ECONNREFUSED 2')
  read('operational')
  expect(logOf(journal.events).map((line) => line.trim())).toEqual([
    '0 ms  status page: operational -> degraded',
    '0 ms  status page: degraded -> cannot be read (ECONNREFUSED 1)',
    '0 ms  status page: cannot be read -> operational',
  ])
})

test('a recovery in which cells stayed broken is not called recovered', () => {
  const journal = new JournalBuilder().start().open('recovery')
  journal.judge('recovery', web, 'broken', { symptom: '500' }).close('recovery')
  expect(logOf(journal.events).at(-1)).toContain('recovery ended after 0.8 s: 1 of 57 cells broken')
})

test('a cell that showed what is declared and broke in the same window is a broken one', () => {
  const journal = new JournalBuilder().start().open('change:1')
  journal.judge('change:1', web, 'effect', { symptom: '500' })
  journal.judge('change:1', web, 'broken', { symptom: '500' }).close('change:1')
  expect(logOf(journal.events).at(-1)).toMatch(/: 1 of 57 cells broken$/)
})

test('a verdict that is not pass comes with its first reason', () => {
  const journal = new JournalBuilder().emit('verdict.reached', {
    verdict: fail(
      { code: 'broken', message: 'broke', cell: web },
      { code: 'undo-failed', message: 'x' },
    ),
  })
  expect(logOf(journal.events)[0]).toContain(
    'verdict: FAIL: open-link as web: broke (and 1 more reason)',
  )
})

test('long differences are cut, with the rest counted', () => {
  const journal = new JournalBuilder().emit('change.applied', {
    change: planChange.name,
    replicas: ['g-1'],
    explain: ['a', 'b', 'c', 'd', 'e'],
    durationMs: 1,
  })
  expect(logOf(journal.events)[0]).toContain(`to g-1: a; b; c; and 2 more lines`)
})

test('lines are safe to print and bounded', () => {
  const journal = new JournalBuilder().emit('replica.exited', {
    replica: 'g-1',
    detail: `\x1b[2J\n${'x'.repeat(10_000)}`,
  })
  const [line = ''] = logOf(journal.events)
  expect(line).toContain('g-1 ended by itself: \\x1b[2J: x')
  expect(line.length).toBeLessThanOrEqual(510)
})
