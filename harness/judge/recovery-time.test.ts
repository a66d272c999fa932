import { expect, it } from 'vitest'

import { reasonsOf, type JournalEvent, type Judgement } from '../core/index.ts'
import { checkRecoveryTime } from './recovery-time.ts'
import { event } from './test-history.ts'

type Step = readonly [atMs: number, what: 'undone'] | readonly [atMs: number, ...Judgement[]]

/** Windows that close at a moment, with what was judged in them, and undos. */
function history(...steps: readonly Step[]): JournalEvent[] {
  return steps.flatMap(([atMs, ...what], number): JournalEvent[] => {
    const at = (one: JournalEvent): JournalEvent => ({ ...one, atMs })
    if (what[0] === 'undone') {
      return [at(event('change.undone', { change: 'x', replicas: [], durationMs: 1 }))]
    }
    const window = { id: `w${number}`, kind: 'change' } as const
    const judged = (what as Judgement[]).map((judgement, i) =>
      event('cell.judged', {
        flow: `flow-${i}`,
        actor: 'web',
        window: window.id,
        judgement,
        evidence: { samples: 3, failures: 0, symptoms: {} } as never,
      }),
    )
    return [...judged.map(at), at(event('window.closed', { window, durationMs: 1 }))]
  })
}

it.each<[string, readonly Step[], string[]]>([
  [
    'in time',
    [
      [100, 'broken'],
      [200, 'undone'],
      [700, 'holds'],
    ],
    [],
  ],
  [
    'late',
    [
      [100, 'effect'],
      [200, 'undone'],
      [701, 'holds'],
    ],
    ['slow-recovery'],
  ],
  [
    'of nothing that was harmed',
    [
      [100, 'holds'],
      [200, 'undone'],
      [9_000, 'holds'],
    ],
    [],
  ],
  [
    'not that of a pause after it',
    [
      [100, 'effect'],
      [200, 'undone'],
      [500, 'holds'],
      [9_000, 'holds'],
      [9_100, 'undone'],
    ],
    [],
  ],
  [
    'of the first fault, although a later one came back at once',
    [
      [100, 'effect'],
      [200, 'undone'],
      [900, 'effect', 'holds'],
      [8_000, 'holds'],
      [8_100, 'undone'],
      [8_200, 'holds'],
    ],
    ['slow-recovery'],
  ],
  [
    'that was not seen',
    [
      [100, 'broken'],
      [200, 'undone'],
      [300, 'undecided'],
    ],
    ['no-data'],
  ],
  ['of what was never undone', [[100, 'broken']], ['no-data']],
])('recovery %s', (_, steps, codes) => {
  const verdict = checkRecoveryTime(history(...steps), 500)
  expect(reasonsOf(verdict).map(({ code }) => code)).toEqual(codes)
})

it('of a cell that held and broke in one window is that of a break', () => {
  const said = (window: string, judgement: Judgement) =>
    event('cell.judged', {
      flow: 'read',
      actor: 'web',
      window,
      judgement,
      evidence: { samples: 3, failures: 0, symptoms: {} } as never,
    })
  const at = (atMs: number, ...events: JournalEvent[]) => events.map((one) => ({ ...one, atMs }))
  const closed = (id: string) =>
    event('window.closed', { window: { id, kind: 'change' }, durationMs: 1 })
  const verdict = checkRecoveryTime(
    [
      ...at(50, said('w1', 'holds'), said('w1', 'broken'), closed('w1')),
      ...at(200, event('change.undone', { change: 'x', replicas: [], durationMs: 1 })),
      ...at(9_000, said('w2', 'holds'), closed('w2')),
    ],
    500,
  )
  expect(reasonsOf(verdict).map(({ code }) => code)).toEqual(['slow-recovery'])
})

it('is that of the step that did harm, whatever another one goes on doing', () => {
  const cell = (flow: string, window: string, judgement: Judgement) =>
    event('cell.judged', {
      flow,
      actor: 'web',
      window,
      judgement,
      evidence: { samples: 3, failures: 0, symptoms: {} } as never,
    })
  const watched = (id: string, change: string, openedMs: number, ...judged: Judgement[]) => {
    const window = { id, kind: 'change', change } as const
    const at = (one: JournalEvent, atMs = openedMs): JournalEvent => ({ ...one, atMs })
    return [
      at(event('change.applied', { change, replicas: ['a'], explain: [], durationMs: 1 })),
      at(event('window.opened', { window })),
      ...judged.map((judgement, i) => at(cell(`flow-${i}`, id, judgement))),
      at(event('window.closed', { window, durationMs: 1 }), openedMs + 50),
    ]
  }
  const undone = (change: string, atMs: number): JournalEvent => ({
    ...event('change.undone', { change, replicas: ['a'], durationMs: 1 }),
    atMs,
  })
  const until = (backMs: number) => [
    ...watched('change:1', 'fault', 100, 'effect', 'holds'),
    ...watched('change:2', 'plan', 200, 'effect', 'effect'),
    undone('plan', 300),
    ...watched('change:3', 'undo-plan', backMs, 'effect', 'holds'),
    undone('fault', 9_000),
    ...watched('recovery', 'end', 9_100, 'holds', 'holds'),
  ]
  expect(checkRecoveryTime(until(400), 500)).toEqual({ kind: 'pass' })
  expect(reasonsOf(checkRecoveryTime(until(6_000), 500)).map(({ code }) => code)).toEqual([
    'slow-recovery',
  ])
})

it.each([
  ['many failures', 40, 'after', ['slow-recovery']],
  ['one failure', 1, 'after', []],
  ['many failures in a later window', 40, 'later', []],
] as const)('a cell that held until then and has %s after the undo', (_, failures, when, codes) => {
  const evidence = { samples: 300, failures, symptoms: {} } as never
  const events = history([100, 'holds'], [200, 'undone'], [800, 'holds'], [2_000, 'holds']).map(
    (one) =>
      one.kind === 'cell.judged' && one.atMs === (when === 'after' ? 800 : 2_000)
        ? { ...one, evidence }
        : one,
  )
  expect(reasonsOf(checkRecoveryTime(events, 500)).map(({ code }) => code)).toEqual(codes)
})
