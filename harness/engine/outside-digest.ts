import { handlerThrew, type OutsideCount, type OutsideRecord } from '../core/index.ts'

const maxWhole = 5_000
const maxKept = 1_000
const maxKeys = 500

/**
 * Keeps the journal bounded however much is asked of the outside: the first 5,000 requests are written down one by one, the others are counted
 * by caller, host, status and variant. What makes a run fail (refusals, handlers that threw) has 1,000 of its own, so that a flood of
 * ordinary requests cannot hide it. Memory is bounded as well: after 500 kinds the rest is counted together, under the host '*'.
 */
export class OutsideDigest {
  readonly #counts = new Map<string, OutsideCount>()
  #whole = 0
  #kept = 0
  #lastSeq = 0
  #lost = 0

  /** True: write it down. False: it was counted. Records come in the order of their numbers. */
  take(record: OutsideRecord): boolean {
    this.#lost += Math.max(0, record.seq - this.#lastSeq - 1)
    this.#lastSeq = record.seq
    if (this.#whole < maxWhole) {
      this.#whole += 1
      return true
    }
    if (isGrave(record) && this.#kept < maxKept) {
      this.#kept += 1
      return true
    }
    this.#count(record)
    return false
  }

  /** What was counted, most frequent first. */
  get counts(): readonly OutsideCount[] {
    return [...this.#counts.values()].toSorted((a, b) => b.count - a.count)
  }

  /** Records whose numbers never came: the fabric had forgotten them before they were asked for. */
  get lost(): number {
    return this.#lost
  }

  #count({ from, url, outcome, status, variant }: OutsideRecord): void {
    const host = URL.canParse(url) ? new URL(url).hostname : ''
    const kind = {
      from,
      host,
      outcome,
      ...(status === undefined ? {} : { status }),
      ...(variant === undefined ? {} : { variant }),
    }
    const key = JSON.stringify(kind)
    const isFull = this.#counts.size >= maxKeys && !this.#counts.has(key)
    const rest = { from: '*', host: '*', outcome }
    const counted = isFull ? rest : kind
    const at = isFull ? JSON.stringify(rest) : key
    this.#counts.set(at, { ...counted, count: (this.#counts.get(at)?.count ?? 0) + 1 })
  }
}

function isGrave({ outcome, note }: OutsideRecord): boolean {
  return outcome === 'refused' || (note?.startsWith(handlerThrew) ?? false)
}
