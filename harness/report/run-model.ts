import {
  addTraffic,
  cellKey,
  HarnessError,
  type CellId,
  type EventOf,
  type JournalEvent,
  type LinkTraffic,
  type SampleRecord,
  type WindowInfo,
  type WindowKind,
  wholeStack,
} from '../core/index.ts'
import { isLoadEnd, type LoadEnd } from './load-end.ts'

/** What was seen of one cell in one window. */
export interface CellTally {
  samples: number
  failures: number
  /** How often each symptom was seen. */
  readonly symptoms: Map<string, number>
  /** The first failure of each symptom. */
  readonly firstFailures: Map<string, SampleRecord>
  judged?: EventOf<'cell.judged'>
}

export interface WindowModel {
  readonly info: WindowInfo
  readonly openedMs: number
  closedMs?: number
  readonly cells: Map<string, CellTally>
}

/** A run in the order in which it is asked about, collected from its journal in one pass. Holds no samples but first failures. */
export interface RunModel {
  readonly started: EventOf<'run.started'>
  ready?: EventOf<'stack.ready'>
  phase?: EventOf<'phase'>
  /** In the order of opening. */
  readonly windows: Map<string, WindowModel>
  readonly applied: EventOf<'change.applied'>[]
  readonly failed: EventOf<'change.failed'>[]
  readonly undone: EventOf<'change.undone'>[]
  readonly undoFailed: EventOf<'undo.failed'>[]
  statusPage?: EventOf<'status.judged'>
  outsideRequests: number
  counted?: EventOf<'outside.counted'>
  /** What passed through links, by kind of window. */
  readonly traffic: Map<WindowKind | 'between', LinkTraffic>
  writes?: EventOf<'writes.checked'>
  readonly loadJudged: EventOf<'load.judged'>[]
  load?: EventOf<'load.summary'>
  /** Of a load test. */
  readonly loadEnds: LoadEnd[]
  readonly refusedOutside: EventOf<'outside'>[]
  interrupted?: EventOf<'interrupted'>
  /** Whether what runs the system went away during the run. */
  lost?: boolean
  reached?: EventOf<'verdict.reached'>
  ended?: EventOf<'run.ended'>
  compared?: EventOf<'baseline.compared'>
  lastMs: number
}

/** Throws HarnessError JOURNAL_UNREADABLE when the events are not those of one run. */
export function collectRun(events: Iterable<JournalEvent>): RunModel {
  const collector = new RunCollector()
  for (const event of events) collector.take(event)
  return collector.model
}

/** A run collected event by event. Both members throw HarnessError JOURNAL_UNREADABLE when the events are not those of one run. */
export class RunCollector {
  #model: RunModel | undefined

