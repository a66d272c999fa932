import type { IncomingMessage, ServerResponse } from 'node:http'

import { getResponse, isPassthroughResponse } from 'msw'

import { describeError, type OutsideRecord } from '../core/index.ts'
import { resetConnection } from './connection-reset.ts'
import { noteOfFault } from './handler-fault.ts'
import { announcesBody, endToEndHeaders } from './hop-by-hop.ts'
import { isLetGo, LetGo } from './let-go.ts'
import { streamBody } from './request-body.ts'
import { checkResponse, matchesAny, noResponse } from './response-check.ts'
import { hungUp, sendBody } from './site-body.ts'
import type { Site } from './site.ts'
import type { Struck } from './variant-board.ts'
import { BrokenOff } from './variants/variant.ts'

/** How a request ended, as the log keeps it. */
export type Outcome = Pick<OutsideRecord, 'outcome' | 'status' | 'note'>

type Result =
  | { readonly kind: 'response'; readonly response: Response; readonly note?: string }
  | { readonly kind: 'broken'; readonly error: BrokenOff }
  | { readonly kind: 'threw'; readonly error: unknown }
  | { readonly kind: 'gone' }

const gaveNothing =
  'a handler for this address returned nothing (is a return missing?), or was for one request only'

/** MSW matches none that are longer. */
const maxUrlLength = 8192

interface Question {
  readonly site: Site
  readonly url: URL
  readonly incoming: IncomingMessage
  readonly body: ReadableStream<Uint8Array> | undefined
  readonly struck: Struck | undefined
  /** Fires when the client hangs up, and when what strikes the request is taken back. */
  readonly signal: AbortSignal
}

/** Lets the site's handlers answer, as the variant that struck wants it. A failure of a handler is an answer 500 and a note; nothing is thrown. */
export async function answerFromSite(
  site: Site,
  url: URL,
  incoming: IncomingMessage,
  answer: ServerResponse,
  struck?: Struck,
): Promise<Outcome> {
  const unservable = whyUnservable(incoming, url)
  if (unservable) return refuseToServe(answer, ...unservable)
  const left = new AbortController()
  answer.once('close', () => {
    if (!answer.writableFinished) left.abort(new LetGo(hungUp))
  })
  const signal = struck ? AbortSignal.any([left.signal, struck.lifted]) : left.signal
  const hasBody = announcesBody(incoming) && incoming.method !== 'GET' && incoming.method !== 'HEAD'
  const body = hasBody ? streamBody(incoming) : undefined
  try {
    // A handler may wait for ever (`delay('infinite')`) and does not hear of its client: so the wait ends here.
    const result = await Promise.race([
      ask({ site, url, incoming, body: body?.stream, struck, signal }),
      whenAborted(signal),
    ])
    return await deliver(result, site, incoming, answer, left.signal)
  } catch (error) {
    // Whatever a handler hands over: the fabric carries the traffic of all, and goes on.
    return handlerFailed(site, answer, error)
  } finally {
    body?.discard()
  }
}

/** What no handler can be asked, by the limits of the Fetch standard and of MSW: it is the request that is at fault. */
function whyUnservable(
  { method = '' }: IncomingMessage,
  { href }: URL,
): [number, string] | undefined {
  if (['TRACE', 'TRACK', 'CONNECT'].includes(method)) return [501, `${method} is not served`]
  if (href.length > maxUrlLength) return [414, `the URL is longer than ${maxUrlLength} characters`]
  return undefined
}

function refuseToServe(answer: ServerResponse, status: number, why: string): Outcome {
  sendText(answer, status, `aftershock: ${why}, and no site was asked.\n`)
  return { outcome: 'answered', status, note: why }
}

async function ask(question: Question): Promise<Result> {
  const { site, struck, signal } = question
  try {
    const request = toRequest(question)
    let note: string | undefined
    const own = struck && 'handlers' in struck.variant ? struck.variant.handlers : []
    const respond = async (): Promise<Response> => {
      const handlers = [...own, ...site.handlers]
      const response = await getResponse(handlers, request, { baseUrl: question.url.origin })
      if (response) return response
      const isMatched = await matchesAny(handlers, request.method, question.url)
      note = isMatched ? gaveNothing : 'no handler'
      const why = note === gaveNothing ? note : `no handler for ${request.method} on this address`
      return new Response(`${site.title}: ${why}.\n`, { status: 404 })
    }
    const response =
      struck && 'answer' in struck.variant
        ? await struck.variant.answer({ ...struck, request, respond, signal })
        : await respond()
    return { kind: 'response', response, ...(note === undefined ? {} : { note }) }
  } catch (error) {
    return error instanceof BrokenOff
      ? { kind: 'broken', error }
      : { kind: 'threw', error: noResponse(error) }
  }
}

