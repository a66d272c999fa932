import { setTimeout as delay } from 'node:timers/promises'

/** The same answer with another body, whose length is not known beforehand unless `length` is given. */
export function withBody(
  response: Response,
  body: ReadableStream<Uint8Array>,
  length?: number,
): Response {
  const headers = new Headers(response.headers)
  headers.delete('content-length')
  if (length !== undefined) headers.set('content-length', String(length))
  return new Response(body, { status: response.status, statusText: response.statusText, headers })
}

/** The same answer with one header replaced. */
export function withHeader(response: Response, name: string, value: string): Response {
  const headers = new Headers(response.headers)
  headers.set(name, value)
  const { status, statusText } = response
  return new Response(response.body, { status, statusText, headers })
}

/** Waits; rejects when the signal fires. */
export async function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  await delay(durationMs, undefined, { signal })
}

/** A page that says what happened, as servers send them. */
export function errorPage(
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const html = `<!doctype html><title>${status} ${text}</title><h1>${text}</h1>\n`
  return new Response(html, {
    status,
    statusText: text,
    headers: { 'content-type': 'text/html; charset=utf-8', ...headers },
  })
}