  take(event: JournalEvent): void {
    if (event.kind === 'run.started') {
      if (this.#model) {
        throw unreadable('the journal holds more than one run', 'Report each run alone.')
      }
      this.#model = emptyModel(event)
    } else if (!this.#model) {
      throw unreadable(`the journal begins with '${event.kind}', not with 'run.started'`)
    } else {
      note(this.#model, event)
    }
  }

  get model(): RunModel {
    if (this.#model) return this.#model
    throw unreadable('the journal is empty: not even the start of a run was written')
  }
}

function unreadable(
  message: string,
  hint = 'Pass the whole journal.ndjson of a run.',
): HarnessError {
  return new HarnessError('JOURNAL_UNREADABLE', message, { hint })
}

function emptyModel(started: EventOf<'run.started'>): RunModel {
  return {
    started,
    windows: new Map(),
    applied: [],
    failed: [],
    undone: [],
    undoFailed: [],
    outsideRequests: 0,
    traffic: new Map(),
    refusedOutside: [],
    loadJudged: [],
    loadEnds: [],
    lastMs: started.atMs,
  }
}

function note(model: RunModel, event: Exclude<JournalEvent, { kind: 'run.started' }>): void {
  model.lastMs = Math.max(model.lastMs, event.atMs)
  if (model.started.loadTest && isLoadEnd(event)) model.loadEnds.push(event)
  switch (event.kind) {
    case 'stack.ready':
      model.ready = event
      break
    case 'phase':
      model.phase = event
      break
    case 'window.opened':
      openWindow(model, event.window, event.atMs)
      break
    case 'window.closed':
      openWindow(model, event.window, event.atMs - event.durationMs).closedMs = event.atMs
      break
    case 'sample':
      noteSample(model, event)
      break
    case 'cell.judged':
      tallyOf(openWindow(model, windowFromId(event.window), event.atMs), event).judged = event
      if (model.lost) forgetBroken(model)
      break
    case 'change.applied':
      model.applied.push(event)
      break
    case 'change.failed':
      model.failed.push(event)
      break
    case 'change.undone':
      model.undone.push(event)
      break
    case 'undo.failed':
      model.undoFailed.push(event)
      break
    case 'status.judged':
      model.statusPage = event
      break
    case 'outside':
      model.outsideRequests += 1
      if (event.outcome === 'refused') model.refusedOutside.push(event)
      break
    case 'outside.counted':
      model.counted = event
      break
    case 'links.counted':
      addTraffic(model.traffic, event)
      break
    case 'writes.checked':
      model.writes = event
      break
    case 'load.judged':
      model.loadJudged.push(event)
      break
    case 'load.summary':
      model.load = event
      break
    case 'interrupted':
      model.interrupted = event
      break
    case 'verdict.reached':
      model.reached = event
      break
    case 'baseline.compared':
      model.compared = event
      break
    case 'run.ended':
      model.ended = event
      break
    case 'replica.exited':
      model.lost = model.lost === true || event.replica === wholeStack
      if (model.lost) forgetBroken(model)
      break
    case 'state.hashed':
    case 'status.read':
    case 'escape.checked':
    case 'answers.sampled':
    case 'fault.told':
    case 'safety.judged':
    case 'load.second':
    case 'load.figures':
    case 'resources.read':
    case 'leaks.judged':
    case 'load.breakpoint':
    case 'hand.acted':
    case 'flow.performed':
    case 'run.failed':
    case 'site.failed':
      break
    default:
      event satisfies never
  }
}

/** What runs the system went away: what broke then, or shortly before, broke by that. */
function forgetBroken({ windows }: RunModel): void {
  for (const tally of [...windows.values()].flatMap(({ cells }) => [...cells.values()])) {
    if (tally.judged?.judgement === 'broken') delete tally.judged
  }
}

function openWindow(model: RunModel, info: WindowInfo, openedMs: number): WindowModel {
  const known = model.windows.get(info.id)
  if (known) return known
  const opened = { info: named(info, model), openedMs, cells: new Map<string, CellTally>() }
  model.windows.set(info.id, opened)
  return opened
}

/** A window names its change by place ('change:2'); the name is filled in where it is missing. */
function named(info: WindowInfo, model: RunModel): WindowInfo {
  if (info.kind !== 'change' || info.change !== undefined) return info
  const place = Number(info.id.split(':')[1])
  const change = model.started.changes[place - 1]?.name
  return change === undefined ? info : { ...info, change }
}

function windowFromId(id: string): WindowInfo {
  const [kind, , , stage] = id.split(':')
  const kinds: readonly WindowKind[] = ['baseline', 'change', 'recovery']
  const known = kinds.find((candidate) => candidate === kind) ?? 'change'
  return stage === undefined ? { id, kind: known } : { id, kind: known, stage: Number(stage) }
}

function noteSample(model: RunModel, sample: EventOf<'sample'>): void {
  const window = model.windows.get(sample.window)
  if (!window) return // between two windows: the cell is judged in neither
  const tally = tallyOf(window, sample)
  tally.samples += 1
  if (sample.ok) return
  const symptom = sample.symptom ?? 'failed'
  tally.failures += 1
  tally.symptoms.set(symptom, (tally.symptoms.get(symptom) ?? 0) + 1)
  const first = tally.firstFailures.get(symptom)
  if (!first || (!first.exchange && sample.exchange)) tally.firstFailures.set(symptom, sample)
}

function tallyOf(window: WindowModel, cell: CellId): CellTally {
  const key = cellKey(cell)
  const known = window.cells.get(key)
  if (known) return known
  const tally = { samples: 0, failures: 0, symptoms: new Map(), firstFailures: new Map() }
  window.cells.set(key, tally)
  return tally
}

export function windowsOfKind(model: RunModel, kind: WindowKind): WindowModel[] {
  return [...model.windows.values()].filter((window) => window.info.kind === kind)
}