function toRequest({ url, incoming, body, signal }: Question): Request {
  const headers = new Headers()
  const flat = endToEndHeaders(incoming, ['expect'])
  for (let i = 0; i < flat.length; i += 2) headers.append(flat[i] as string, flat[i + 1] as string)
  const method = incoming.method ?? 'GET'
  if (body) return new Request(url, { method, headers, signal, body, duplex: 'half' })
  return new BodilessRequest(url, method, headers, signal)
}

/**
 * A signal that is handed to a Request, and each clone (MSW makes one of every request), leave weak references behind that live
 * until the next full collection: at thousands of requests a second that is most of the memory. Without a body a clone is the same.
 * A class, since properties defined on each request for itself cost as much as making it.
 */
class BodilessRequest extends Request {
  readonly #signal: AbortSignal

  constructor(url: URL, method: string, headers: Headers, signal: AbortSignal) {
    super(url, { method, headers })
    this.#signal = signal
  }

  // @ts-expect-error -- declared as a property, although it is an accessor on every platform
  override get signal(): AbortSignal {
    return this.#signal
  }

  override clone(): BodilessRequest {
    return this
  }
}

function whenAborted(signal: AbortSignal): Promise<Result> {
  return new Promise((resolve) => {
    const settle = (): void => resolve({ kind: 'gone' })
    if (signal.aborted) settle()
    else signal.addEventListener('abort', settle, { once: true })
  })
}

async function deliver(
  result: Result,
  site: Site,
  incoming: IncomingMessage,
  answer: ServerResponse,
  left: AbortSignal,
): Promise<Outcome> {
  switch (result.kind) {
    case 'gone':
      if (left.aborted) return { outcome: 'answered', note: `${hungUp} before an answer` }
      resetConnection(answer.socket)
      return { outcome: 'answered', note: 'was held back until the variant was taken back' }
    case 'broken':
      return breakOff(result.error, answer)
    case 'threw':
      return isLetGo(result.error)
        ? leave(answer, result.error)
        : handlerFailed(site, answer, result.error)
    case 'response': {
      const { note } = result
      const outcome = await sendResponse(result.response, site, incoming, answer, left)
      return note === undefined ? outcome : { note, ...outcome }
    }
  }
}

async function sendResponse(
  response: Response,
  site: Site,
  incoming: IncomingMessage,
  answer: ServerResponse,
  left: AbortSignal,
): Promise<Outcome> {
  const problem = checkResponse(response)
  if (problem) return handlerFailed(site, answer, problem)
  if (response.type === 'error') {
    return breakOff(new BrokenOff('reset', 'the site reset the connection'), answer)
  }
  if (isPassthroughResponse(response)) {
    const text = 'aftershock: a handler let this request pass; nothing leaves the machine.\n'
    sendText(answer, 502, text)
    return { outcome: 'refused', status: 502, note: 'passthrough: nothing leaves the machine' }
  }
  try {
    answer.writeHead(response.status, response.statusText, flatHeaders(response.headers))
  } catch (error) {
    // The Fetch standard allows header values that HTTP/1.1 does not.
    return handlerFailed(site, answer, error)
  }
  const note = await sendBody(response, incoming.method === 'HEAD', answer, left)
  return { outcome: 'answered', status: response.status, ...(note === undefined ? {} : { note }) }
}

function breakOff({ how, message }: BrokenOff, answer: ServerResponse): Outcome {
  if (how === 'reset') resetConnection(answer.socket)
  else answer.socket?.destroySoon()
  return { outcome: 'answered', note: message }
}

/** Its client has left, so that nobody minds. */
function leave(answer: ServerResponse, error: unknown): Outcome {
  resetConnection(answer.socket)
  return { outcome: 'answered', note: `${hungUp}: ${describeError(error)}` }
}

function handlerFailed(site: Site, answer: ServerResponse, error: unknown): Outcome {
  const hosts = site.hosts.join(', ')
  const note = noteOfFault(error)
  if (answer.headersSent) {
    resetConnection(answer.socket)
    return { outcome: 'answered', status: answer.statusCode, note }
  }
  const text = `aftershock: a handler of the site ${hosts} failed: ${describeError(error)}\n`
  sendText(answer, 500, text)
  return { outcome: 'answered', status: 500, note }
}

function sendText(answer: ServerResponse, status: number, text: string): void {
  answer.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' })
  answer.end(text)
}

/** The framing of an answer is the business of the connection that it goes out on. */
const framing = new Set(['connection', 'keep-alive', 'transfer-encoding'])

function flatHeaders(headers: Headers): string[] {
  const flat: string[] = []
  for (const [name, value] of headers) if (!framing.has(name)) flat.push(name, value)
  return flat
}
