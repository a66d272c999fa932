import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { refusalOf } from './guard.ts'
import { JournalTail } from './journal-tail.ts'

/** How an action went: done, not understood, not possible, or not while something else is done. */
export type ActResult =
  | { readonly kind: 'done'; readonly output: unknown }
  | { readonly kind: 'invalid' | 'refused' | 'busy'; readonly message: string }

export interface LiveServerOptions {
  /** The page, made by `renderLiveHtml`. */
  readonly page: string
  /** The journal of the run that goes on. */
  readonly journalFile: string
  /** Plain data about the run that the page shows; sent when it changes. */
  readonly state: () => unknown
  /** Does what the page asks for, by its name. Checks what it is given; never rejects. */
  readonly act: (action: string, input: unknown) => Promise<ActResult>
}

const batchMs = 50
const longestInput = 1024 * 1024
/** A browser has six connections to one address, for all of its tabs: with more pages than this none could do anything any more. */
const mostClients = 4
const statusOf = { invalid: 400, refused: 409, busy: 423 } as const
/** How long pages are given at the end to take what was written last, in ms. */
const graceMs = 1_000

const headers = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  connection: 'close',
}

interface Client {
  readonly response: ServerResponse
  readonly tail: JournalTail
  state: string
}

/**
 * The live page of one run, on a free port of 127.0.0.1. It answers those only who know the token of its address, by that address, and
 * from itself. Pages read the journal's lines as server-sent events; the id of a batch is the offset in bytes at which the next begins,
 * so that a page that connects again goes on where it was, as does one that was parked: of more than four the oldest. Dispose it to close it and all its connections.
 */
export class LiveServer implements AsyncDisposable {
  readonly #options: LiveServerOptions
  readonly #token = randomBytes(24).toString('base64url')
  readonly #server: Server
  readonly #clients = new Set<Client>()
  #timer: NodeJS.Timeout | undefined

  private constructor(options: LiveServerOptions) {
    this.#options = options
    this.#server = createServer((request, response) => {
      try {
        this.#answer(request, response)
      } catch (error) {
        // A request that makes no sense, or a journal that was taken away: no reason to end the run.
        end(response, 400, error instanceof Error ? error.message : String(error))
      }
    })
  }

  static async start(options: LiveServerOptions): Promise<LiveServer> {
    const live = new LiveServer(options)
    const listening = Promise.withResolvers<void>()
    live.#server.once('error', listening.reject)
    live.#server.listen(0, '127.0.0.1', listening.resolve)
    await listening.promise
    live.#timer = setInterval(() => live.#sendAll(), batchMs)
    return live
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** The address with the token: a secret, for the person at the terminal. */
  get url(): string {
    return `${this.origin}/?token=${this.#token}`
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    const refusal = refusalOf(request, this.origin, this.#token)
    if (refusal !== undefined) return end(response, 403, refusal)
    const { pathname } = new URL(request.url ?? '/', this.origin)
    const action = /^\/do\/([a-z-]+)$/.exec(pathname)?.[1]
    if (request.method === 'POST' && action !== undefined) {
      this.#act(action, request, response).catch((error: unknown) => {
        // The page went away while it was being answered, or sent what is no JSON.
        end(response, 400, error instanceof Error ? error.message : String(error))
      })
      return
    }
    if (request.method !== 'GET') return end(response, 405, 'no such method here')
    if (pathname === '/') {
      response.setHeader('content-type', 'text/html; charset=utf-8')
      response.setHeader('content-security-policy', "frame-ancestors 'none'")
      response.end(this.#options.page)
      return
    }
    if (pathname === '/events') return this.#subscribe(request, response)
    return end(response, 404, 'no such page')
  }

  async #act(action: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const result = await this.#options.act(action, await readJson(request))
    if (result.kind !== 'done') {
      return end(response, statusOf[result.kind], result.message)
    }
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(result.output))
  }

  #subscribe(request: IncomingMessage, response: ServerResponse): void {
    const from = new URL(request.url ?? '/', this.origin).searchParams.get('from')
    const tail = JournalTail.open(
      this.#options.journalFile,
      request.headers['last-event-id']?.toString() ?? from ?? undefined,
    )
    if (!tail) return end(response, 400, 'Last-Event-ID is not the beginning of a line')
    const [oldest] = this.#clients
    if (oldest && this.#clients.size >= mostClients) {
      this.#clients.delete(oldest)
      oldest.response.end('event: parked\ndata: parked\n\n')
    }
    const client: Client = { response, tail, state: '' }
    this.#clients.add(client)
    response.on('close', () => {
      this.#clients.delete(client)
      tail[Symbol.dispose]()
    })
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('retry: 1000\n\n')
    this.#send(client)
  }

  #sendAll(): void {
    for (const client of this.#clients) {
      // A page that is slow gets what it missed from the file, later.
      if (!client.response.writableNeedDrain) this.#send(client)
    }
  }

  #send(client: Client): void {
    const lines = client.tail.read()
    if (lines.length > 0) {
      const data = lines.map((line) => `data: ${line}\n`).join('')
      client.response.write(`id: ${client.tail.offset}\n${data}\n`)
    }
    const state = JSON.stringify(this.#options.state())
    if (state === client.state) return
    client.state = state
    client.response.write(`event: state\ndata: ${state}\n\n`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer)
    for (const client of this.#clients) {
      this.#send(client)
      client.response.end('event: ended\ndata: ended\n\n')
    }
    const closed = Promise.withResolvers<void>()
    this.#server.close(() => closed.resolve())
    const hurry = setTimeout(() => this.#server.closeAllConnections(), graceMs)
    await closed.promise
    clearTimeout(hurry)
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > longestInput) throw new Error(`more than ${longestInput} bytes`)
    chunks.push(chunk)
  }
  return JSON.parse(Buffer.concat(chunks).toString() || '{}')
}

function end(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent || response.destroyed) return
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`)
}
