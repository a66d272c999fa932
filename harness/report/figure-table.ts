import { displayWidth, padEnd, truncate, visible } from './text.ts'

export interface FigureTable {
  /** Of the names, and of the columns after them. */
  readonly nameHead: string
  readonly heads: readonly string[]
  readonly rows: readonly { readonly name: string; readonly figures: readonly string[] }[]
  /** Heads of columns that are left out where there is no room for all, the first of them first. */
  readonly dispensable: readonly string[]
  readonly width: number
  readonly ellipsis: string
}

/** Columns stay where they are while figures grow to so many digits. */
const usualWidth = 7
const leastName = 12
const longestName = 40

/** Names and figures, a line each and before them the heads. Names that are too long are cut. */
export function figureTable({
  nameHead,
  heads,
  rows,
  dispensable,
  width,
  ellipsis,
}: FigureTable): string[] {
  const all = heads.map((head, i) => {
    const figures = rows.map((row) => row.figures[i] ?? '')
    const longest = Math.max(head.length, ...figures.map((figure) => figure.length))
    return { head, figures, width: Math.max(usualWidth, longest + 1) }
  })
  const names = rows.map(({ name }) => visible(name))
  const wanted = Math.min(longestName, Math.max(leastName, ...names.map(displayWidth)))
  const left = [...dispensable]
  let shown = all
  const room = () => width - shown.reduce((sum, column) => sum + column.width, 0)
  while (room() < Math.min(wanted, 20) && left.length > 0) {
    const dropped = left.shift()
    shown = shown.filter(({ head }) => head !== dropped)
  }
  const nameWidth = Math.max(0, Math.min(wanted, room()))
  const line = (name: string, of: (column: (typeof all)[number]) => string) =>
    padEnd(truncate(name, nameWidth, ellipsis), nameWidth) +
    shown.map((column) => of(column).padStart(column.width)).join('')
  return [
    line(nameHead, ({ head }) => head),
    ...names.map((name, i) => line(name, ({ figures }) => figures[i] ?? '')),
  ]
}
