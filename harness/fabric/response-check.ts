import type { RequestHandler } from 'msw'

/** What is wrong with what a handler returned; undefined when it can be sent. */
export function checkResponse(value: unknown): TypeError | undefined {
  if (!(value instanceof Response)) return new TypeError(noResponseText)
  if (value.bodyUsed || value.body?.locked) {
    return new TypeError(
      'the handler returned a response whose body was read or sent before: make a new one for each request, or return response.clone()',
    )
  }
  return undefined
}

/** MSW takes what a handler returns for iterable or not, which of a text or a number throws a riddle. */
export function noResponse(error: unknown): unknown {
  const isRiddle =
    error instanceof TypeError && error.message === 'Reflect.has called on non-object'
  return isRiddle ? new TypeError(noResponseText, { cause: error }) : error
}

const noResponseText =
  "the handler returned something that is no Response: return HttpResponse.text('…') or the like"

/** What is wrong with a chunk of a body; undefined when it can be sent. */
export function checkChunk(chunk: unknown): TypeError | undefined {
  if (chunk instanceof Uint8Array) return undefined
  const kind = Object.prototype.toString.call(chunk).slice('[object '.length, -1)
  const how = typeof chunk === 'string' ? ': enqueue new TextEncoder().encode(text)' : ''
  return new TypeError(
    `the handler's stream gave a ${kind}, and bodies are made of Uint8Array${how}`,
  )
}

/** Whether a handler was meant although none answered. */
export async function matchesAny(
  handlers: readonly RequestHandler[],
  method: string,
  url: URL,
): Promise<boolean> {
  const request = new Request(url, { method })
  const resolutionContext = { baseUrl: url.origin }
  for (const handler of handlers) {
    try {
      if (await handler.test({ request, resolutionContext })) return true
    } catch {
      // Its predicate needs more of the request, which is read by now.
    }
  }
  return false
}
