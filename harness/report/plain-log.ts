import {
  cellKey,
  handlerThrew,
  reasonsOf,
  type EventOf,
  type JournalEvent,
  type Judgement,
} from '../core/index.ts'
import { leaksLine, loadJudgedLine, loadSecondLine } from './load-lines.ts'
import { oneLine } from './one-line.ts'
import { truncate, visible, wrap } from './text.ts'
import { count, formatDuration, list } from './words.ts'

const mostDiffLines = 3
const mostText = 500

/** Names what has been said already: the first break of each symptom in a window, the last state of the status page. */
interface Memory {
  readonly symptoms: Set<string>
  readonly refused: Set<string>
  readonly failed: Set<string>
  statusPage: string
  cells: number
  /** What was judged last of each cell in the window that is open. */
  readonly judged: Map<string, Judgement>
}

/**
 * A log for where there is no terminal: a function from each event, in order, to what is said of it, or to null for what is not worth a
 * word. Samples are never logged one by one. Lines are safe to print, without colours, and at most `width` columns wide.
 */
export function createPlainLog(width: number): (event: JournalEvent) => string | null {
  const memory: Memory = {
    symptoms: new Set(),
    refused: new Set(),
    failed: new Set(),
    statusPage: 'operational',
    cells: 0,
    judged: new Map(),
  }
  return (event) => {
    const text = lineFor(event, memory)
    if (text === null) return null
    const first = `${formatDuration(event.atMs).padStart(8)}  `
    return wrap(truncate(visible(text), mostText, '...'), { width, first }).join('\n')
  }
}

function lineFor(event: JournalEvent, memory: Memory): string | null {
  switch (event.kind) {
    case 'run.started':
      memory.cells = event.cells.length
      return `${event.scenario}: ${event.title} (${event.runtime}, seed ${event.seed}, ${count(event.cells.length, 'cell')})`
    case 'phase':
      return event.text
    case 'stack.ready':
      return `the stack is up after ${formatDuration(event.durationMs)}`
    case 'window.opened':
      memory.judged.clear()
      return null
    case 'window.closed':
      return closedLine(event, memory)
    case 'cell.judged':
      return judgedLine(event, memory)
    case 'change.applied':
      return appliedLine(event)
    case 'change.failed':
      return `NOT APPLIED: '${event.change}' to ${event.replica} (${event.why}): ${event.message}`
    case 'change.undone':
      return `undone '${event.change}'${event.replicas.length === 0 ? '' : ` on ${list(event.replicas, 6)}`} in ${formatDuration(event.durationMs)}`
    case 'undo.failed':
      return `NOT UNDONE: '${event.change}' on ${event.replica}: ${event.message}`
    case 'status.read':
      return statusLine(event, memory)
    case 'outside':
      return outsideLine(event, memory)
    case 'site.failed':
      return failureLine(event.message, event.request, memory)
    case 'outside.counted':
      return `more was asked of the outside than is written down: ${count(sum(event.counts), 'request')} counted, ${event.lost} lost`
    case 'writes.checked':
      return `read back ${count(event.ok, 'acknowledged write')}: ${event.lost.count} lost, ${event.duplicated.count} there twice, ${event.phantom?.count ?? 0} refused and there, ${event.unread.count} not readable`
    case 'replica.exited':
      return `replica ${event.replica} ended by itself: ${oneLine(event.detail)}`
    case 'interrupted':
      return `interrupted by ${event.signal}`
    case 'run.failed':
      return `the run cannot go on: ${event.message}`
    case 'verdict.reached':
      return verdictLine(event)
    case 'run.ended':
      return `ended after ${formatDuration(event.timings.totalMs)}: ${event.verdict.kind.toUpperCase()}`
    case 'load.second':
      return loadSecondLine(event)
    case 'load.judged':
      return event.judgement === 'holds' ? null : loadJudgedLine(event)
    case 'hand.acted':
      return `by hand: ${event.text}`
    case 'leaks.judged':
      return leaksLine(event)
    case 'baseline.compared':
      return `against the baseline: ${event.title}`
    case 'flow.performed':
    case 'resources.read':
    case 'load.figures':
    case 'links.counted':
    case 'load.breakpoint':
    case 'load.summary':
    case 'sample':
    case 'answers.sampled':
    case 'state.hashed':
    case 'status.judged':
      return null
    case 'fault.told':
      return `'${event.fault}': ${event.text}`
    case 'safety.judged':
      return event.aborted ? `STOPPED: the threshold ${event.text} is crossed` : null
    case 'escape.checked':
      return event.failedInARow === 0
        ? null
        : `under '${event.change}' the configuration of ${event.replica} could not be read ${event.failedInARow} times in a row: ${event.message}`
  }
}

