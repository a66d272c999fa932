import { displayWidth, padEnd, truncate } from './text.ts'

export interface Column {
  readonly actor: string
  /** What stands at the head of the column, in one or two lines. */
  readonly head: readonly string[]
  readonly width: number
}

export interface ColumnPlan {
  /** Columns that fit side by side; more than one block when they do not all fit. */
  readonly blocks: readonly (readonly Column[])[]
  /** `paid = paid-api`, for each head that is not the actor's whole name. */
  readonly key: readonly string[]
}

const longestHead = 12
const shortestHead = 3

type Heads = readonly (readonly string[])[]

/**
 * Heads for the columns of a matrix: whole names where they fit into `width` columns, else names in two lines, else unique
 * beginnings, else numbers; then blocks. No two heads are the same. `minWidth` is that of a column's content; one space follows each.
 */
export function planColumns(
  actors: readonly string[],
  width: number,
  minWidth: number,
  ellipsis: string,
): ColumnPlan {
  const { heads, whole } = chooseHeads(actors, width, minWidth, ellipsis)
  const columns = actors.map((actor, index) => {
    const head = heads[index] ?? []
    return { actor, head, width: Math.max(minWidth, widthOf(head)) }
  })
  const key = columns
    .filter((column) => !whole && column.head.join('') !== column.actor)
    .map((column) => `${column.head.join('')} = ${column.actor}`)
  return { blocks: intoBlocks(columns, width), key }
}

function chooseHeads(
  actors: readonly string[],
  width: number,
  minWidth: number,
  ellipsis: string,
): { heads: Heads; whole: boolean } {
  const fits = (heads: Heads) =>
    heads.reduce((sum, head) => sum + Math.max(minWidth, widthOf(head)) + 1, -1) <= width
  const short = (heads: Heads) => heads.every((head) => widthOf(head) <= longestHead)
  const whole: readonly Heads[] = [actors.map((actor) => [actor]), actors.map(inTwoLines)]
  const fitting = whole.find(fits)
  if (fitting) return { heads: fitting, whole: true }
  const cut: Heads[] = []
  for (let cap = longestHead; cap >= shortestHead; cap -= 1) {
    const heads = actors.map((actor) => [shorten(actor, cap)])
    if (isUsable(heads.flat())) cut.push(heads)
  }
  const cutFitting = cut.find(fits)
  if (cutFitting) return { heads: cutFitting, whole: false }
  const blocks = whole.find(short)
  if (blocks) return { heads: blocks, whole: true }
  const last = cut[0] ?? actors.map((actor, index) => [numbered(actor, index, ellipsis)])
  return { heads: last, whole: false }
}

/** Broken after the dash that is nearest to the middle. */
function inTwoLines(actor: string): readonly string[] {
  const breaks = [...actor.matchAll(/[-_. ]/g)].map((match) => match.index + 1)
  const middle = actor.length / 2
  const at = breaks.toSorted((a, b) => Math.abs(a - middle) - Math.abs(b - middle))[0]
  return at === undefined || at === actor.length ? [actor] : [actor.slice(0, at), actor.slice(at)]
}

/** The first `cap` columns, without a dash that was left hanging. */
function shorten(actor: string, cap: number): string {
  return displayWidth(actor) <= cap ? actor : truncate(actor, cap, '').replace(/[-_. ]+$/, '')
}

function numbered(actor: string, index: number, ellipsis: string): string {
  return `${index + 1}:${truncate(actor, 3, ellipsis)}`
}

function isUsable(heads: readonly string[]): boolean {
  return new Set(heads).size === heads.length && heads.every((head) => head.trim() !== '')
}

function widthOf(head: readonly string[]): number {
  return Math.max(0, ...head.map(displayWidth))
}

/** The lines above a block, `indent` columns to the right; heads of one line stand at the bottom. */
export function headLines(columns: readonly Column[], indent: number): string[] {
  const height = Math.max(1, ...columns.map((column) => column.head.length))
  return Array.from({ length: height }, (_, line) => {
    const heads = columns.map((column) =>
      padEnd(column.head[line - height + column.head.length] ?? '', column.width),
    )
    return `${' '.repeat(indent)}${heads.join(' ')}`.trimEnd()
  })
}

function intoBlocks(columns: readonly Column[], width: number): Column[][] {
  const blocks: Column[][] = []
  let used = 0
  for (const column of columns) {
    const block = blocks.at(-1)
    if (block && used + 1 + column.width <= width) {
      block.push(column)
      used += 1 + column.width
    } else {
      blocks.push([column])
      used = column.width
    }
  }
  return blocks
}
