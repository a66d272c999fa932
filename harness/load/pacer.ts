/**
 * When flows are to start, as pure functions of time. A rate is a line of straight pieces; with r0 and r1 in 1/s at the ends of a piece of
 * length d (s), N(x) = r0·x + (r1 - r0)·x²/(2d) flows are due after x seconds of it. Modelled on vegeta's lib/pacer.go.
 */
import type { LoadExecutor, LoadStage } from '../core/index.ts'
import { durationMs, durationOr } from './duration.ts'

/** What to do now: start so many, come back after a while, or end. */
export type Pace =
  | { readonly kind: 'start'; readonly count: number }
  | { readonly kind: 'wait'; readonly forMs: number }
  | { readonly kind: 'stop' }

/** A straight piece: `from` at its beginning, `to` at its end. */
export interface Piece {
  readonly durationMs: number
  readonly from: number
  readonly to: number
}

const rounding = 1e-9

/** Open model: the n-th flow has its time, whatever became of those before it. */
export class ArrivalPacer {
  /** Flows in all. */
  readonly total: number
  readonly durationMs: number
  readonly #pieces: readonly (Piece & { readonly startMs: number; readonly before: number })[]

  /** Of rates per second. */
  constructor(pieces: readonly Piece[]) {
    let startMs = 0
    let before = 0
    this.#pieces = pieces.map((piece) => {
      const placed = { ...piece, startMs, before }
      startMs += piece.durationMs
      before += dueAfter(piece, piece.durationMs)
      return placed
    })
    this.durationMs = startMs
    this.total = Math.floor(before + rounding)
  }

  /** How many are due by `elapsedMs`, that of this very moment included. */
  dueBy(elapsedMs: number): number {
    if (elapsedMs < 0) return 0
    if (elapsedMs >= this.durationMs) return this.total
    const piece = this.#pieces.findLast(({ startMs }) => startMs <= elapsedMs)
    if (!piece) return 0
    const passed = piece.before + dueAfter(piece, elapsedMs - piece.startMs)
    // Where the rate is 0 nothing new is due, not even the one that is next.
    const isIdle = piece.from === 0 && piece.to === 0
    const due = isIdle ? Math.ceil(passed - rounding) : Math.floor(passed + rounding) + 1
    return Math.min(this.total, due)
  }

  /** When the flow with this number, from 0, is to start: ms from the beginning. */
  at(index: number): number {
    const piece = this.#pieces.findLast(
      (one) => one.before <= index + rounding && one.durationMs > 0 && (one.from > 0 || one.to > 0),
    )
    if (!piece) return 0
    return piece.startMs + timeOf(piece, index - piece.before)
  }

  /** `started`, `index` and `of` are those of one thread of several: it starts the flows index, index + of, index + 2·of… */
  pace(elapsedMs: number, started: number, index = 0, of = 1): Pace {
    const mine = (all: number) => Math.max(0, Math.ceil((all - index) / of))
    const due = mine(this.dueBy(elapsedMs))
    if (due > started) return { kind: 'start', count: due - started }
    if (started >= mine(this.total)) {
      return elapsedMs >= this.durationMs
        ? { kind: 'stop' }
        : { kind: 'wait', forMs: this.durationMs - elapsedMs }
    }
    return { kind: 'wait', forMs: Math.max(0, this.at(started * of + index) - elapsedMs) }
  }

  /** Flows per second that are asked for at this moment. */
  rateAt(elapsedMs: number): number {
    return valueAt(this.#pieces, elapsedMs)
  }
}

function dueAfter({ durationMs: d, from, to }: Piece, xMs: number): number {
  if (d === 0) return 0
  return (from * xMs + ((to - from) * xMs * xMs) / (2 * d)) / 1_000
}

/** Solves dueAfter(x) = n, in the form that does not cancel out. */
function timeOf({ durationMs: d, from, to }: Piece, n: number): number {
  const a = (to - from) / (2 * d)
  const wanted = Math.max(0, n) * 1_000
  if (wanted === 0) return 0
  const root = Math.sqrt(Math.max(0, from * from + 4 * a * wanted))
  return Math.min(d, (2 * wanted) / (from + root))
}

/** The value of a line of pieces at a moment; 0 before it and after it. */
export function valueAt(pieces: readonly Piece[], elapsedMs: number): number {
  let left = elapsedMs
  for (const { durationMs: d, from, to } of pieces) {
    if (left >= 0 && left < d) return from + ((to - from) * left) / d
    left -= d
  }
  return 0
}

export function lengthOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, piece) => sum + piece.durationMs, 0)
}

function piecesOf(start: number, stages: readonly LoadStage[], scale: number): Piece[] {
  let from = start * scale
  return stages.map(({ target, duration }) => {
    const piece = { durationMs: durationMs(duration), from, to: target * scale }
    from = piece.to
    return piece
  })
}

/** The rate of an open executor, in flows per second. */
export function ratePieces(
  executor: Extract<LoadExecutor, { preAllocatedVUs: number }>,
): readonly Piece[] {
  const scale = 1_000 / durationOr(executor.timeUnit, 1_000)
  if (executor.executor === 'ramping-arrival-rate') {
    return piecesOf(executor.startRate ?? 0, executor.stages, scale)
  }
  const rate = executor.rate * scale
  return [{ durationMs: durationMs(executor.duration), from: rate, to: rate }]
}

/** The number of users of a closed executor that goes by time. */
export function vuPieces(
  executor: Extract<LoadExecutor, { executor: 'constant-vus' | 'ramping-vus' }>,
): readonly Piece[] {
  if (executor.executor === 'ramping-vus')
    return piecesOf(executor.startVUs ?? 1, executor.stages, 1)
  const vus = executor.vus ?? 1
  return [{ durationMs: durationMs(executor.duration), from: vus, to: vus }]
}

/** How long an executor lasts at most, its graceful stop not counted, from the start of the load. */
export function endOf(executor: LoadExecutor): number {
  const startMs = durationOr(executor.startTime, 0)
  switch (executor.executor) {
    case 'constant-arrival-rate':
    case 'ramping-arrival-rate':
      return startMs + lengthOf(ratePieces(executor))
    case 'constant-vus':
    case 'ramping-vus':
      return startMs + lengthOf(vuPieces(executor))
    case 'per-vu-iterations':
    case 'shared-iterations':
      return startMs + durationOr(executor.maxDuration, 600_000)
  }
}

/** Users that an executor has at most. */
export function mostVus(executor: LoadExecutor): number {
  switch (executor.executor) {
    case 'constant-arrival-rate':
    case 'ramping-arrival-rate':
      return executor.maxVUs ?? executor.preAllocatedVUs
    case 'ramping-vus':
      return Math.max(executor.startVUs ?? 1, ...executor.stages.map(({ target }) => target))
    case 'constant-vus':
    case 'per-vu-iterations':
    case 'shared-iterations':
      return executor.vus ?? 1
  }
}