function sum(counts: readonly { readonly count: number }[]): number {
  return counts.reduce((total, one) => total + one.count, 0)
}

function closedLine(event: EventOf<'window.closed'>, memory: Memory): string {
  const took = formatDuration(event.durationMs)
  const found = (judgement: Judgement) =>
    [...memory.judged.values()].filter((one) => one === judgement).length
  const [broken, undecided, declared] = [found('broken'), found('undecided'), found('effect')]
  if (event.window.kind === 'recovery' && broken + undecided === 0) return `recovered in ${took}`
  const effects = declared === 0 ? '' : `, ${declared} changed as declared`
  const open = undecided === 0 ? '' : `, ${undecided} not decided`
  return `${event.window.id} ended after ${took}: ${broken} of ${count(memory.cells, 'cell')} broken${effects}${open}`
}

function judgedLine(event: EventOf<'cell.judged'>, memory: Memory): string | null {
  const { judgement, evidence } = event
  memory.judged.set(cellKey(event), judgement)
  if (judgement === 'holds' || judgement === 'effect') return null
  const symptom = Object.entries(evidence.symptoms).toSorted((a, b) => b[1] - a[1])[0]?.[0]
  const what = judgement === 'broken' ? 'BROKEN' : judgement
  const said = `${event.window} ${judgement} ${symptom ?? ''}`
  if (memory.symptoms.has(said)) return null
  memory.symptoms.add(said)
  const shown = symptom === undefined ? '' : ` with ${symptom}`
  return `${what}${shown}: ${event.flow} as ${event.actor}, ${evidence.failures} of ${count(evidence.samples, 'sample')} failed (first of its kind in ${event.window})`
}

function appliedLine(event: EventOf<'change.applied'>): string {
  const stage = event.stage === undefined ? '' : `, stage ${event.stage}`
  const shown = event.explain.slice(0, mostDiffLines).join('; ')
  const more = event.explain.length - mostDiffLines
  const rest = more > 0 ? `; and ${count(more, 'more line')}` : ''
  // An undo and a wait are on no replica.
  const what =
    event.replicas.length === 0
      ? `took '${event.change}'`
      : `applied '${event.change}'${stage} to ${list(event.replicas, 6)}`
  return `${what}: ${shown || 'no difference'}${rest}`
}

function statusLine(event: EventOf<'status.read'>, memory: Memory): string | null {
  const state = event.error === undefined ? event.overall : 'cannot be read'
  if (state === memory.statusPage) return null
  const before = memory.statusPage
  memory.statusPage = state
  const why = event.error === undefined ? '' : ` (${event.error})`
  return `status page: ${before} -> ${state}${why}`
}

function outsideLine(event: EventOf<'outside'>, memory: Memory): string | null {
  const what = `${event.method} ${event.url} from ${event.from}`
  if (event.note?.startsWith(handlerThrew)) {
    return failureLine(event.note.slice(handlerThrew.length), event, memory)
  }
  if (event.outcome !== 'refused' || memory.refused.has(what)) return null
  memory.refused.add(what)
  return `REFUSED to the outside: ${what}${event.note === undefined ? '' : ` (${event.note})`}`
}

/** Once for each text. */
function failureLine(
  message: string,
  request: { readonly method: string; readonly url: string } | undefined,
  memory: Memory,
): string | null {
  const [what = ''] = message.split('\n')
  if (memory.failed.has(what)) return null
  memory.failed.add(what)
  return `code of a site failed${request ? ` on ${request.method} ${request.url}` : ''}: ${what}`
}

function verdictLine(event: EventOf<'verdict.reached'>): string {
  const [first, ...others] = reasonsOf(event.verdict)
  const word = `verdict: ${event.verdict.kind.toUpperCase()}`
  if (!first) return word
  const cell = first.cell ? `${first.cell.flow} as ${first.cell.actor}: ` : ''
  const more = others.length === 0 ? '' : ` (and ${count(others.length, 'more reason')})`
  return `${word}: ${cell}${oneLine(first.message)}${more}`
}
