import type { Agent, Dispatcher, ProxyAgent } from 'undici'
import { outgoingTraceparent, type Trace } from '../../common/trace.ts'
import type { Cidr } from './address-policy.ts'
import { guardedLookup, resolveBySystem, type Resolve } from './guarded-lookup.ts'
import { checkTarget, EgressRefusedError, WEB_PORTS } from './target-policy.ts'

export interface EgressOptions {
  /** With basic credentials in it, where the proxy wants them. Absent: connect directly. */
  httpProxy?: string
  httpsProxy?: string
  /** Exceptions from the refusal of private addresses on direct connections. */
  allowCidrs: readonly Cidr[]
  ports?: readonly number[]
  resolve?: Resolve
}

export interface FetchLimits {
  maxBytes: number
  maxRedirects: number
}

export interface Page {
  /** Where the redirects ended. */
  url: URL
  status: number
  contentType: string
  contentEncoding: string
  /** At most maxBytes; the rest is not read. */
  body: Buffer
}

export class TooManyRedirectsError extends Error {
  override readonly name = 'TooManyRedirectsError'

  constructor(limit: number) {
    super(`more than ${limit} redirects`)
  }
}

const REDIRECTS = new Set([301, 302, 303, 307, 308])
const USER_AGENT = 'reference-link/1.0 (+http://docs.reference.example/help)'

/** Fetches pages of the outside world, and of nothing else. */
export class SiteClient {
  readonly #options: EgressOptions
  readonly #dispatchers = new Map<string, Promise<Agent | ProxyAgent>>()

  constructor(options: EgressOptions) {
    this.#options = options
  }

  /**
   * Follows redirects itself, so that each hop is checked like the first. `approve` may throw to refuse a hop.
   * Throws EgressRefusedError, TooManyRedirectsError, or whatever the connection failed with.
   */
  async fetch(
    target: string,
    limits: FetchLimits,
    call: { trace: Trace; signal: AbortSignal; approve: (url: URL) => void },
  ): Promise<Page> {
    let url = this.#check(target)
    for (let hop = 0; ; hop++) {
      call.approve(url)
      const answer = await this.#get(url, call)
      const location = answer.headers['location']
      if (!REDIRECTS.has(answer.statusCode) || typeof location !== 'string') {
        return toPage(url, answer, limits.maxBytes)
      }
      await discard(answer)
      if (hop >= limits.maxRedirects) throw new TooManyRedirectsError(limits.maxRedirects)
      url = this.#check(URL.parse(location, url)?.href ?? location)
    }
  }

  async close(): Promise<void> {
    for (const dispatcher of this.#dispatchers.values()) await (await dispatcher).destroy()
  }

  #check(target: string): URL {
    return checkTarget(target, this.#options.ports ?? WEB_PORTS)
  }

  async #get(
    url: URL,
    call: { trace: Trace; signal: AbortSignal },
  ): Promise<Dispatcher.ResponseData> {
    const dispatcher = await this.#dispatcherFor(url)
    const answer = dispatcher.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: 'GET',
      signal: call.signal,
      headers: {
        'user-agent': USER_AGENT,
        accept: 'text/html,application/xhtml+xml',
        // Nothing is unpacked here, so no small answer can grow into a large one.
        'accept-encoding': 'identity',
        traceparent: outgoingTraceparent(call.trace),
      },
    })
    try {
      return await unlessAborted(answer, call.signal)
    } catch (error) {
      const refused = causes(error).find((item) => item instanceof EgressRefusedError)
      throw refused ?? error
    }
  }

  #dispatcherFor(url: URL): Promise<Agent | ProxyAgent> {
    const { httpProxy, httpsProxy } = this.#options
    const proxy = url.protocol === 'http:' ? httpProxy : httpsProxy
    const key = proxy ?? 'direct'
    const known = this.#dispatchers.get(key)
    if (known !== undefined) return known
    const dispatcher = proxy === undefined ? this.#direct() : throughProxy(proxy)
    this.#dispatchers.set(key, dispatcher)
    return dispatcher
  }

  async #direct(): Promise<Agent> {
    const { Agent } = await import('undici')
    const { resolve, allowCidrs } = this.#options
    return new Agent({
      connect: { lookup: guardedLookup(resolve ?? resolveBySystem, allowCidrs) },
    })
  }
}

/** undici looks at the signal once it has a connection: a site that never shakes hands would have as long as it wants. */
async function unlessAborted(
  answer: Promise<Dispatcher.ResponseData>,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const abort = (): void => reject(signal.reason as Error)
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([answer, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
    // It fails later, by the same signal, and nobody waits for it any more.
    if (signal.aborted) answer.catch(() => {})
  }
}

async function throughProxy(proxy: string): Promise<ProxyAgent> {
  const { ProxyAgent } = await import('undici')
  return new ProxyAgent({ uri: proxy })
}

async function toPage(url: URL, answer: Dispatcher.ResponseData, maxBytes: number): Promise<Page> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of answer.body as AsyncIterable<Buffer>) {
    parts.push(part)
    length += part.length
    if (length >= maxBytes) break
  }
  return {
    url,
    status: answer.statusCode,
    contentType: String(answer.headers['content-type'] ?? ''),
    contentEncoding: String(answer.headers['content-encoding'] ?? 'identity'),
    body: Buffer.concat(parts).subarray(0, maxBytes),
  }
}

async function discard(answer: Dispatcher.ResponseData): Promise<void> {
  await answer.body.dump({ limit: 16_384 })
}

function causes(error: unknown): unknown[] {
  const chain: unknown[] = []
  for (let item = error; item instanceof Error && chain.length < 5; item = item.cause) {
    chain.push(item)
  }
  return chain
}
