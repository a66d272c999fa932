import {
  isFlowFailure,
  type FlowTrace,
  type HttpClient,
  type HttpOptions,
  type HttpRequest,
  type HttpResponse,
  type TracedRequest,
} from '../core/index.ts'
import type { Clock } from './ports.ts'
import { roundMs } from './round-ms.ts'

export interface TracedClient {
  readonly http: HttpClient
  /** What was asked until now, in the order of answers. */
  trace(): FlowTrace
}

/** A client whose requests are spans of one trace, after W3C Trace Context: what services log and send on then belongs to the flow. */
export function tracedClient(client: HttpClient, clock: Clock): TracedClient {
  const traceId = randomHex(16)
  const spanId = randomHex(8)
  const requests: TracedRequest[] = []
  const request = async (asked: HttpRequest): Promise<HttpResponse> => {
    const own = randomHex(8)
    const startMs = clock.now()
    const note = (exchange: { readonly url: string; readonly status?: number } | undefined) =>
      requests.push({
        spanId: own,
        method: asked.method,
        url: exchange?.url ?? asked.path,
        ...(exchange?.status === undefined ? {} : { status: exchange.status }),
        startMs: roundMs(startMs),
        durationMs: roundMs(clock.now() - startMs),
      })
    const headers = { traceparent: `00-${traceId}-${own}-01`, ...asked.headers }
    try {
      const answer = await client.request({ ...asked, headers })
      note(answer.exchange)
      return answer
    } catch (error) {
      note(isFlowFailure(error) ? error.exchange : undefined)
      throw error
    }
  }
  return {
    http: {
      request,
      get: (path: string, options: HttpOptions = {}) =>
        request({ ...options, method: 'GET', path }),
      post: (path: string, body?: unknown, options: HttpOptions = {}) =>
        request({ ...options, method: 'POST', path, body }),
    },
    trace: () => ({ traceId, spanId, requests }),
  }
}

function randomHex(bytes: number): string {
  const random = crypto.getRandomValues(new Uint8Array(bytes))
  return [...random].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
