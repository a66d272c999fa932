import {
  cellKey,
  type CellId,
  type EventOf,
  type JournalEvent,
  type Judgement,
  type Verdict,
} from '../core/index.ts'

import { initialLoadLive, reduceLoad, type LoadLive } from './load-live.ts'

/** A cell in the window that is open: not seen yet, seen, seen failing, or judged. */
export type LiveMark = 'waiting' | 'sampling' | 'failing' | Judgement

export interface LiveCell extends CellId {
  mark: LiveMark
}

/** What a person sees while a run goes on. Small and updated in place: `reduce` runs for each sample. */
export interface LiveState {
  scenario: string
  title: string
  runtime: string
  seed: number
  readonly flows: string[]
  readonly actors: string[]
  readonly cells: Map<string, LiveCell>
  changeTitles: readonly string[]
  text: string
  /** The window that is open, else undefined; the marks of the last one stay until the next opens. */
  window: string | undefined
  samples: number
  /** Samples per quarter of a second, the newest last, with the number of that quarter. */
  readonly recent: { quarter: number; samples: number }[]
  statusPage: string | undefined
  readonly load: LoadLive
  applied: readonly string[]
  verdict: Verdict['kind'] | undefined
}

const quarterMs = 250
/** The rate is told of this many full quarters. */
const rateQuarters = 8

export function initialLiveState(): LiveState {
  return {
    scenario: '',
    title: '',
    runtime: '',
    seed: 0,
    flows: [],
    actors: [],
    cells: new Map(),
    changeTitles: [],
    text: 'waiting for the run to start',
    window: undefined,
    samples: 0,
    recent: [],
    statusPage: undefined,
    load: initialLoadLive(),
    applied: [],
    verdict: undefined,
  }
}

/** Takes one event in. Alters `state` and returns it; costs the same however long the run is. */
export function reduce(state: LiveState, event: JournalEvent): LiveState {
  reduceLoad(state.load, event)
  switch (event.kind) {
    case 'run.started':
      return begin(state, event)
    case 'phase':
      state.text = event.text
      return state
    case 'window.opened':
      state.window = event.window.id
      for (const cell of state.cells.values()) cell.mark = 'waiting'
      return state
    case 'window.closed':
      state.window = undefined
      return state
    case 'sample':
      return takeSample(state, event)
    case 'cell.judged':
      return takeJudgement(state, event)
    case 'change.applied':
      state.applied = [...state.applied, event.change]
      return state
    case 'change.undone':
      state.applied = state.applied.filter((change) => change !== event.change)
      return state
    case 'status.read':
      state.statusPage = event.error === undefined ? event.overall : 'cannot be read'
      return state
    case 'verdict.reached':
    case 'run.ended':
      state.verdict = event.verdict.kind
      return state
    default:
      return state
  }
}

function begin(state: LiveState, event: EventOf<'run.started'>): LiveState {
  state.scenario = event.scenario
  state.title = event.title
  state.runtime = event.runtime
  state.seed = event.seed
  state.changeTitles = event.changes.map((change) => change.title)
  state.flows.push(...new Set(event.cells.map((cell) => cell.flow)))
  state.actors.push(...new Set(event.cells.map((cell) => cell.actor)))
  for (const { flow, actor } of event.cells) {
    state.cells.set(cellKey({ flow, actor }), { flow, actor, mark: 'waiting' })
  }
  return state
}

function takeSample(state: LiveState, sample: EventOf<'sample'>): LiveState {
  state.samples += 1
  const quarter = Math.floor(sample.atMs / quarterMs)
  const newest = state.recent.at(-1)
  if (newest && newest.quarter >= quarter) newest.samples += 1
  else state.recent.push({ quarter, samples: 1 })
  if (state.recent.length > rateQuarters + 1) state.recent.shift()
  const cell = state.cells.get(cellKey(sample))
  if (!cell || sample.window !== state.window) return state
  if (!sample.ok && (cell.mark === 'waiting' || cell.mark === 'sampling')) cell.mark = 'failing'
  else if (cell.mark === 'waiting') cell.mark = 'sampling'
  return state
}

function takeJudgement(state: LiveState, event: EventOf<'cell.judged'>): LiveState {
  const cell = state.cells.get(cellKey(event))
  if (cell && event.window === state.window) cell.mark = event.judgement
  return state
}

/** Samples per second over the last full quarters before `nowMs`, on the clock of the journal. */
export function samplesPerSecond(state: LiveState, nowMs: number): number {
  const current = Math.floor(nowMs / quarterMs)
  const quarters = Math.min(rateQuarters, current)
  if (quarters <= 0) return 0
  const counted = state.recent
    .filter(({ quarter }) => quarter < current && quarter >= current - quarters)
    .reduce((sum, { samples }) => sum + samples, 0)
  return (counted * 1000) / (quarters * quarterMs)
}
