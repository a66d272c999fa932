import type {
  CellId,
  EventBody,
  EventOf,
  Expectation,
  JournalEvent,
  JournalKind,
  Judgement,
  WindowInfo,
} from '../core/index.ts'
import { defaultJudgement } from './cell-judge.ts'

export const web = { flow: 'open-link', actor: 'web' }
const mobile = { flow: 'open-link', actor: 'mobile' }
const cells: readonly CellId[] = [web, mobile]

/** A judgement, or one with the symptom that was seen in every sample and what was declared. */
export type Finding =
  | Judgement
  | {
      readonly is: Judgement
      readonly symptoms?: Record<string, number>
      readonly declared?: string
    }

export interface Watched {
  /** Several: one after the other in the same window. */
  readonly web?: Finding | readonly Finding[]
  readonly mobile?: Finding
}

/** One window under a change. */
export interface ChangeWindow extends Watched {
  readonly change?: string
  readonly stage?: number
}

export interface HistoryOptions {
  readonly expect?: Expectation
  readonly changes?: readonly string[]
  readonly allowOutside?: readonly string[]
  readonly outside?: EventBody<'run.started'>['outside']
  readonly baseline?: Watched
  readonly windows?: readonly ChangeWindow[]
  readonly recovery?: Watched
  readonly before?: Readonly<Record<string, string>>
  readonly after?: Readonly<Record<string, string>>
  /** Put in right after the windows of changes. */
  readonly also?: readonly JournalEvent[]
}

const hashes = { 'gateway-1': 'aaa', 'gateway-2': 'aaa' }

/** The history of a run in which all went well, but for what the options say. */
export function historyOf(options: HistoryOptions = {}): JournalEvent[] {
  const {
    changes = ['plan'],
    windows = changes.map((change): ChangeWindow => ({ change })),
    before = hashes,
    after = hashes,
  } = options
  return [
    started(options, changes),
    event('state.hashed', { when: 'before', replicas: before }),
    ...watched({ id: 'baseline', kind: 'baseline' }, options.baseline),
    ...windows.flatMap(({ change = 'plan', stage, ...findings }, i) => {
      const id = `change:${i + 1}${stage === undefined ? '' : `:stage:${stage}`}`
      const staged = stage === undefined ? {} : { stage }
      return watched({ id, kind: 'change', change, ...staged }, findings)
    }),
    ...(options.also ?? []),
    event('state.hashed', { when: 'after', replicas: after }),
    ...watched({ id: 'recovery', kind: 'recovery' }, options.recovery),
  ]
}

export function event<K extends JournalKind>(kind: K, body: EventBody<K>): JournalEvent {
  return { kind, atMs: 0, ...body } as unknown as EventOf<K>
}

function started(options: HistoryOptions, changes: readonly string[]): JournalEvent {
  return event('run.started', {
    version: 1,
    runId: 'test',
    startedAt: '2026-11-24T00:00:00.000Z',
    scenario: 'test',
    title: 'A test',
    runtime: 'fake',
    seed: 1,
    args: [],
    versions: {},
    cells: cells.map((cell) => ({ ...cell, flowTitle: cell.flow, actorTitle: cell.actor })),
    changes: changes.map((name) => ({
      kind: name.startsWith('undo-') ? ('undo' as const) : ('change' as const),
      name,
      title: name,
      summary: name,
      service: 'gateway',
      effects: [],
    })),
    expect: options.expect ?? { kind: 'holds' },
    judgement: defaultJudgement,
    allowOutside: options.allowOutside ?? [],
    ...(options.outside === undefined ? {} : { outside: options.outside }),
  })
}

function watched(window: WindowInfo, findings: Watched = {}): JournalEvent[] {
  return [
    event('window.opened', { window }),
    ...[findings.web].flat().map((finding) => judged(window.id, web, finding)),
    judged(window.id, mobile, findings.mobile),
    event('window.closed', { window, durationMs: 500 }),
  ]
}

function judged(window: string, cell: CellId, finding: Finding = 'holds'): JournalEvent {
  const { is, symptoms, declared } =
    typeof finding === 'string'
      ? { is: finding, symptoms: undefined, declared: undefined }
      : finding
  const seen = symptoms ?? (is === 'broken' ? { '403/467': 12 } : {})
  const failures = Object.values(seen).reduce((sum, count) => sum + count, 0)
  return event('cell.judged', {
    ...cell,
    window,
    judgement: is,
    ...(declared === undefined ? {} : { declared }),
    evidence: {
      samples: 12,
      failures,
      symptoms: seen,
      eValue: 1,
      smallestDetectable: 0.2,
      judgedMs: 100,
    },
  })
}
