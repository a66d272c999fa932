import {
  FlowFailure,
  seededRandom,
  type Actor,
  type Exchange,
  type Flow,
  type HttpClient,
  type HttpRequest,
  type HttpResponse,
  type PerformedFlow,
  type Writes,
} from '../core/index.ts'
import type { Clock } from './ports.ts'
import { attempt, defaultTimeoutMs } from './sampler.ts'
import { roundMs } from './round-ms.ts'

export interface FlowToPerform {
  readonly flow: Flow
  readonly actor: Actor
  readonly clientFor: (actor: Actor, signal: AbortSignal) => HttpClient
  readonly clock: Clock
  readonly seed: number
  readonly iteration: number
  readonly signal: AbortSignal
  /** Where the flow says what it writes. */
  readonly writes?: Writes
}

/** Runs a flow once, outside of all sampling, and keeps every exchange. */
export async function performFlow(given: FlowToPerform): Promise<PerformedFlow> {
  const { flow, actor, clock } = given
  const exchanges: Exchange[] = []
  const deadline = AbortSignal.timeout(flow.timeoutMs ?? defaultTimeoutMs)
  const signal = AbortSignal.any([given.signal, deadline])
  const startMs = clock.now()
  const failure = await attempt(flow, signal, {
    http: keeping(given.clientFor(actor, signal), exchanges),
    actor,
    random: seededRandom(given.seed),
    iteration: given.iteration,
    signal,
    ...(given.writes ? { writes: given.writes } : {}),
  })
  return {
    flow: flow.id,
    actor: actor.id,
    ok: failure === undefined,
    ...(failure ? { symptom: failure.symptom, message: failure.message } : {}),
    durationMs: roundMs(clock.now() - startMs),
    exchanges,
  }
}

function keeping(client: HttpClient, exchanges: Exchange[]): HttpClient {
  const request = async (asked: HttpRequest): Promise<HttpResponse> => {
    try {
      const response = await client.request(asked)
      exchanges.push(response.exchange)
      return response
    } catch (error) {
      if (error instanceof FlowFailure && error.exchange) exchanges.push(error.exchange)
      throw error
    }
  }
  return {
    request,
    get: (path, options = {}) => request({ ...options, method: 'GET', path }),
    post: (path, body, options = {}) => request({ ...options, method: 'POST', path, body }),
  }
}
