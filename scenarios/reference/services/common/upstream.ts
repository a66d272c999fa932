import { setTimeout as sleep } from 'node:timers/promises'
import type { Agent } from 'undici'
import { isJsonObject } from './merge-patch.ts'
import type { RetrySettings, UpstreamSettings } from './schema-parts.ts'
import { outgoingTraceparent, type Trace } from './trace.ts'

export interface UpstreamCall {
  method?: 'GET' | 'POST'
  path: string
  headers?: Record<string, string>
  body?: string | Buffer
  trace: Trace
}

export interface UpstreamAnswer {
  status: number
  headers: Record<string, string>
  body: Buffer
}

/** No answer at all: refused, reset, or later than the limit. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError'
  readonly service: string
  readonly reason: 'connection' | 'timeout'

  constructor(service: string, reason: 'connection' | 'timeout', cause: unknown) {
    super(`${service} gave no answer (${reason})`, { cause })
    this.service = service
    this.reason = reason
  }
}

export interface UpstreamOptions {
  service: string
  baseUrl: string
  /** Sent with each call, e.g. the identity of the calling service. */
  headers?: Record<string, string>
  settings: () => { upstream: UpstreamSettings; retry: RetrySettings }
  random?: () => number
}

const RETRIED_STATUS = new Set([502, 503, 504])
const MAX_CONNECTIONS = 64

/** HTTP client for one other service, over kept connections. Answers of any status are values. */
export class Upstream {
  readonly service: string
  readonly #options: UpstreamOptions
  #agent: Promise<Agent> | undefined

  constructor(options: UpstreamOptions) {
    this.service = options.service
    this.#options = options
  }

  /**
   * Only GET is repeated, and only when there was no connection or the answer says 'try again'
   * (502, 503, 504). A timeout is not repeated: the caller has waited long enough.
   */
  async call(call: UpstreamCall): Promise<UpstreamAnswer> {
    const { retry } = this.#options.settings()
    const attempts = (call.method ?? 'GET') === 'GET' ? retry.max + 1 : 1
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#attempt(call)
      const mayPass =
        outcome instanceof NoAnswerError
          ? outcome.reason === 'connection'
          : RETRIED_STATUS.has(outcome.status)
      if (!mayPass || attempt >= attempts) {
        if (outcome instanceof NoAnswerError) throw outcome
        return outcome
      }
      await sleep(retryDelayMs(retry, attempt, this.#options.random ?? Math.random))
    }
  }

  async close(): Promise<void> {
    await (await this.#agent)?.destroy()
  }

  async #attempt(call: UpstreamCall): Promise<UpstreamAnswer | NoAnswerError> {
    const { service, baseUrl, settings } = this.#options
    const { timeoutMs } = settings().upstream
    this.#agent ??= createAgent()
    const agent = await this.#agent
    const controller = new AbortController()
    const timer = setTimeout(() => controller.abort(), timeoutMs)
    try {
      const answer = await agent.request({
        origin: baseUrl,
        path: call.path,
        method: call.method ?? 'GET',
        body: call.body ?? null,
        headers: {
          ...this.#options.headers,
          ...call.headers,
          traceparent: outgoingTraceparent(call.trace),
        },
        signal: controller.signal,
      })
      const body = Buffer.from(await answer.body.arrayBuffer())
      return { status: answer.statusCode, headers: flatten(answer.headers), body }
    } catch (error) {
      return new NoAnswerError(service, controller.signal.aborted ? 'timeout' : 'connection', error)
    } finally {
      clearTimeout(timer)
    }
  }
}

/** baseMs * 2^(attempt-1), of which the share `jitter` is random. attempt counts from 1. */
export function retryDelayMs(retry: RetrySettings, attempt: number, random: () => number): number {
  const full = retry.baseMs * 2 ** (attempt - 1)
  return full * (1 - retry.jitter + retry.jitter * random())
}

export function answerJson(answer: UpstreamAnswer): Record<string, unknown> {
  const value: unknown = JSON.parse(answer.body.toString('utf8'))
  if (!isJsonObject(value)) throw new TypeError('an upstream answered JSON that is no object')
  return value
}

async function createAgent(): Promise<Agent> {
  // undici costs 75 ms of CPU to load; a service is healthy before it first calls another.
  const { Agent } = await import('undici')
  return new Agent({ connections: MAX_CONNECTIONS })
}

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  )
}
