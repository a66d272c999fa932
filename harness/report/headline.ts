import { cameBack, backBySteps, isAltered, type CameBack } from './came-back.ts'
import {
  brokenCells,
  harmedUnderLoad,
  isBackUnderLoad,
  isCutOff,
  isLeftApplied,
  isMissed,
  reasonsByCell,
  stepsDone,
  stepsOf,
  stepsThatHarmed,
  struckCells,
} from './faults.ts'
import { passedWords } from './load-test.ts'
import { oneLine } from './one-line.ts'
import type { Summary, SummaryCell, SummaryChange } from './summary-types.ts'
import { all, count, formatDuration, list } from './words.ts'

/** The verdict as one sentence that needs no context, without the word PASS, FAIL or INCONCLUSIVE before it. */
export function headline(summary: Summary): string {
  const sentence = sentenceFor(summary)
  const left = summary.changes.filter(isLeftApplied).map((change) => quoted(change.title))
  if (left.length === 0) return sentence
  return `${sentence}. NOT UNDONE: ${list(left)} may still be in force`
}

function sentenceFor(summary: Summary): string {
  switch (summary.verdict) {
    case 'pass':
      return summary.expectation === 'holds' ? held(summary) : reproduced(summary)
    case 'fail':
      return summary.expectation === 'holds' ? brokeSomething(summary) : differs(summary)
    case 'inconclusive':
      return open(summary)
  }
}

function held(summary: Summary): string {
  if (summary.loadTest) return passedWords(summary.loadTest)
  const effects = countWhere(summary, (cell) => cell.change?.judgement === 'effect')
  const rest = summary.cells.length - effects
  const struck = struckCells(summary)
  if (struck.length > 0) {
    return `under ${changeNames(stepsOf(summary, struck))}, ${struck.length} of ${count(summary.cells.length, 'cell')} suffered as declared, and what was to hold held${recovery(summary)}`
  }
  const found =
    effects === 0
      ? `${all(rest, 'cell')} held`
      : `${count(rest, 'cell')} held and ${effects} changed as declared`
  return `${changeNames(stepsDone(summary))} broke nothing${effects === 0 ? '' : ' else'}: ${found}${recovery(summary)}`
}

function reproduced(summary: Summary): string {
  const broken = brokenCells(summary).length
  const harmed = harmWords(summary)
  const told = [
    ...(broken > 0 || harmed === ''
      ? [`${broken} of ${count(summary.cells.length, 'cell')} BROKE`]
      : []),
    ...(harmed === '' ? [] : [harmed]),
  ]
  return `the incident reproduces: ${told.join(', ')}, as the scenario says${recovery(summary)}`
}

function brokeSomething(summary: Summary): string {
  const broken = brokenCells(summary)
  if (broken.length > 0) {
    const flows = new Set(broken.map((cell) => cell.flow)).size
    const actors = new Set(broken.map((cell) => cell.actor)).size
    const outcomes = broken.flatMap(({ change }) => (change ? [change] : []))
    return `${changeNames(stepsThatHarmed(summary, outcomes))} BROKE ${broken.length} of ${count(summary.cells.length, 'cell')} (${count(flows, 'flow')}, ${count(actors, 'actor')})${recovery(summary)}`
  }
  const missed = new Set([
    ...reasonsWithCode(summary, 'effect-absent'),
    ...reasonsWithCode(summary, 'effect-partial'),
  ]).size
  if (missed > 0) {
    const cells = summary.cells.filter(({ change }) => isMissed(change))
    return `${changeNames(stepsOf(summary, cells))} did not do what it declares in ${missed} of ${count(summary.cells.length, 'cell')}${recovery(summary)}`
  }
  const harmed = harmWords(summary)
  if (harmed !== '') {
    const by = changeNames(stepsThatHarmed(summary, harmedUnderLoad(summary)))
    return `${by} did harm: ${harmed}${recovery(summary)}`
  }
  return firstReason(summary)
}

function differs(summary: Summary): string {
  const parts = [
    [countReasons(summary, 'not-reproduced'), 'that should break held'],
    [countReasons(summary, 'broken'), 'broke that should hold'],
    [countReasons(summary, 'wrong-symptom'), 'broke in another way than the scenario says'],
  ] as const
  const told = parts.filter(([cells]) => cells > 0)
  if (told.length === 0) return firstReason(summary)
  const what = list(told.map(([cells, text]) => `${count(cells, 'cell')} ${text}`))
  return `the incident does NOT reproduce as the scenario says: ${what}${recovery(summary)}`
}

