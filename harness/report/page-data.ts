import {
  cellKey,
  type Evidence,
  type EventOf,
  type Exchange,
  type Expectation,
  type JournalEvent,
  type Judgement,
  type SampleRecord,
  type WindowKind,
} from '../core/index.ts'
import { renderLoadTest } from './load-test.ts'
import { HandFold, type HandStep } from './page-by-hand.ts'
import { OutsideFold, type OutsideRow } from './page-outside.ts'
import { LoadFold, type LoadSpan } from './page-load.ts'
import { pageSentence } from './page-sentence.ts'
import { TimelineFold, type Timeline } from './page-timeline.ts'
import { RunCollector, type RunModel } from './run-model.ts'
import { summarizeModel } from './summary.ts'
import type { Summary } from './summary-types.ts'
import { inOrder, mapStrings } from './text.ts'

/** All that the viewer shows. Plain data, bounded by the number of cells and not by the length of the run. */
export interface PageData {
  readonly sentence: string
  readonly summary: Summary
  readonly description: string
  readonly expect: Expectation
  readonly falseAlarm: number
  readonly endMs: number
  readonly timeline: Timeline
  /** Empty without a load. */
  readonly load: readonly LoadSpan[]
  readonly spans: readonly PageSpan[]
  readonly marks: readonly PageMark[]
  /** Steps that a person took beside those of the scenario. */
  readonly byHand: readonly HandStep[]
  readonly status: readonly StatusSpan[]
  readonly failures: readonly PageFailure[]
  readonly evidence: readonly PageEvidence[]
  readonly outside: readonly OutsideRow[]
  /** Lines of services by trace id, from their logs. */
  readonly logs: Readonly<Record<string, readonly LogLine[]>>
  /** What a load test came to, as lines; empty of other runs. */
  readonly loadTest: string
  readonly reproduce: string
}

/** A window that was judged. */
export interface PageSpan {
  readonly id: string
  readonly kind: WindowKind
  readonly change: string
  readonly fromMs: number
  readonly toMs: number
}

export interface PageMark {
  readonly atMs: number
  /** When it began, of what takes time. */
  readonly fromMs?: number
  readonly kind: 'applied' | 'undone' | 'failed' | 'exited' | 'interrupted' | 'hand'
  readonly text: string
}

export interface StatusSpan {
  readonly fromMs: number
  toMs: number
  readonly overall: string
}

/** The first failure of a cell in a window that shows this symptom; of a load, whose window is 'load', the first that shows it at all. */
export interface PageFailure {
  readonly flow: string
  readonly actor: string
  readonly window: string
  readonly symptom: string
  readonly message: string
  readonly atMs: number
  readonly exchange: Exchange | null
}

export interface PageEvidence extends Evidence {
  readonly flow: string
  readonly actor: string
  readonly window: string
  readonly judgement: Judgement
  readonly declared: string | null
}

export interface LogLine {
  readonly replica: string
  readonly line: string
}

const mostMarks = 200
const pageColumns = 100
const mostStatusSpans = 400
const mostFailures = 400
const mostEvidence = 2_000

/** Takes a journal in, event by event, and holds only what the page shows. */
export class PageFold {
  readonly #run = new RunCollector()
  readonly #timeline = new TimelineFold()
  readonly #outside = new OutsideFold()
  readonly #load = new LoadFold()
  readonly #byHand = new HandFold()
  readonly #marks: PageMark[] = []
  readonly #status: StatusSpan[] = []

