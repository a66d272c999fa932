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
  /** Where the middle of its label stands; absent where no place for it is free. */
  readonly label?: Point
}

export interface CallLayout {
  readonly width: number
  readonly height: number
  readonly nodes: readonly CallNode[]
  readonly edges: readonly CallEdge[]
}

export const nodeWidth = 104
export const nodeHeight = 52
/** The most that a label takes: a rate and a share, in one line. */
export const labelWidth = 108
export const labelHeight = 20
const columnWidth = 314
const rowHeight = 112
const margin = 22
/** Above and below, for what passes by a column. */
const room = 44
/** Calls in one direction and back do not lie on each other. */
const apart = 13
/** Where on an edge its label may stand, 0 at its left end and 1 at its right one: the first of these that is free. */
const labelPlaces = [0.62, 0.5, 0.74, 0.4, 0.84, 0.3, 0.2]

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
  const boxes: Box[] = nodes.map(({ x, y }) => ({ x, y, width: nodeWidth, height: nodeHeight }))
  const edges = links.flatMap((link) => {
    const [from, to] = [byName.get(link.from), byName.get(link.to)]
    if (!from || !to) return []
    const { path, places } = curveOf(from, to, height)
    const labels = places.map((at) => ({ ...at, width: labelWidth, height: labelHeight }))
    const label = labels.find((one) => !boxes.some((box) => overlap(one, box)))
    if (!label) return [{ link, path }]
    boxes.push(label)
    return [{ link, path, label: [label.x, label.y] as const }]
  })
  // A label between two of the last column stands beyond it.
  const width = Math.max(...boxes.map((box) => box.x + box.width / 2)) + margin
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

/** A curve from one to the other, and where on it a label may stand, best first. */
interface Curve {
  readonly path: string
  readonly places: readonly { readonly x: number; readonly y: number }[]
}

function curveOf(from: CallNode, to: CallNode, height: number): Curve {
  if (from.x === to.x) return besideCurve(from, to)
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
  const places = isFar ? [0.5, ...labelPlaces] : labelPlaces
  return {
    path: `M${start.join()} C${b.join()} ${c.join()} ${end.join()}`,
    places: places.map((at) => pointOn(start, b, c, end, side > 0 ? at : 1 - at)),
  }
}

/** Between two of one column. */
function besideCurve(from: CallNode, to: CallNode): Curve {
  const side = from.y < to.y ? 1 : -1
  const x = from.x + (side * nodeWidth) / 2
  const [y1, y2] = [from.y, to.y]
  const out = x + side * 40
  const middle = (y1 + y2) / 2
  return {
    path: `M${x},${y1} C${out},${y1} ${out},${y2} ${x + side * 6},${y2}`,
    // Clear of a node that may stand between the two.
    places: [0, -1, 1].map((step) => ({
      x: x + side * (labelWidth / 2 + 8),
      y: middle + step * labelHeight,
    })),
  }
}

interface Box {
  /** Of the middle. */
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

function overlap(a: Box, b: Box): boolean {
  return (
    Math.abs(a.x - b.x) < (a.width + b.width) / 2 && Math.abs(a.y - b.y) < (a.height + b.height) / 2
  )
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
