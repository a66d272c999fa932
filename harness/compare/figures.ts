import {
  cellKey,
  type AnswerField,
  type EventBody,
  type EventOf,
  type Expectation,
  type JournalEvent,
  type Judgement,
  type Verdict,
  type WindowKind,
} from '../core/index.ts'
import {
  reasonsByCell,
  standingOf,
  summarize,
  type CellOutcome,
  type SummaryCell,
} from '../report/index.ts'

/** Version of the format of baselines. */
export const figuresVersion = 1

/** What of a run is compared with other runs. As a file it is a baseline: small, in a stable order, without anything of the machine. */
export interface RunFigures {
  readonly format: 'aftershock-baseline'
  readonly version: typeof figuresVersion
  readonly scenario: string
  readonly title: string
  /** Ids of the runs that it is made from; figures are of the first, answers of all. */
  readonly runs: readonly string[]
  readonly runtime: string
  readonly verdict: Verdict['kind']
  readonly expectation: Expectation['kind']
  readonly versions: Readonly<Record<string, string>>
  readonly git: { readonly head: string; readonly dirty: boolean } | null
  /** Of each service at the start. */
  readonly configuration: Readonly<Record<string, unknown>>
  /** What each change altered. */
  readonly changes: readonly { readonly name: string; readonly explain: readonly string[] }[]
  readonly cells: readonly CellFigures[]
  readonly answers: readonly AnswerFigures[]
}

export interface CellFigures {
  readonly flow: string
  readonly actor: string
  readonly windows: Readonly<Partial<Record<WindowKind, WindowFigures>>>
  /** Present where it broke under a change just as the scenario says. */
  readonly brokeAsSaid?: true
  /** Of flows that went well, in ms, ascending, at most 60: with no change in force, and with one. */
  readonly undisturbedMs: readonly number[]
  readonly changedMs: readonly number[]
}

export interface WindowFigures {
  readonly judgement: Judgement
  readonly symptom?: string
  readonly samples: number
  readonly failures: number
}

export interface AnswerFigures {
  readonly flow: string
  readonly actor: string
  readonly window: WindowKind
  readonly request: string
  readonly samples: number
  readonly statuses: readonly string[]
  readonly fields: Readonly<Record<string, AnswerField>>
}

const mostLatencies = 60

/** The figures of one run. Throws HarnessError JOURNAL_UNREADABLE for what is no journal of a run. */
export function figuresOf(events: readonly JournalEvent[]): RunFigures {
  const summary = summarize(events)
  const latencies = collectLatencies(events)
  const reasons = reasonsByCell(summary.reasons)
  const isAsSaid = (cell: SummaryCell) => standingOf(summary, cell, reasons) === 'expected'
  const state = events.find((event) => event.kind === 'state.hashed')
  const pages = events.filter((event) => event.kind === 'answers.sampled')
  return {
    format: 'aftershock-baseline',
    version: figuresVersion,
    scenario: summary.scenario,
    title: summary.title,
    runs: [summary.runId],
    runtime: summary.runtime,
    verdict: summary.verdict,
    expectation: summary.expectation,
    versions: sorted(summary.versions),
    git: summary.git,
    configuration: sorted(state?.documents ?? {}),
    changes: summary.changes.map(({ name, explain }) => ({ name, explain })),
    cells: summary.cells
      .map((cell) => cellFigures(cell, latencies, isAsSaid(cell)))
      .toSorted((a, b) => compareText(cellKey(a), cellKey(b))),
    answers: pages.map(answerFigures).toSorted((a, b) => compareText(answerKey(a), answerKey(b))),
  }
}

export function answerKey({
  flow,
  actor,
  window,
  request,
}: Pick<AnswerFigures, 'flow' | 'actor' | 'window' | 'request'>): string {
  return `${flow} × ${actor} ${window} ${request}`
}

export function commitOf({ git }: RunFigures): string {
  return git ? `${git.head.slice(0, 12)}${git.dirty ? ' (dirty)' : ''}` : 'unknown'
}

interface Latencies {
  readonly undisturbedMs: Map<string, number[]>
  readonly changedMs: Map<string, number[]>
}

function collectLatencies(events: readonly JournalEvent[]): Latencies {
  const found: Latencies = { undisturbedMs: new Map(), changedMs: new Map() }
  for (const event of events) {
    if (event.kind !== 'sample' || !event.ok || event.window === 'transition') continue
    const into = event.window.startsWith('change') ? found.changedMs : found.undisturbedMs
    const key = cellKey(event)
    const known = into.get(key)
    if (known) known.push(event.durationMs)
    else into.set(key, [event.durationMs])
  }
  return found
}

function cellFigures(cell: SummaryCell, latencies: Latencies, isAsSaid: boolean): CellFigures {
  const { flow, actor, baseline, change, recovery } = cell
  const key = cellKey(cell)
  return {
    flow,
    actor,
    windows: {
      ...(baseline ? { baseline: windowFigures(baseline) } : {}),
      ...(change ? { change: windowFigures(change) } : {}),
      ...(recovery ? { recovery: windowFigures(recovery) } : {}),
    },
    ...(change?.judgement === 'broken' && isAsSaid ? { brokeAsSaid: true } : {}),
    undisturbedMs: thinned(latencies.undisturbedMs.get(key) ?? []),
    changedMs: thinned(latencies.changedMs.get(key) ?? []),
  }
}

function windowFigures({ judgement, symptom, samples, failures }: CellOutcome): WindowFigures {
  return { judgement, ...(symptom === null ? {} : { symptom }), samples, failures }
}

/** Ascending; of more than 60 values as many evenly spaced ones, so that the distribution stays and no test gets more certain. */
function thinned(values: readonly number[]): number[] {
  const all = values.toSorted((a, b) => a - b)
  if (all.length <= mostLatencies) return all
  const step = all.length / mostLatencies
  return Array.from({ length: mostLatencies }, (_, i) => all[Math.floor((i + 0.5) * step)] ?? 0)
}

function answerFigures(page: EventOf<'answers.sampled'>): AnswerFigures {
  const { flow, actor, window, request, samples, statuses, fields }: EventBody<'answers.sampled'> =
    page
  return {
    flow,
    actor,
    window,
    request,
    samples,
    statuses: Object.keys(statuses),
    fields: sorted(fields),
  }
}

function sorted<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => compareText(a, b)))
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}