  readonly take = (event: JournalEvent): void => {
    this.#run.take(event)
    this.#byHand.take(event)
    switch (event.kind) {
      case 'sample':
        return this.#timeline.take(event)
      case 'outside':
        return this.#outside.take(event)
      case 'load.second':
        return this.#load.take(event)
      case 'status.read':
        return this.#takeStatus(event)
      case 'phase':
        if (event.phase === 'applying') this.#timeline.cut(event.atMs)
        return
      case 'hand.acted':
        this.#timeline.cut(event.atMs)
        return this.#mark(event.atMs, 'hand', `by hand: ${event.text}`)
      case 'flow.performed':
        return this.#mark(
          event.atMs,
          'hand',
          `by hand: ${event.flow} as ${event.actor} ${event.ok ? 'works' : (event.symptom ?? 'fails')}`,
        )
      case 'change.applied':
        return this.#mark(
          event.atMs,
          'applied',
          event.replicas.length === 0
            ? event.change
            : `${event.change} applied to ${event.replicas.join(', ')}`,
          event.atMs - event.durationMs,
        )
      case 'change.undone':
        this.#timeline.cut(event.atMs)
        return this.#mark(
          event.atMs,
          'undone',
          `${event.change} undone`,
          event.atMs - event.durationMs,
        )
      case 'change.failed':
        return this.#mark(event.atMs, 'failed', `${event.change} on ${event.replica}: ${event.why}`)
      case 'replica.exited':
        return this.#mark(event.atMs, 'exited', `${event.replica} ended`)
      case 'interrupted':
        return this.#mark(event.atMs, 'interrupted', event.signal)
      default:
        return
    }
  }

  /** The run, of what was taken so far. Throws JOURNAL_UNREADABLE before the start of a run was. */
  get model(): RunModel {
    return this.#run.model
  }

  /** The page of what was taken so far. Throws JOURNAL_UNREADABLE before the start of a run was. */
  data(logs: PageData['logs'] = {}): PageData {
    const model = this.#run.model
    const summary = summarizeModel(model)
    const { started } = model
    const texts: Omit<PageData, 'timeline' | 'load'> = {
      sentence: pageSentence(summary),
      summary,
      description: started.description ?? '',
      expect: started.expect,
      falseAlarm: started.judgement.falseAlarm,
      endMs: model.lastMs,
      spans: spansOf(model),
      marks: this.#marks,
      byHand: this.#byHand.data(),
      status: this.#status,
      failures: failuresOf(model, this.#byHand.failures()),
      evidence: evidenceOf(model),
      outside: this.#outside.data(),
      logs,
      loadTest: started.loadTest ? renderLoadTest(model.loadEnds, pageColumns) : '',
      reproduce: `npx aftershock ${started.loadTest ? 'load' : 'reproduce'} ${started.scenario} --seed ${started.seed} --runtime ${started.runtime}`,
    }
    return {
      ...mapStrings(texts, inOrder),
      timeline: this.#timeline.data(),
      load: this.#load.data(),
    }
  }

  #mark(atMs: number, kind: PageMark['kind'], text: string, fromMs = atMs): void {
    if (this.#marks.length >= mostMarks) return
    this.#marks.push({ atMs, ...(fromMs === atMs ? {} : { fromMs }), kind, text })
  }

  #takeStatus({ atMs, overall, error }: EventOf<'status.read'>): void {
    const state = error === undefined ? overall : 'unreadable'
    const last = this.#status.at(-1)
    if (last) last.toMs = atMs
    if (last?.overall === state || this.#status.length >= mostStatusSpans) return
    this.#status.push({ fromMs: atMs, toMs: atMs, overall: state })
  }
}

function spansOf(model: RunModel): PageSpan[] {
  return [...model.windows.values()].slice(0, mostMarks).map(({ info, openedMs, closedMs }) => ({
    id: info.id,
    kind: info.kind,
    change: info.change ?? '',
    fromMs: openedMs,
    toMs: closedMs ?? model.lastMs,
  }))
}

function failuresOf(model: RunModel, byHand: readonly SampleRecord[]): PageFailure[] {
  const samples = [...model.windows.values()]
    .flatMap(({ cells }) => [...cells.values()])
    .flatMap(({ firstFailures }) => [...firstFailures.values()])
  const found = [...samples, ...byHand]
    .toSorted((a, b) => a.startMs - b.startMs)
    .map(({ flow, actor, window, symptom = 'failed', message = '', startMs, exchange }) => ({
      flow,
      actor,
      window,
      symptom,
      message,
      atMs: startMs,
      exchange: exchange ?? null,
    }))
  const known = new Set(found.map((one) => `${cellKey(one)} ${one.symptom}`))
  const ofLoad = (model.load?.examples ?? []).flatMap((example): PageFailure[] =>
    known.has(`${cellKey(example)} ${example.symptom}`)
      ? []
      : [{ ...example, window: 'load', atMs: model.lastMs, exchange: example.exchange ?? null }],
  )
  return [...bounded(found, Math.max(mostFailures, model.started.cells.length)), ...ofLoad]
}

/** Of more than a page takes, each cell has one: the first under a change, or else its first. */
function bounded(found: readonly PageFailure[], most: number): PageFailure[] {
  const ofChangeFirst = found.toSorted(
    (a, b) => Number(b.window.startsWith('change:')) - Number(a.window.startsWith('change:')),
  )
  const firsts = new Set(
    [...Map.groupBy(ofChangeFirst, cellKey).values()].flatMap(([first]) => first ?? []),
  )
  const others = found.filter((one) => !firsts.has(one))
  const kept = new Set([...firsts, ...others].slice(0, most))
  return found.filter((one) => kept.has(one))
}

function evidenceOf(model: RunModel): PageEvidence[] {
  return [...model.windows.values()]
    .flatMap(({ info, cells }) =>
      [...cells.values()].flatMap(({ judged }) =>
        judged
          ? [
              {
                ...judged.evidence,
                flow: judged.flow,
                actor: judged.actor,
                window: info.id,
                judgement: judged.judgement,
                declared: judged.declared ?? null,
              },
            ]
          : [],
      ),
    )
    .slice(0, mostEvidence)
}

/** The trace ids of the exchanges that the page shows: the ones to look up in the logs. */
export function traceIdsOf(data: PageData): Set<string> {
  return new Set(data.failures.flatMap(({ exchange }) => exchange?.traceId ?? []))
}
