import type { EventOf, JournalEvent } from '../core/index.ts'

export interface LiveSecond {
  readonly atMs: number
  readonly wanted: number | undefined
  readonly started: number
  /** Of the slowest flow of this second, in ms; undefined when none ended. */
  readonly p95: number | undefined
}

/** When a change or fault came into force, or was taken back. */
export interface LiveMoment {
  readonly atMs: number
  readonly what: 'applied' | 'undone'
  readonly name: string
}

type FlowFigures = EventOf<'load.second'>['flows'][number]

/** What a person sees of a load while it goes on. Updated in place; its size does not depend on how long it runs. */
export interface LoadLive {
  /** The newest last. */
  readonly seconds: LiveSecond[]
  readonly moments: LiveMoment[]
  /** Of each flow its last second with an answer. */
  readonly flows: Map<string, FlowFigures>
  readonly symptoms: Map<string, number>
  inFlight: number
  ended: number
  dropped: number
}

const mostSeconds = 120
const mostMoments = 40
const shortestMs = 500

export function initialLoadLive(): LoadLive {
  return {
    seconds: [],
    moments: [],
    flows: new Map(),
    symptoms: new Map(),
    inFlight: 0,
    ended: 0,
    dropped: 0,
  }
}

export function reduceLoad(state: LoadLive, event: JournalEvent): void {
  switch (event.kind) {
    case 'load.second':
      return takeSecond(state, event)
    case 'change.applied':
    case 'change.undone': {
      const what = event.kind === 'change.applied' ? 'applied' : 'undone'
      state.moments.push({ atMs: event.atMs, what, name: event.change })
      if (state.moments.length > mostMoments) state.moments.shift()
      return
    }
    default:
  }
}

function takeSecond(state: LoadLive, event: EventOf<'load.second'>): void {
  const { atMs, overMs = 1_000, wanted, flows } = event
  const started = Math.round((event.started * 1_000) / Math.max(1, overMs))
  const p95 = flows.length === 0 ? undefined : Math.max(...flows.map((flow) => flow.p95))
  // The moment with which a load ends is no rate.
  if (overMs >= shortestMs) state.seconds.push({ atMs, wanted, started, p95 })
  if (state.seconds.length > mostSeconds) state.seconds.shift()
  for (const flow of flows) state.flows.set(flow.flow, flow)
  for (const [symptom, count] of Object.entries(event.symptoms)) {
    state.symptoms.set(symptom, (state.symptoms.get(symptom) ?? 0) + count)
  }
  state.inFlight = event.inFlight
  state.ended += event.ended
  state.dropped += event.dropped
}
