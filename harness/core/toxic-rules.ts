/** What an attribute of a toxic may be. `says` tells a person, after a colon. */
export type AttributeRule =
  | {
      readonly kind: 'whole' | 'share'
      readonly min: number
      readonly max: number
      readonly needed?: true
      readonly says: string
    }
  | {
      readonly kind: 'text'
      readonly pattern?: RegExp
      readonly needed?: true
      readonly says: string
    }

/** Longest time that a toxic may hold something. */
const maxMs = 600_000
const durationMs: AttributeRule = {
  kind: 'whole',
  min: 0,
  max: maxMs,
  says: `use whole milliseconds from 0 to ${maxMs}`,
}
const bytes: AttributeRule = {
  kind: 'whole',
  min: 0,
  max: 2 ** 40,
  says: 'use a whole number of bytes from 0',
}
const text: AttributeRule = { kind: 'text', says: 'use a text' }
/** RFC 9110 §5.1 and §5.5. */
const headerName: AttributeRule = {
  kind: 'text',
  pattern: /^[\w!#$%&'*+.^`|~-]+$/,
  needed: true,
  says: 'use the name of a header',
}
const headerValue: AttributeRule = {
  kind: 'text',
  pattern: /^[\t\x20-\x7e\x80-\xff]*$/,
  says: 'use a text that a header can have',
}

/** Attributes of each toxic. */
export const toxicRules = {
  latency: { latency: durationMs, jitter: durationMs },
  bandwidth: {
    rate: { kind: 'whole', min: 1, max: 2 ** 30, needed: true, says: 'use whole KB/s from 1' },
  },
  slow_close: { delay: durationMs },
  timeout: { timeout: durationMs },
  reset_peer: { timeout: durationMs },
  slicer: {
    average_size: { ...bytes, min: 1, needed: true, says: 'use a whole number of bytes from 1' },
    size_variation: bytes,
    delay: { kind: 'whole', min: 0, max: maxMs * 1000, says: 'use whole microseconds from 0' },
  },
  limit_data: { bytes },
  down: {},
  status: {
    status: { kind: 'whole', min: 200, max: 599, needed: true, says: 'use a status, 200 to 599' },
    body: text,
    content_type: headerValue,
  },
  body: { replace: text, keep: { kind: 'share', min: 0, max: 1, says: 'use a share in [0, 1]' } },
  header: { name: headerName, value: headerValue },
  delay: {
    delay: durationMs,
    jitter: durationMs,
    factor: { kind: 'share', min: 1, max: 1000, says: 'use a number from 1 to 1000' },
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, AttributeRule>>>>
