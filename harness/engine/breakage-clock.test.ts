import { expect, it } from 'vitest'

import type { EventBody, Fault, JournalEvent, JournalKind, Judgement } from '../core/index.ts'
import { BreakageClock } from './observers.ts'

const fault: Fault = {
  kind: 'fault',
  name: 'media-dies',
  title: 'media dies',
  summary: 'media dies',
  effects: [{ flows: ['view'], becomes: '*', optional: true }],
  validate: () => [],
  inject: () => Promise.reject(new Error('is not injected here')),
}

function event<K extends JournalKind>(kind: K, atMs: number, body: EventBody<K>): JournalEvent {
  return { seq: 1, atMs, kind, ...body } as unknown as JournalEvent
}

/** The page is red from 1 s to 3 s, while one cell fails. */
function falseRedMs(flow: string, judgement: Judgement): number | undefined {
  const clock = new BreakageClock([fault])
  const read = (atMs: number, overall: 'operational' | 'outage') =>
    clock.listen(event('status.read', atMs, { overall, components: {} }))
  const fails = (startMs: number) =>
    clock.listen(
      event('sample', startMs + 100, {
        flow,
        actor: 'web',
        window: 'change:1',
        ok: false,
        startMs,
        durationMs: 100,
      }),
    )
  read(0, 'operational')
  clock.changeApplied(500)
  read(1_000, 'outage')
  fails(1_000)
  fails(2_900)
  read(3_000, 'operational')
  const evidence = { samples: 2, failures: 2, symptoms: {} } as never
  clock.listen(
    event('cell.judged', 3_000, { flow, actor: 'web', window: 'change:1', judgement, evidence }),
  )
  return clock.finding(4_000)?.falseRedMs
}

it('a page that tells of what a fault does, as declared, is not falsely red', () => {
  expect(falseRedMs('view', 'effect')).toBe(0)
})

it('of what fails, and is not decided, it is not known to be falsely red', () => {
  expect(falseRedMs('other', 'undecided')).toBe(0)
})

it('nor one that tells of it while no window is open, or none in which enough was seen', () => {
  expect(falseRedMs('view', 'holds')).toBe(0)
})

it('of what no step declares, and of cells that hold, it is', () => {
  expect(falseRedMs('other', 'effect')).toBe(2_000)
  expect(falseRedMs('other', 'holds')).toBe(2_000)
})

it('a page has admitted only once users were seen to fail after what it said', () => {
  const clock = new BreakageClock()
  const cell = { flow: 'view', actor: 'web', window: 'change:1' }
  const fails = (startMs: number) =>
    clock.listen(event('sample', startMs + 100, { ...cell, ok: false, startMs, durationMs: 100 }))
  clock.changeApplied(500)
  fails(1_000)
  const evidence = { samples: 1, failures: 1, symptoms: {} } as never
  clock.listen(event('cell.judged', 1_200, { ...cell, judgement: 'broken', evidence }))
  clock.listen(event('status.read', 1_500, { overall: 'outage', components: {} }))
  expect(clock.hasAdmittedSince(1_000)).toBe(false)
  fails(1_600)
  expect(clock.hasAdmittedSince(1_500)).toBe(true)
  expect(clock.hasAdmittedSince(1_501)).toBe(false)
})

it('a cell that was proven to hold in between was not broken all the time', () => {
  const clock = new BreakageClock()
  const cell = { flow: 'view', actor: 'web' }
  const evidence = { samples: 2, failures: 2, symptoms: {} } as never
  const fails = (startMs: number, window: string) =>
    clock.listen(
      event('sample', startMs + 100, { ...cell, window, ok: false, startMs, durationMs: 100 }),
    )
  const judged = (atMs: number, window: string, judgement: Judgement) =>
    clock.listen(event('cell.judged', atMs, { ...cell, window, judgement, evidence }))
  clock.listen(event('status.read', 0, { overall: 'operational', components: {} }))
  clock.changeApplied(500)
  fails(1_000, 'change:1')
  judged(1_200, 'change:1', 'broken')
  fails(1_400, 'recovery:1')
  judged(2_000, 'recovery:1', 'holds')
  fails(9_000, 'change:2')
  judged(9_200, 'change:2', 'broken')
  expect(clock.finding(10_000)).toMatchObject({ brokenMs: 600, falseGreenMs: 600 })
})

