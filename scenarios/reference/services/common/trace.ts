import { randomBytes } from 'node:crypto'

/** One request's place in a distributed trace, after W3C Trace Context. */
export interface Trace {
  readonly traceId: string
  readonly flags: string
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/

/** Goes on with the caller's trace, or begins one when the header is absent or malformed. */
export function continueTrace(traceparent: string | undefined): Trace {
  const match = TRACEPARENT.exec(traceparent ?? '')
  const [, version, traceId, parentId, flags, rest] = match ?? []
  const valid =
    version !== undefined &&
    version !== 'ff' &&
    (version !== '00' || rest === undefined) &&
    !/^0+$/.test(traceId ?? '0') &&
    !/^0+$/.test(parentId ?? '0')
  if (!valid || traceId === undefined) {
    return { traceId: randomBytes(16).toString('hex'), flags: '01' }
  }
  return { traceId, flags: flags ?? '00' }
}

/** Header value for an outgoing call: the same trace, a span of its own. */
export function outgoingTraceparent(trace: Trace): string {
  return `00-${trace.traceId}-${randomBytes(8).toString('hex')}-${trace.flags}`
}