function open(summary: Summary): string {
  if (isCutOff(summary)) return cutOff(summary)
  const fault = summary.reasons.find(({ code }) => code === 'run-failed')
  if (fault) return `nothing is proven: ${oneLine(fault.message)}`
  const sick = countReasons(summary, 'baseline-broken')
  if (sick > 0) {
    return `${sick} of ${count(summary.cells.length, 'cell')} failed BEFORE any change, so nothing was applied and nothing is proven`
  }
  const undecided = countWhere(summary, (cell) => isUndecided(cell))
  const runLevel = summary.reasons.find((reason) => reason.flow === undefined)
  if (undecided > 0 && !runLevel) {
    return `the evidence did not suffice for ${undecided} of ${count(summary.cells.length, 'cell')}, so nothing is proven`
  }
  return `nothing is proven: ${runLevel ? oneLine(runLevel.message) : firstReason(summary)}`
}

function cutOff(summary: Summary): string {
  const found = brokenCells(summary).length
  const seen = found === 0 ? '' : ` (by then ${count(found, 'cell')} had broken)`
  return `the run was cut off after ${formatDuration(summary.timings.totalMs)}${seen}, so nothing is proven`
}

function isUndecided(cell: SummaryCell): boolean {
  return [cell.baseline, cell.change, cell.recovery].some((seen) => seen?.judgement === 'undecided')
}

/** What undoing did for the cells that broke; when anything did not come back, that is what is said. */
function recovery(summary: Summary): string {
  const found = cameBack(summary)
  switch (found.kind) {
    case 'unwatched':
      if (!isBackUnderLoad(summary))
        return found.altered > 0 ? ', and whether undoing helps was not watched' : ''
      return `, and undoing brought that back${found.altered > 0 ? ', and whether it helps without load was not watched' : ''}`
    case 'not-all':
      return `, and ${list(leftWords(found, summary.broughtBack !== undefined))}`
    case 'all':
      return allBack(summary, found)
  }
}

function leftWords(
  { altered, unwatched, back, still, underLoad, stateDiffers }: CameBack,
  bySteps: boolean,
): string[] {
  const others = still.filter((cell) => !isAltered(cell)).length
  const left = [
    ...(back < altered - unwatched.filter(isAltered).length
      ? [
          bySteps
            ? `ONLY ${back} of the ${altered} that changed came back`
            : `undoing brought back ONLY ${back} of the ${altered} that changed`,
        ]
      : []),
    ...(unwatched.length > 0
      ? [`${count(unwatched.length, 'cell was', 'cells were')} not watched after undoing`]
      : []),
    ...(others > 0 ? [`${count(others, 'cell')} that had held did NOT hold after undoing`] : []),
    ...(underLoad.length > 0
      ? [`under load ${count(underLoad.length, 'cell')} did NOT recover`]
      : []),
    ...(stateDiffers ? ['the configuration is NOT what it was'] : []),
  ]
  return left.length > 0 ? left : ['NOT all is as it was']
}

function allBack(summary: Summary, { altered }: CameBack): string {
  const told = brokenCells(summary).length || altered
  const { recoveryMs } = summary.timings
  const bySteps = backBySteps(summary, told, quoted)
  if (bySteps.length > 0) return `, and ${list(bySteps)}`
  const inTime = recoveryMs === null ? '' : ` in ${formatDuration(recoveryMs)}`
  return `, and undoing brought ${told === 1 ? 'it' : `all ${told}`} back${inTime}`
}

function changeNames(changes: readonly SummaryChange[]): string {
  if (changes.length === 0) return 'the run'
  return list([...new Set(changes.map(({ title }) => quoted(title)))], 2)
}

function quoted(text: string): string {
  return `'${text}'`
}

function firstReason(summary: Summary): string {
  const [first, ...others] = summary.reasons
  if (!first) return 'no reason was given'
  const where = first.flow === undefined ? '' : `${first.flow} as ${first.actor}: `
  const more = others.length === 0 ? '' : ` (and ${count(others.length, 'more reason')})`
  return `${where}${oneLine(first.message)}${more}`
}

function harmWords(summary: Summary): string {
  const harmed = harmedUnderLoad(summary)
  const of = (judgement: 'broken' | 'slower') =>
    harmed.filter((cell) => cell.judgement === judgement).length
  const [broken, slower] = [of('broken'), of('slower')]
  return [
    ...(broken > 0 ? [`under load ${count(broken, 'cell')} FAILED`] : []),
    ...(slower > 0 ? [`under load ${count(slower, 'cell')} became SLOWER`] : []),
  ].join(' and ')
}

function countReasons(summary: Summary, code: string): number {
  return reasonsWithCode(summary, code).size
}

function reasonsWithCode(summary: Summary, code: string): ReadonlySet<string> {
  const chosen = summary.reasons.filter((reason) => reason.code === code)
  return new Set(reasonsByCell(chosen).keys())
}

function countWhere(summary: Summary, test: (cell: SummaryCell) => boolean): number {
  return summary.cells.filter(test).length
}
