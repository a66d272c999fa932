import { ErrorCode, HttpError, notFound } from './http-error.ts'
import type { Trace } from './trace.ts'
import { answerJson, NoAnswerError, Upstream, type UpstreamOptions } from './upstream.ts'

export interface ServiceIdentity {
  appId: string
  key: string
}

/** How media and link ask the gateway for what it owns: through its front door, as an app of their own. */
export class GatewayClient {
  readonly #upstream: Upstream

  constructor(baseUrl: string, identity: ServiceIdentity, settings: UpstreamOptions['settings']) {
    this.#upstream = new Upstream({
      service: 'gateway',
      baseUrl,
      headers: { 'x-app-id': identity.appId, 'x-app-key': identity.key },
      settings,
    })
  }

  /**
   * `what` names the thing for the message of a 404. A refusal by the gateway becomes 424 and not 502:
   * asking again will not help, and callers repeat a 502.
   */
  async get(path: string, what: string, trace: Trace): Promise<Record<string, unknown>> {
    const answer = await this.#call(path, trace)
    const { status } = answer
    if (status === 200) return answerJson(answer)
    if (status === 404) throw notFound(what)
    throw new HttpError(
      status < 500 ? 424 : 502,
      ErrorCode.upstream,
      `The gateway answered ${status} when asked for ${what}`,
      { detail: { service: 'gateway', status } },
    )
  }

  close(): Promise<void> {
    return this.#upstream.close()
  }

  async #call(path: string, trace: Trace): ReturnType<Upstream['call']> {
    try {
      return await this.#upstream.call({ path, trace })
    } catch (error) {
      if (!(error instanceof NoAnswerError)) throw error
      const detail = { service: 'gateway', reason: error.reason }
      throw new HttpError(502, ErrorCode.upstream, error.message, { detail, cause: error })
    }
  }
}
