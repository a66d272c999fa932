import type { FastifyReply, FastifyRequest } from 'fastify'
import { ErrorCode, errorBody } from './http-error.ts'

export interface ByteEntity {
  body: Buffer
  contentType: string
  /** Strong, quoted. */
  etag: string
  cacheControl: string
}

export type RangeChoice = { start: number; end: number } | 'whole' | 'unsatisfiable'

/** Answers a GET or HEAD with conditional requests and single ranges (RFC 9110, sections 13 and 14). */
export function sendBytes(
  request: FastifyRequest,
  reply: FastifyReply,
  entity: ByteEntity,
): FastifyReply {
  const { body, etag } = entity
  reply.header('etag', etag)
  reply.header('cache-control', entity.cacheControl)
  reply.header('accept-ranges', 'bytes')
  if (matchesEtag(request.headers['if-none-match'], etag)) return reply.code(304).send()

  const ifRange = request.headers['if-range']
  const useRange = ifRange === undefined || ifRange === etag
  const range = useRange ? chooseRange(request.headers.range, body.length) : 'whole'
  if (range === 'unsatisfiable') {
    reply.code(416).header('content-range', `bytes */${body.length}`)
    return reply.send(
      errorBody({
        message: 'The range lies outside of the content',
        code: ErrorCode.badRequest,
      }),
    )
  }
  reply.type(entity.contentType)
  if (range === 'whole') return reply.send(body)
  reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${body.length}`)
  return reply.send(body.subarray(range.start, range.end + 1))
}

/** Several ranges, other units and malformed headers count as no range, as the RFC allows. */
export function chooseRange(header: string | undefined, length: number): RangeChoice {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '')
  const [, first = '', last = ''] = match ?? []
  if (!match || (first === '' && last === '')) return 'whole'
  if (first === '') {
    const suffix = Number(last)
    if (suffix === 0 || length === 0) return 'unsatisfiable'
    return { start: Math.max(0, length - suffix), end: length - 1 }
  }
  const start = Number(first)
  const end = last === '' ? length - 1 : Math.min(Number(last), length - 1)
  if (last !== '' && Number(last) < start) return 'whole'
  return start >= length ? 'unsatisfiable' : { start, end }
}

/** If-None-Match compares weakly, and knows `*` and lists. */
export function matchesEtag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  return header
    .split(',')
    .map((item) => item.trim())
    .some((item) => item === '*' || item.replace(/^W\//, '') === etag)
}
