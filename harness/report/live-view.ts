import { cellKey } from '../core/index.ts'
import { headLines, planColumns, type Column } from './columns.ts'
import { samplesPerSecond, type LiveCell, type LiveState } from './live.ts'
import { loadLines } from './load-live-view.ts'
import { displayWidth, padEnd, truncate } from './text.ts'
import { makeTheme, type Mark, type RenderOptions, type Theme } from './theme.ts'
import { count, formatDuration } from './words.ts'

export interface LiveOptions extends RenderOptions {
  /** Lines that may be used at most. */
  readonly height: number
  /** Now, on the clock of the journal's atMs. */
  readonly nowMs: number
}

const longestFlow = 20
/** Rate, errors, two curves and the marks of changes. */
const leastLoad = 6

/** What is seen while a run goes on: at most `height` lines of at most `width` columns. */
export function renderLive(state: LiveState, options: LiveOptions): string {
  const theme = makeTheme(options)
  const height = Math.max(1, Math.floor(options.height))
  const top = topLines(state, options.nowMs, theme)
  const bottom = bottomLines(state, theme)
  const room = height - top.length - bottom.length
  // In a scenario the flows of a load have the room that the matrix leaves.
  if (isLoadAlone(state)) {
    return [...top, ...loadLines(state.load, theme, height - top.length)].join('\n')
  }
  const most = Math.min(room - 4, Math.max(leastLoad, room - neededRows(state)))
  const load = loadLines(state.load, theme, most)
  const left = room - load.length
  const matrix = left >= 4 ? matrixRows(state, theme, left) : []
  return [...top, ...load, ...matrix, ...bottom].slice(0, height).join('\n')
}

function topLines(state: LiveState, nowMs: number, theme: Theme): string[] {
  const { dot } = theme.symbols
  const elapsed = formatDuration(nowMs)
  const about = [state.scenario, state.runtime, `seed ${state.seed}`].filter((part) => part !== '')
  const left = fit(about.join(` ${dot} `), theme.width - elapsed.length - 1, theme)
  const facts = [
    count(state.samples, 'sample'),
    `${Math.round(samplesPerSecond(state, nowMs))}/s`,
    `status page: ${state.statusPage ?? 'not read yet'}`,
  ]
  if (state.applied.length > 0) facts.push(`IN FORCE: ${state.applied.join(', ')}`)
  return [
    theme.strong(padEnd(left, theme.width - elapsed.length)) + elapsed,
    theme.note(fit(state.text, theme.width, theme)),
    ...(isLoadAlone(state) ? [] : [fit(facts.join(` ${dot} `), theme.width, theme)]),
  ]
}

/** A load test changes nothing and has no cells to sample, also while its system starts. */
function isLoadAlone(state: LiveState): boolean {
  const isToBe = state.scenario !== '' && state.changeTitles.length === 0
  return state.samples === 0 && (isToBe || state.load.seconds.length > 0)
}

function fit(text: string, width: number, theme: Theme): string {
  return truncate(theme.safe(text), width, theme.symbols.ellipsis)
}

function bottomLines(state: LiveState, theme: Theme): string[] {
  const cells = [...state.cells.values()]
  const marked = (...marks: LiveCell['mark'][]) =>
    cells.filter((cell) => marks.includes(cell.mark)).length
  const open = marked('waiting', 'sampling', 'failing')
  const told: readonly (readonly [Mark, string, number])[] = [
    ['holds', 'working', marked('holds')],
    ['broken', 'broken', marked('broken')],
    ['effect', 'as declared', marked('effect')],
    ['effect-partial', 'partly', marked('effect-partial')],
    ['effect-absent', 'did not come', marked('effect-absent')],
    ['failing', 'failing', marked('failing')],
    ['undecided', 'undecided', marked('undecided')],
  ]
  const parts = told
    .filter(([, , cellsMarked]) => cellsMarked > 0)
    .map(([mark, text, cellsMarked]) => `${theme.marks[mark]} ${cellsMarked} ${text}`)
  if (state.window !== undefined) parts.push(`${open} of ${count(cells.length, 'cell')} to decide`)
  if (state.verdict !== undefined) parts.push(`verdict: ${state.verdict}`)
  return [fit(parts.join(', '), theme.width, theme)]
}

/** Lines that the matrix can do with: a heading may take some. */
function neededRows(state: LiveState): number {
  return state.flows.length + 3
}

/** The matrix, one mark a cell. What does not fit is counted, never dropped without a word. */
function matrixRows(state: LiveState, theme: Theme, room: number): string[] {
  const names = state.flows.map((flow) => fit(flow, longestFlow, theme))
  const flowWidth = Math.max(4, ...names.map(displayWidth))
  const actors = state.actors.map(theme.safe)
  const plan = planColumns(actors, theme.width - flowWidth - 1, 1, theme.symbols.ellipsis)
  const columns = plan.blocks[0] ?? []
  const ids = state.actors.slice(0, columns.length)
  const heads = headLines(columns, flowWidth + 1).map(theme.quiet)
  const hiddenActors = state.actors.length - columns.length
  const fitting = state.flows.length + heads.length + (hiddenActors > 0 ? 1 : 0) <= room
  const rows = fitting ? state.flows.length : Math.max(0, room - heads.length - 1)
  const lines = state.flows.slice(0, rows).map((flow, index) => {
    const marks = columns.map((column, at) => cellMark(state, flow, ids[at] ?? '', column, theme))
    return `${padEnd(names[index] ?? '', flowWidth)} ${marks.join(' ')}`.trimEnd()
  })
  const hidden = hiddenWords(state, rows, hiddenActors)
  return [...heads, ...lines, ...(hidden === '' ? [] : [fit(hidden, theme.width, theme)])]
}

function cellMark(
  state: LiveState,
  flow: string,
  actor: string,
  column: Column,
  theme: Theme,
): string {
  const mark = state.cells.get(cellKey({ flow, actor }))?.mark ?? 'not-a-cell'
  return theme.mark(mark) + ' '.repeat(Math.max(0, column.width - 1))
}

function hiddenWords(state: LiveState, rows: number, hiddenActors: number): string {
  const flows = state.flows.slice(rows)
  const broken = flows.filter((flow) =>
    [...state.cells.values()].some((cell) => cell.flow === flow && cell.mark === 'broken'),
  ).length
  const parts: string[] = []
  if (flows.length > 0)
    parts.push(`${count(flows.length, 'more flow')}, ${broken} with broken cells`)
  if (hiddenActors > 0) parts.push(`${count(hiddenActors, 'more actor')} (widen the window)`)
  return parts.join('; ')
}
