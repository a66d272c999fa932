import {
  latencyBound,
  latencyBucket,
  latencyBuckets,
  type LinkCount,
  type StatusClass,
} from '../core/index.ts'

/** How a request ended. */
type End = { readonly status: number } | 'error' | 'abandoned'

/** Counts what passes from one to another. Fixed in size. */
export class Meter {
  #requests = 0
  #errors = 0
  #abandoned = 0
  readonly #answers = new Float64Array(5)
  readonly #latency = new Uint32Array(latencyBuckets)

  /** Counts a request; what is returned is called with how it ended. Only its first call counts. */
  start(): (how: End) => void {
    this.#requests += 1
    const startedMs = performance.now()
    let isOver = false
    return (how) => {
      if (isOver) return
      isOver = true
      if (how === 'error') this.#errors += 1
      else if (how === 'abandoned') this.#abandoned += 1
      else {
        const digit = Math.floor(how.status / 100)
        const place = (digit >= 1 && digit <= 5 ? digit : 5) - 1
        this.#answers[place] = (this.#answers[place] ?? 0) + 1
        const bucket = latencyBucket(performance.now() - startedMs)
        this.#latency[bucket] = (this.#latency[bucket] ?? 0) + 1
      }
    }
  }

  /** What was counted so far. */
  read(from: string, to: string): LinkCount {
    const answers = [...this.#answers].flatMap((count, i) =>
      count === 0 ? [] : [[`${i + 1}xx` as StatusClass, count] as const],
    )
    const latency: [number, number][] = []
    for (const [bucket, count] of this.#latency.entries()) {
      if (count > 0) latency.push([latencyBound(bucket), count])
    }
    return {
      from,
      to,
      requests: this.#requests,
      answers: Object.fromEntries(answers),
      errors: this.#errors,
      abandoned: this.#abandoned,
      latency,
    }
  }
}
