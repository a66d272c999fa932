import { handlerThrew } from '../core/index.ts'
import type { AsideFaults } from './aside-faults.ts'
import type { Asked } from './asking.ts'

const beatMs = 100
/** So much computing in one turn of the event loop is no traffic. */
const limitMs = 1_000
const mostNamed = 3

interface Open {
  readonly asked: Asked
  readonly sinceMs: number
}

/**
 * Finds out when code of a site computes without a pause: then nothing else is carried, and what asks no site fails as well. Measured in CPU
 * time of this thread, so that a machine that is busy with other things does not look like it.
 */
export class LoopWatch implements Disposable {
  readonly #faults: Pick<AsideFaults, 'record'>
  readonly #timer: NodeJS.Timeout
  readonly #open = new Set<Open>()
  /** Those that ended since the last beat, and had been open for long enough to be to blame. */
  #ended: Open[] = []
  #beatAtMs = usedMs()

  constructor(faults: Pick<AsideFaults, 'record'>) {
    this.#faults = faults
    this.#timer = setInterval(() => this.#beat(), beatMs)
    this.#timer.unref()
  }

  /** A request that code of a site is given; call what is returned when it is answered. */
  begin(asked: Asked): () => void {
    const open: Open = { asked, sinceMs: usedMs() }
    this.#open.add(open)
    return () => {
      this.#open.delete(open)
      if (usedMs() - open.sinceMs >= limitMs) this.#ended.push(open)
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }

  #beat(): void {
    const nowMs = usedMs()
    const busyMs = nowMs - this.#beatAtMs
    if (busyMs >= limitMs) this.#report(nowMs, busyMs)
    this.#beatAtMs = nowMs
    this.#ended = []
  }

  #report(nowMs: number, busyMs: number): void {
    const open = [...this.#open].filter(({ sinceMs }) => nowMs - sinceMs >= limitMs)
    // Any of these may have been at it; the one that came last, the likeliest.
    const suspects = [...this.#ended, ...open]
      .toSorted((a, b) => b.sinceMs - a.sinceMs)
      .map(({ asked }) => asked)
    if (suspects.length === 0) return
    const named = suspects.slice(0, mostNamed).map(({ method, url }) => `${method} ${url}`)
    const more = suspects.length > named.length ? ' and others' : ''
    this.#faults.record(
      `${handlerThrew}for ${(busyMs / 1_000).toFixed(1)} s nothing else was carried, since a handler computed without a pause, at ${named.join(', ')}${more}: let it await, or do less`,
      suspects[0],
    )
  }
}

/** CPU time of this thread. */
function usedMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}