/** Of a cell that fails, and does not, as `ok` says every 50 ms: what a page says of it that turns as soon as a third of a sample later. */
function pageOf(ok: readonly boolean[], lag = 0) {
  const clock = new BreakageClock()
  const cell = { flow: 'view', actor: 'web', window: 'change:1' }
  clock.listen(event('status.read', 0, { overall: 'operational', components: {} }))
  clock.changeApplied(0)
  for (const [i, isOk] of ok.entries()) {
    const startMs = 1_000 + i * 50
    clock.listen(event('sample', startMs + 40, { ...cell, ok: isOk, startMs, durationMs: 40 }))
    const overall = (ok[i - lag] ?? true) ? 'operational' : 'outage'
    clock.listen(event('status.read', startMs + 15, { overall, components: {} }))
  }
  const overMs = 990 + ok.length * 50
  clock.listen(event('status.read', overMs, { overall: 'operational', components: {} }))
  const evidence = { samples: 1, failures: 1, symptoms: {} } as never
  clock.listen(event('cell.judged', 9_000, { ...cell, judgement: 'broken', evidence }))
  return clock.finding(10_000)
}

const row = (length: number, ok: boolean) => Array.from({ length }, () => ok)

it('a page that turns with each outage of a cell that is down now and then says nothing false', () => {
  const flaps = [...row(4, false), ...row(20, true), ...row(4, false), ...row(20, true)]
  expect(pageOf([...flaps, false, false, false])).toMatchObject({
    brokenMs: 190 + 190 + 140,
    falseGreenMs: 45,
    falseRedMs: 0,
  })
})

it('a page that tells of outages when each is over has told of them', () => {
  const flaps = [...row(4, false), ...row(20, true), ...row(4, false), ...row(20, true), false]
  expect(pageOf(flaps, 6)).toMatchObject({ brokenMs: 190 + 190 + 40, admitMs: 315, falseRedMs: 0 })
})

it('a cell that fails now and then was not well in between, whatever the page said', () => {
  const chance = [false, ...row(30, true), false, ...row(30, true), false, true, false]
  expect(pageOf(chance)).toMatchObject({ brokenMs: 64 * 50 + 40 })
})

it('what fails while a step by hand is in force is not put down to the change, and a page that tells of it is not falsely red', () => {
  const clock = new BreakageClock([fault])
  const cell = { flow: 'other', actor: 'web' }
  const evidence = { samples: 2, failures: 2, symptoms: {} } as never
  const fails = (startMs: number, window = 'transition') =>
    clock.listen(
      event('sample', startMs + 100, { ...cell, window, ok: false, startMs, durationMs: 100 }),
    )
  const read = (atMs: number, overall: 'operational' | 'outage') =>
    clock.listen(event('status.read', atMs, { overall, components: {} }))
  const step = { change: 'by-hand-1', replicas: ['gateway-1'], durationMs: 5 }
  read(0, 'operational')
  clock.changeApplied(500)
  clock.listen(event('change.applied', 500, { ...step, change: 'media-dies', explain: [] }))
  fails(1_000, 'change:1')
  fails(1_400)
  clock.listen(
    event('cell.judged', 1_500, { ...cell, window: 'change:1', judgement: 'broken', evidence }),
  )
  clock.listen(event('change.applied', 2_000, { ...step, explain: [] }))
  fails(2_100)
  read(3_000, 'outage')
  fails(5_900)
  read(6_000, 'operational')
  clock.listen(event('change.undone', 6_000, step))
  fails(7_000)
  fails(7_400)
  const { brokenMs, falseRedMs } = clock.finding(8_000) ?? {}
  expect({ brokenMs, falseRedMs }).toEqual({ brokenMs: 1_000, falseRedMs: 0 })
})
