/** What of a request goes out: texts and bytes as they are, anything else as JSON. */
export function encodeBody(body: unknown): {
  body: string | Uint8Array | undefined
  contentType?: string
} {
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) return { body }
  return { body: JSON.stringify(body), contentType: 'application/json' }
}
