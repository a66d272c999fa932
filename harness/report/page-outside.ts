import type { EventOf } from '../core/index.ts'

export interface OutsideRow {
  readonly host: string
  readonly from: string
  readonly requests: number
  readonly refused: number
  /** How often each status was answered, by its number; 'none' without an answer. */
  readonly statuses: Readonly<Record<string, number>>
  /** Failure modes of the site that struck. */
  readonly variants: readonly string[]
}

const mostRows = 200

interface Row {
  host: string
  from: string
  requests: number
  refused: number
  statuses: Record<string, number>
  variants: Set<string>
}

/** Traffic to the outside by host and asker; what comes after 200 pairs is added up under 'others'. */
export class OutsideFold {
  readonly #rows = new Map<string, Row>()

  take(event: EventOf<'outside'>): void {
    const row = this.#row(hostOf(event.url), event.from)
    row.requests += 1
    if (event.outcome === 'refused') row.refused += 1
    const status = String(event.status ?? 'none')
    row.statuses[status] = (row.statuses[status] ?? 0) + 1
    if (event.variant !== undefined) row.variants.add(event.variant)
  }

  data(): OutsideRow[] {
    return [...this.#rows.values()]
      .toSorted((a, b) => b.refused - a.refused || b.requests - a.requests)
      .map((row) => ({ ...row, variants: [...row.variants] }))
  }

  #row(host: string, from: string): Row {
    const key = `${host} ${from}`
    const known = this.#rows.get(key)
    if (known) return known
    if (this.#rows.size >= mostRows && host !== 'others') return this.#row('others', 'anyone')
    const row = { host, from, requests: 0, refused: 0, statuses: {}, variants: new Set<string>() }
    this.#rows.set(key, row)
    return row
  }
}

function hostOf(url: string): string {
  return /^[a-z]+:\/\/([^/?#]+)/i.exec(url)?.[1] ?? url.slice(0, 100)
}
