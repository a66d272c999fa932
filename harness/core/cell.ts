/** One flow × one actor: the unit that a verdict speaks about. */
export interface CellId {
  readonly flow: string
  readonly actor: string
}

/** Names cells: every flow and every actor that is not narrowed down. */
export interface CellSelector {
  readonly flows?: readonly string[]
  readonly actors?: readonly string[]
}

export function cellKey(cell: CellId): string {
  return `${cell.flow} × ${cell.actor}`
}

export function selects(selector: CellSelector, cell: CellId): boolean {
  return (
    (selector.flows?.includes(cell.flow) ?? true) && (selector.actors?.includes(cell.actor) ?? true)
  )
}
