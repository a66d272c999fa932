import { cellKey, type CellId, type Judgement, type JournalEvent } from '../core/index.ts'

/** A span of the run that tests wait for. A step is one part, whatever its stages. */
export type Part = 'baseline' | 'recovery' | `change ${string}`

/** Follows a run by its journal, so that a test need not wait for the end of the run to know that a cell held in its part. */
export class Progress {
  readonly #judgements = new Map<string, Judgement[]>()
  readonly #over = new Map<Part, PromiseWithResolvers<void>>()
  #current: Part | undefined

  readonly take = (event: JournalEvent): void => {
    switch (event.kind) {
      case 'window.opened': {
        const { kind, change } = event.window
        return this.#enter(kind === 'change' ? `change ${change}` : kind)
      }
      case 'cell.judged': {
        const key = `${this.#current} ${cellKey(event)}`
        this.#judgements.set(key, [...(this.#judgements.get(key) ?? []), event.judgement])
        return
      }
      case 'window.closed':
        // A change may go on with its next stage.
        if (event.window.kind !== 'change') this.#enter(undefined)
        return
      case 'phase':
        if (event.phase === 'undoing') this.#enter(undefined)
        return
      default:
        return
    }
  }

  /** Resolves when the part is over; never when it does not take place. */
  over(part: Part): Promise<void> {
    return this.#endOf(part).promise
  }

  /** Whether the cell was seen in the part, and at every stage held or changed as declared. */
  held(part: Part, cell: CellId): boolean {
    const judgements = this.#judgements.get(`${part} ${cellKey(cell)}`) ?? []
    return judgements.length > 0 && judgements.every((one) => one === 'holds' || one === 'effect')
  }

  #enter(part: Part | undefined): void {
    if (part === this.#current) return
    if (this.#current !== undefined) this.#endOf(this.#current).resolve()
    this.#current = part
  }

  #endOf(part: Part): PromiseWithResolvers<void> {
    const known = this.#over.get(part)
    if (known) return known
    const made = Promise.withResolvers<void>()
    this.#over.set(part, made)
    return made
  }
}
