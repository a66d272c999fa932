import type { Cut, Piece, Pipe } from './toxics/toxic.ts'

/** Bytes held back for one direction before who sends them is told to wait. */
const roomBytes = 1024 * 1024
/** Timers count in whole milliseconds: what is due within half of one is due. */
const earlyMs = 0.5

/** Where a lane leads. */
export interface LaneEnd {
  data(bytes: Buffer, done: () => void): void
  end(done: () => void): void
  /** Breaks the connection, after what was delivered. */
  cut(how: Cut): void
  /** There is room again after `data()` said that there is none. */
  room(): void
}

interface Held {
  readonly atMs: number
  readonly deliver: () => void
  readonly size: number
  readonly thenCut?: Cut
}

/** One direction of a connection while toxics are on it: what passes goes through their pipes, and leaves in its order when it is due. */
export class Lane {
  readonly #to: LaneEnd
  #pipes: readonly Pipe[] = []
  #held: Held[] = []
  #heldBytes = 0
  #lastMs = 0
  #isCut = false
  #owesRoom = false
  #timer: NodeJS.Timeout | undefined
  #cutTimer: NodeJS.Timeout | undefined

  constructor(to: LaneEnd) {
    this.#to = to
  }

  get isIdle(): boolean {
    return this.#pipes.length === 0 && this.#held.length === 0
  }

  /** Toxics from now on. Those that stay are the same objects. When one is taken away, what is held leaves at once. */
  setPipes(pipes: readonly Pipe[]): void {
    const gone = this.#pipes.filter((pipe) => !pipes.includes(pipe))
    this.#pipes = pipes
    if (gone.length > 0) this.#deliver(Infinity)
    if (gone.some(({ hasLost }) => hasLost)) return this.#cut('close')
    this.#armCut()
  }

  /** False: the sender should wait for room. `done` is called when the bytes are delivered or lost. */
  data(bytes: Buffer, done: () => void): boolean {
    const start: Piece[] = [{ bytes, atMs: performance.now() }]
    const pieces = this.#pipes.reduce<readonly Piece[]>(
      (all, pipe) => (pipe.data ? all.flatMap((piece) => pipe.data?.(piece) ?? []) : all),
      start,
    )
    if (pieces.length === 0) process.nextTick(done)
    pieces.forEach((piece, i) => {
      const last = i === pieces.length - 1
      const deliver = () => this.#to.data(piece.bytes, last ? done : () => undefined)
      this.#hold({ ...piece, size: piece.bytes.length, deliver })
    })
    this.#deliver(performance.now())
    this.#owesRoom ||= this.#heldBytes >= roomBytes
    return !this.#owesRoom
  }

  /** False: the end will not be delivered. */
  end(done: () => void): boolean {
    const atMs = this.#pipes.reduce((ms, pipe) => pipe.end?.(ms) ?? ms, performance.now())
    if (atMs !== Infinity) this.#hold({ atMs, size: 0, deliver: () => this.#to.end(done) })
    this.#deliver(performance.now())
    return atMs !== Infinity
  }

  /** Forgets what is held. */
  close(): void {
    this.#isCut = true
    this.#held = []
    clearTimeout(this.#timer)
    clearTimeout(this.#cutTimer)
  }

  #hold(held: Held): void {
    if (this.#isCut) return
    this.#lastMs = Math.max(held.atMs, this.#held.length === 0 ? 0 : this.#lastMs)
    this.#held.push({ ...held, atMs: this.#lastMs })
    this.#heldBytes += held.size
  }

  /** Delivers what is due, and waits for the next. */
  #deliver(nowMs: number): void {
    clearTimeout(this.#timer)
    for (;;) {
      const [head] = this.#held
      if (!head || head.atMs > nowMs + earlyMs) break
      this.#held.shift()
      this.#heldBytes -= head.size
      head.deliver()
      if (head.thenCut) return this.#cut(head.thenCut)
    }
    if (this.#owesRoom && this.#heldBytes < roomBytes) {
      this.#owesRoom = false
      this.#to.room()
    }
    const [next] = this.#held
    if (!next) return
    const waitMs = Math.max(1, Math.floor(next.atMs - performance.now()))
    this.#timer = setTimeout(() => this.#deliver(performance.now()), waitMs)
  }

  #armCut(): void {
    clearTimeout(this.#cutTimer)
    const cuts = this.#pipes.flatMap(({ cut }) => cut ?? [])
    const first = cuts.toSorted((a, b) => a.atMs - b.atMs)[0]
    if (!first || this.#isCut) return
    const waitMs = first.atMs - performance.now()
    if (waitMs <= 0) return this.#cut(first.how)
    this.#cutTimer = setTimeout(() => this.#cut(first.how), waitMs)
  }

  #cut(how: Cut): void {
    if (this.#isCut) return
    this.close()
    this.#to.cut(how)
  }
}
