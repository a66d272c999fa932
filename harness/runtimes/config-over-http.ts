import { createHash } from 'node:crypto'
import {
  HarnessError,
  type ConfigPort,
  type ConfigSnapshot,
  type HttpConfigSpec,
} from '../core/index.ts'

const answerExcerpt = 500

/** The configuration of one replica behind an authorised HTTP address: GET with an ETag, PUT with If-Match, confirmed by a GET. */
export class ConfigOverHttp implements ConfigPort {
  readonly #url: string
  readonly #schemaUrl: string | undefined
  readonly #token: string
  readonly #generationKey: string | undefined
  readonly #replica: string

  constructor(replica: string, baseUrl: string, spec: HttpConfigSpec, token: string) {
    this.#replica = replica
    this.#url = baseUrl + spec.path
    this.#schemaUrl = spec.schemaPath === undefined ? undefined : baseUrl + spec.schemaPath
    this.#token = token
    this.#generationKey = spec.generationKey
  }

  async read(signal: AbortSignal): Promise<ConfigSnapshot> {
    const response = await this.#send('GET', {}, undefined, signal)
    const etag = response.headers.get('etag')
    if (!response.ok || etag === null) {
      await response.body?.cancel()
      throw new HarnessError(
        'CONFIG_UNREACHABLE',
        `${this.#replica} answered ${response.status}${etag === null ? ' without an ETag' : ''} when asked for its configuration`,
        { hint: `is ${this.#url} right, and does it take the bearer token?` },
      )
    }
    const document = await this.#parse(response)
    return { document, etag, hash: this.#hash(document) }
  }

  async #parse(response: Response): Promise<unknown> {
    try {
      return await response.json()
    } catch (error) {
      throw new HarnessError(
        'CONFIG_UNREACHABLE',
        `${this.#replica} did not answer in JSON, or not in full, when asked for its configuration`,
        { cause: error, hint: `is ${this.#url} right?` },
      )
    }
  }

  /** Undefined where the stack names none, or the replica does not have it: the document can be edited without. */
  async schema(signal: AbortSignal): Promise<unknown> {
    if (this.#schemaUrl === undefined) return undefined
    const response = await this.#send('GET', {}, undefined, signal, this.#schemaUrl)
    if (response.ok) return this.#parse(response)
    await response.body?.cancel()
    return undefined
  }

  async write(document: unknown, etag: string, signal: AbortSignal): Promise<ConfigSnapshot> {
    const next = await this.#withNextGeneration(document, signal)
    const response = await this.#send('PUT', { 'if-match': etag }, next, signal)
    if (!response.ok) throw await this.#refusal(response)
    await response.arrayBuffer()
    const confirmed = await this.read(signal)
    if (confirmed.hash !== this.#hash(next)) {
      throw new HarnessError(
        'CONFIG_NOT_CONFIRMED',
        `${this.#replica} accepted a configuration, and then reported another one`,
        { hint: 'does something else write to it at the same time?' },
      )
    }
    return confirmed
  }

  async #withNextGeneration(document: unknown, signal: AbortSignal): Promise<unknown> {
    const key = this.#generationKey
    if (key === undefined) return document
    const current = (await this.read(signal)).document as Record<string, unknown>
    return { ...(document as object), [key]: Number(current[key] ?? 0) + 1 }
  }

  async #refusal(response: Response): Promise<HarnessError> {
    const text = (await response.text()).slice(0, answerExcerpt)
    const isConflict = response.status === 409 || response.status === 412
    const isRefused = response.status >= 400 && response.status < 500
    const code = isConflict
      ? 'CONFIG_CONFLICT'
      : isRefused
        ? 'CONFIG_REFUSED'
        : 'CONFIG_UNREACHABLE'
    return new HarnessError(code, `answered ${response.status} ${text}`)
  }

  async #send(
    method: 'GET' | 'PUT',
    headers: Record<string, string>,
    body: unknown,
    signal: AbortSignal,
    url = this.#url,
  ): Promise<Response> {
    try {
      return await fetch(url, {
        method,
        headers: {
          authorization: `Bearer ${this.#token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal,
      })
    } catch (error) {
      throw new HarnessError(
        'CONFIG_UNREACHABLE',
        `the configuration of ${this.#replica} cannot be reached at ${url}`,
        { cause: error },
      )
    }
  }

  #hash(document: unknown): string {
    const compared =
      this.#generationKey === undefined || typeof document !== 'object' || document === null
        ? document
        : { ...document, [this.#generationKey]: undefined }
    return createHash('sha256').update(canonical(compared)).digest('hex')
  }
}

/** JSON with the members of every object in order of their names (as RFC 8785 orders them). */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  )
}
