import { actorsName, outsideName } from '../../core/index.ts'
import type { SummaryLink } from '../summary-types.ts'

export interface CallNode {
  readonly name: string
  /** Of the middle, in units of the drawing. */
  readonly x: number
  readonly y: number
}

export interface CallEdge {
  readonly link: SummaryLink
  /** Of an SVG path. */
  readonly path: string
  /** Where its label stands. */
  readonly x: number
  readonly y: number
}

export interface CallLayout {
  readonly width: number
  readonly height: number
  readonly nodes: readonly CallNode[]
  readonly edges: readonly CallEdge[]
}

export const nodeWidth = 104
export const nodeHeight = 52
const columnWidth = 314
const rowHeight = 124
const margin = 22
/** Above and below, for what passes by a column. */
const room = 48
/** Calls in one direction and back do not lie on each other. */
const apart = 13
/** Where on an edge its label stands, 0 to 1: there and back they stand at different ends. */
const labelAt = 0.62

/** Who calls whom from left to right: actors, what they call most, what that calls, and so on; the outside on the right. */
export function layOutCalls(links: readonly SummaryLink[]): CallLayout {
  const columns = columnsOf(links)
  const rows = Math.max(...columns.map(({ length }) => length))
  const height = rows * rowHeight + 2 * room
  const nodes = columns.flatMap((names, column) =>
    names.map((name, row) => ({
      name,
      x: margin + nodeWidth / 2 + column * columnWidth,
      y: height / 2 + (row - (names.length - 1) / 2) * rowHeight,
    })),
  )
  const byName = new Map(nodes.map((node) => [node.name, node]))
  const edges = links.flatMap((link) => {
    const [from, to] = [byName.get(link.from), byName.get(link.to)]
    return from && to ? [edgeOf(link, from, to, height)] : []
  })
  const width = margin * 2 + nodeWidth + (columns.length - 1) * columnWidth
  return { width, height, nodes, edges }
}

function columnsOf(links: readonly SummaryLink[]): string[][] {
  const names = [...new Set(links.flatMap(({ from, to }) => [from, to]))]
  const total = (link: SummaryLink) =>
    [link.baseline, link.change, link.recovery].reduce((sum, one) => sum + (one?.requests ?? 0), 0)
  const level = new Map([[actorsName, 0]])
  const waiting = new Set(names.filter((name) => name !== actorsName && name !== outsideName))
  for (let column = 1; waiting.size > 0; column += 1) {
    const known = links.filter(({ from, to }) => level.get(from) === column - 1 && waiting.has(to))
    // Of those whom actors call themselves the first is the entry; the others stand where it calls them.
    const called = known.toSorted((a, b) => total(b) - total(a)).map(({ to }) => to)
    const next = column === 1 ? called.slice(0, 1) : called
    for (const name of next.length > 0 ? next : [...waiting]) {
      level.set(name, column)
      waiting.delete(name)
    }
  }
  const last = Math.max(...level.values()) + 1
  if (names.includes(outsideName)) level.set(outsideName, last)
  return Array.from({ length: last + 1 }, (_, column) =>
    names.filter((name) => level.get(name) === column),
  ).filter(({ length }) => length > 0)
}

function edgeOf(link: SummaryLink, from: CallNode, to: CallNode, height: number): CallEdge {
  if (from.x === to.x) return besideEdge(link, from, to)
  const side = to.x > from.x ? 1 : -1
  const start: Point = [from.x + (side * nodeWidth) / 2, from.y - side * apart]
  const end: Point = [to.x - side * (nodeWidth / 2 + 6), to.y - side * apart]
  const reach = side * Math.abs(end[0] - start[0]) * 0.5
  const isFar = Math.abs(to.x - from.x) > columnWidth * 1.5
  // What passes by a column goes over it there, and under it back.
  const outermost = side > 0 ? room / 2 : height - room / 2
  const bent = (outermost - (start[1] + end[1]) / 8) / 0.75
  const b: Point = [start[0] + reach, isFar ? bent : start[1]]
  const c: Point = [end[0] - reach, isFar ? bent : end[1]]
  return {
    link,
    path: `M${start.join()} C${b.join()} ${c.join()} ${end.join()}`,
    ...pointOn(start, b, c, end, isFar ? 0.5 : labelAt),
  }
}

/** Between two of one column. */
function besideEdge(link: SummaryLink, from: CallNode, to: CallNode): CallEdge {
  const side = from.y < to.y ? 1 : -1
  const x = from.x + (side * nodeWidth) / 2
  const [y1, y2] = [from.y, to.y]
  const out = x + side * 40
  return {
    link,
    path: `M${x},${y1} C${out},${y1} ${out},${y2} ${x + side * 6},${y2}`,
    x: x + side * 34,
    y: (y1 + y2) / 2,
  }
}

type Point = readonly [x: number, y: number]

/** Of a cubic Bézier curve. */
function pointOn(a: Point, b: Point, c: Point, d: Point, t: number): { x: number; y: number } {
  const at = (axis: 0 | 1) =>
    (1 - t) ** 3 * a[axis] +
    3 * (1 - t) ** 2 * t * b[axis] +
    3 * (1 - t) * t ** 2 * c[axis] +
    t ** 3 * d[axis]
  return { x: at(0), y: at(1) }
}
