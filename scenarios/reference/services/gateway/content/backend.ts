import { ErrorCode, HttpError } from '../../common/http-error.ts'
import { isJsonObject } from '../../common/merge-patch.ts'
import {
  answerJson,
  NoAnswerError,
  type Upstream,
  type UpstreamAnswer,
  type UpstreamCall,
} from '../../common/upstream.ts'

/** Statuses that tell the user about their own request. Anything else is the site's own trouble. */
const ABOUT_THE_REQUEST: readonly number[] = [404, 413, 415, 416, 422, 429]

/** One of the services behind the gateway. Its failures become the gateway's answers. */
export class Backend {
  readonly #upstream: Upstream
  readonly #addresses: () => readonly string[]

  constructor(upstream: Upstream, addresses: () => readonly string[]) {
    this.#upstream = upstream
    this.#addresses = addresses
  }

  async json(
    call: UpstreamCall,
    expected: number,
    passed: readonly number[] = ABOUT_THE_REQUEST,
  ): Promise<Record<string, unknown>> {
    return answerJson(await this.answer(call, [expected], passed))
  }

  /** Throws an HttpError unless the status is one of `expected`; `passed` ones reach the user as they are. */
  async answer(
    call: UpstreamCall,
    expected: readonly number[],
    passed: readonly number[] = ABOUT_THE_REQUEST,
  ): Promise<UpstreamAnswer> {
    const answer = await this.#reach(call)
    if (expected.includes(answer.status)) return answer
    if (passed.includes(answer.status)) throw passedOn(answer)
    const service = this.#upstream.service
    throw new HttpError(502, ErrorCode.upstream, `The ${service} service failed`, {
      detail: { service, status: answer.status },
    })
  }

  async #reach(call: UpstreamCall): Promise<UpstreamAnswer> {
    if (this.#addresses().length === 0) {
      const { service } = this.#upstream
      throw new HttpError(502, ErrorCode.upstream, `The ${service} service has no address`, {
        detail: { service, status: null, reason: 'no address' },
      })
    }
    try {
      return await this.#upstream.call(call)
    } catch (error) {
      if (!(error instanceof NoAnswerError)) throw error
      const { service, reason } = error
      throw new HttpError(502, ErrorCode.upstream, `The ${service} service gave no answer`, {
        detail: { service, status: null, reason },
        cause: error,
      })
    }
  }
}

/** A link may be refused for where it leads; the user is to know. */
export const LINK_STATUSES: readonly number[] = [...ABOUT_THE_REQUEST, 403]

function passedOn(answer: UpstreamAnswer): HttpError {
  const [item] = errorItems(answer)
  const message =
    typeof item?.['message'] === 'string' ? item['message'] : 'The request was refused'
  const code = typeof item?.['code'] === 'number' ? item['code'] : ErrorCode.badRequest
  const retryAfter = answer.headers['retry-after']
  const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter }
  return new HttpError(answer.status, code, message, { headers })
}

function errorItems(answer: UpstreamAnswer): Record<string, unknown>[] {
  const contentType = answer.headers['content-type'] ?? ''
  if (!contentType.startsWith('application/json')) return []
  const { errors } = answerJson(answer)
  return Array.isArray(errors) ? errors.filter(isJsonObject) : []
}
