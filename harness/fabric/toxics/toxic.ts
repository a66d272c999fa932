import type { Random, Toxic } from '../../core/index.ts'

/** How a connection is broken: `close` as by a server that says goodbye (FIN), `reset` as by a crash (RST). */
export type Cut = 'close' | 'reset'

/** Bytes of one direction, and when they are (times in ms of a monotonic clock). After a piece with `thenCut` the connection is cut. */
export interface Piece {
  readonly bytes: Buffer
  readonly atMs: number
  readonly thenCut?: Cut
}

/** One toxic on one direction of one connection. It is told what comes and says when it leaves; a queue keeps the order and does the waiting. */
export interface Pipe {
  /** Pieces in place of this one, none of them earlier. Absent: it passes as it is. */
  data?(piece: Piece): readonly Piece[]
  /** When an end of the stream that comes at `atMs` leaves; Infinity: it does not. Absent: at once. */
  end?(atMs: number): number
  /** Breaks the connection by itself, whatever passes. */
  readonly cut?: { readonly atMs: number; readonly how: Cut }
  /** True once bytes were taken out: the connection is of no use any more, and is closed when the toxic is removed. */
  readonly hasLost?: boolean
}

export interface PipeContext {
  /** When the toxic met the connection. */
  readonly startMs: number
  /** Seeded. */
  readonly random: Random
}

export type AttributesOf<T extends Toxic['type']> = NonNullable<
  Extract<Toxic, { readonly type: T }>['attributes']
>

/** A toxic on bytes. */
export interface ByteKind<T extends Toxic['type']> {
  readonly on: 'bytes'
  start(attributes: AttributesOf<T>, context: PipeContext): Pipe
}

/** What happens to one request. */
export interface Strike {
  /** The request waits for so long before it goes on. */
  readonly delayMs?: number
  /** The answer waits until the request took so many times as long as it did. */
  readonly factor?: number
  /** Goes back in place of what the replica would have answered. */
  readonly answer?: { readonly status: number; readonly type: string; readonly body: string }
  /** Headers as a flat list of names and values. */
  readonly requestHeaders?: (headers: string[]) => string[]
  readonly answerHeaders?: (headers: string[]) => string[]
  readonly answerBody?: (body: Buffer) => Buffer
}

export interface StrikeContext {
  readonly stream: 'upstream' | 'downstream'
  readonly random: Random
}

/** A toxic on requests. */
export interface HttpKind<T extends Toxic['type']> {
  readonly on: 'requests'
  strike(attributes: AttributesOf<T>, context: StrikeContext): Strike
}
