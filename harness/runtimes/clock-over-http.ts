import { HarnessError, describeError, type ClockPort, type ClockSpec } from '../core/index.ts'

/** The clock of one replica behind an authorised HTTP address. */
export class ClockOverHttp implements ClockPort {
  readonly #replica: string
  readonly #url: string
  readonly #token: string

  constructor(replica: string, baseUrl: string, { path }: ClockSpec, token: string) {
    this.#replica = replica
    this.#url = baseUrl + path
    this.#token = token
  }

  async move(offsetMs: number, signal: AbortSignal): Promise<void> {
    const answer = await this.#put({ offsetMs }, signal)
    if (answer === undefined) return
    const message = `the clock of ${this.#replica} cannot be moved by ${offsetMs} ms: ${answer}`
    throw new HarnessError('REPLICA_FAILED', message, {
      hint: `is ${this.#url} right, and does it take the bearer token?`,
    })
  }

  /** Why it did not do it; undefined when it did. */
  async #put(body: object, signal: AbortSignal): Promise<string | undefined> {
    try {
      const response = await fetch(this.#url, {
        method: 'PUT',
        headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal,
      })
      await response.body?.cancel()
      return response.status === 200 ? undefined : `it answered ${response.status}`
    } catch (error) {
      return describeError(error)
    }
  }
}
