import { cellKey, type ReasonCode } from '../core/index.ts'
import { isMissed, reasonsByCell, stepsOf, wasTaken } from './faults.ts'
import type { Summary, SummaryCell, SummaryChange, SummaryReason } from './summary-types.ts'
import { capital, changeTitles, whatForWhom } from './whom.ts'
import { count, list } from './words.ts'

/** Told by the sentence itself: what broke, what load did, and what did not come back. */
const toldElsewhere: ReadonlySet<ReasonCode> = new Set([
  'broken',
  'broken-under-load',
  'slower-under-load',
  'not-recovered',
  'undo-failed',
  'state-differs',
])

/** One sentence for each kind of reason that the rest does not tell of, in words that need no knowledge of the harness. */
export function reasonSentences(summary: Summary): string[] {
  const untried = new Set(untriedSteps(summary).map(neverWatched))
  const left = summary.reasons.filter(
    ({ code, message }) => !toldElsewhere.has(code) && !untried.has(message),
  )
  return [...Map.groupBy(left, ({ code }) => code)].map(([code, reasons]) => {
    const named = new Set(reasonsByCell(reasons).keys())
    const cells = summary.cells.filter((cell) => named.has(cellKey(cell)))
    return cells.length === 0
      ? ofTheRun(code, reasons, summary)
      : ofCells(code, cells, reasons, summary)
  })
}

/** That the run ended before some of its steps, in a sentence; empty where it did not. */
export function untriedSentence(summary: Summary): string {
  const steps = untriedSteps(summary)
  if (steps.length === 0) return ''
  return `${changeTitles(steps)} ${steps.length === 1 ? 'was' : 'were'} not tried: the run ended before.`
}

/** Steps that a run did not get to, where a reason says so. */
function untriedSteps({ changes, reasons }: Summary): SummaryChange[] {
  const told = new Set(reasons.map(({ message }) => message))
  return changes.filter((change) => !wasTaken(change) && told.has(neverWatched(change)))
}

/** As the judge says it. */
function neverWatched({ name }: SummaryChange): string {
  return `'${name}' was never watched`
}

function ofCells(
  code: ReasonCode,
  cells: readonly SummaryCell[],
  reasons: readonly SummaryReason[],
  summary: Summary,
): string {
  const what = whatForWhom(cells, summary)
  const by = changeTitles(
    stepsOf(
      summary,
      cells.filter(({ change }) => isMissed(change)),
    ),
  )
  switch (code) {
    case 'effect-absent':
      return `${by} did not do what it declares: ${what} went on as before, and should have shown ${declared(cells)}.`
    case 'effect-partial':
      return `${by} did what it declares (${declared(cells)}) only now and then: ${what}.`
    case 'not-reproduced':
      return `This was to break, and did not: ${what}.`
    case 'wrong-symptom':
      return `This broke in another way than the scenario says: ${what}.`
    case 'baseline-broken':
      return `Before anything was changed this failed already: ${what}.`
    case 'no-data':
      return `Too little was seen of ${what}.`
    default:
      return `${capital(what)}: ${reasons[0]?.message ?? code}.`
  }
}

function declared(cells: readonly SummaryCell[]): string {
  return list([...new Set(cells.map((cell) => cell.declared ?? 'a change'))], 3)
}

const ofTheSystem: Partial<Record<ReasonCode, string>> = {
  'change-refused': 'The system refused the change',
  'change-is-noop': 'The change altered nothing',
  'apply-failed': 'The change could not be applied',
  'status-page': 'The status page did not do as the scenario says',
  'outside-traffic': 'The system asked for addresses outside of the mocked world',
  'outside-limit': 'The system asked an external site more often than allowed',
  'site-handler': 'A mocked site failed by its own fault, so that nothing is proven',
  amplification: 'One request became too many',
  'write-lost': 'What users had written is gone, though the system had said that it is kept',
  'write-duplicated': 'What users had written once is there more than once',
  'write-phantom': 'What the system had refused to keep is there all the same',
  'slow-recovery': 'It took too long until everything worked again',
  'escape-route': 'While the change was in force nobody could have undone it',
  'replica-died': 'A part of the system ended by itself',
  'generator-limited':
    'The load itself was the limit, so that slowness is not blamed on the system',
}

function ofTheRun(code: ReasonCode, reasons: readonly SummaryReason[], summary: Summary): string {
  const [first, ...others] = reasons
  const message = (first?.message ?? code).split('\n')[0] ?? ''
  const more = others.length === 0 ? '' : ` and ${count(others.length, 'more reason')}`
  const head = ofTheSystem[code]
  const where = first?.flow === undefined ? '' : `${first.flow} as ${first.actor}: `
  return head === undefined
    ? `${capital(`${where}${message}`)}${more}.`
    : `${summary.changes.length > 1 ? head : head.replace('The change', subject(summary))} (${where}${message}${more}).`
}

function subject(summary: Summary): string {
  return summary.changes.length === 1 ? changeTitles(summary.changes) : 'The change'
}
