import { backBySteps, cameBack, type CameBack } from './came-back.ts'
import {
  brokenCells,
  harmedUnderLoad,
  isBackUnderLoad,
  isCutOff,
  isReproduced,
  sickCells,
  stepsDone,
  stepsOf,
  stepsThatHarmed,
  struckCells,
} from './faults.ts'
import { headline } from './headline.ts'
import { reasonSentences, untriedSentence } from './reason-sentences.ts'
import type { Summary, SummaryCell, SummaryLoadCell } from './summary-types.ts'
import { capital, changeTitles, titles, whatForWhom, whom } from './whom.ts'
import { formatDuration, list, shortMs } from './words.ts'

/** Fewer failures than this share are told in numbers: users met them now and then. */
const nearlyAll = 0.9

/** What happened, in sentences that need no knowledge of the harness: what broke, for whom, whether undoing helped, what the status page said. */
export function pageSentence(summary: Summary): string {
  if (summary.loadTest) return `${capital(headline(summary))}.`
  const parts = summary.verdict === 'inconclusive' ? open(summary) : told(summary)
  const left = / NOT UNDONE: .*$/s.exec(headline(summary))?.[0].trim()
  const isTold = left === undefined || parts.some((part) => part.includes(left))
  return [...parts, ...(isTold ? [] : [`${left}.`])].filter((part) => part !== '').join(' ')
}

function told(summary: Summary): string[] {
  const broken = brokenCells(summary)
  const harmed = harmedUnderLoad(summary)
  const declared = summary.cells.filter(({ change }) => change?.judgement === 'effect')
  const load = whatLoadShowed(summary, harmed)
  const end = broken.length + harmed.length === 0 ? '' : asExpected(summary)
  return [
    broken.length > 0 ? whatBroke(summary, broken, load === '' ? end : '') : '',
    load === '' ? '' : `${load}${end}.`,
    load !== '' && broken.length === 0 ? 'Without load nothing broke.' : '',
    broken.length === 0 ? whatHeld(summary, declared) : '',
    ...reasonSentences(summary),
    recovery(summary, broken),
    untriedSentence(summary),
    statusPage(summary),
  ]
}

/** Of a run that proves nothing: why. */
function open(summary: Summary): string[] {
  const sick = sickCells(summary)
  if (sick.length === 0 || isCutOff(summary)) return [`${capital(headline(summary))}.`]
  return [
    `Before anything was changed this failed already: ${whatForWhom(sick, summary)}.`,
    'So nothing was applied, and nothing is proven.',
  ]
}

/** Of flows that failed; else of those that were slower, with the one that was slowed down most. No full stop at the end. */
function whatLoadShowed(summary: Summary, harmed: readonly SummaryLoadCell[]): string {
  const failed = harmed.filter(({ judgement }) => judgement === 'broken')
  const worse = failed.length > 0 ? failed : harmed
  const worst = worse.toSorted((a, b) => (b.growth ?? 0) - (a.growth ?? 0))[0]
  if (worst === undefined) return ''
  const named = worse.map((cell) => titled(summary, cell))
  const flows = list(titles(named.map(({ flowTitle }) => flowTitle)), 3)
  const sum = (key: 'failures' | 'samples') =>
    worse.reduce((all, { total, [key]: judged }) => all + (total?.[key] ?? judged), 0)
  const what =
    failed.length > 0
      ? `failed for ${whom(named)} (${sum('failures')} of ${sum('samples')} times)`
      : `became slower for ${whom(named)} (${worse.length > 1 ? 'at worst ' : ''}${slowdownOf(worst)})`
  return `Under load with ${changeTitles(stepsThatHarmed(summary, worse))}, ${flows} ${what}`
}

function slowdownOf({
  medianMs,
  baselineMedianMs,
  tailMs,
  baselineTailMs,
}: SummaryLoadCell): string {
  return tailMs === null
    ? `a median of ${shortMs(medianMs ?? 0)} ms instead of ${shortMs(baselineMedianMs ?? 0)} ms`
    : `the slowest tenth waiting ${shortMs(tailMs)} ms or longer instead of ${shortMs(baselineTailMs ?? 0)} ms`
}

function titled(summary: Summary, cell: SummaryLoadCell) {
  const known = summary.cells.find(({ flow, actor }) => flow === cell.flow && actor === cell.actor)
  return known ?? { flowTitle: cell.flow, actorTitle: cell.actor }
}

function whatBroke(summary: Summary, broken: readonly SummaryCell[], end: string): string {
  const outcomes = broken.flatMap(({ change }) => (change ? [change] : []))
  const sum = (key: 'failures' | 'samples') => outcomes.reduce((all, one) => all + one[key], 0)
  const [failures, samples] = [sum('failures'), sum('samples')]
  const times = failures < samples * nearlyAll ? ` (${failures} of ${samples} times)` : ''
  return `${changeTitles(stepsThatHarmed(summary, outcomes))} broke ${whatForWhom(broken, summary)}${times}${end}.`
}

/** That nothing broke, said only where nothing else is wrong; what suffered as declared goes before it. */
function whatHeld(summary: Summary, declared: readonly SummaryCell[]): string {
  const struck = struckCells(summary).filter((cell) => declared.includes(cell))
  const by = summary.changes.length === 0 ? 'The run' : changeTitles(stepsDone(summary))
  const isWell = summary.verdict === 'pass' && harmedUnderLoad(summary).length === 0
  if (struck.length > 0) {
    const symptoms = titles(struck.map((cell) => cell.declared ?? '')).filter(
      (one) => one !== '' && one !== '*',
    )
    const how = symptoms.length === 0 ? '' : ` (${list(symptoms, 3)})`
    const rest = isWell ? '; everything else went on working' : ''
    return `Under ${changeTitles(stepsOf(summary, struck))} users suffered as the scenario declares: ${whatForWhom(struck, summary)}${how}${rest}.`
  }
  if (!isWell) return ''
  return declared.length > 0
    ? `${by} did what it declares to ${whatForWhom(declared, summary)}, and broke nothing else.`
    : `${by} broke nothing: everything that users do went on working for all of them.`
}

function asExpected(summary: Summary): string {
  if (summary.expectation === 'holds') return ''
  return isReproduced(summary) ? ', as the scenario says' : ', but not as the scenario says'
}

function recovery(summary: Summary, broken: readonly SummaryCell[]): string {
  const found = cameBack(summary)
  const { recoveryMs } = summary.timings
  switch (found.kind) {
    case 'unwatched':
      if (isBackUnderLoad(summary))
        return `Under load undoing it brought that back${found.altered > 0 ? '; whether it helps without load was not watched' : ''}.`
      return broken.length > 0 ? 'Whether undoing helps was not watched.' : ''
    case 'not-all':
      return `${summary.broughtBack ? 'What broke did not all come back' : 'Undoing it did not bring everything back'}: ${list(whatIsLeft(summary, found))}.`
    case 'all': {
      const bySteps = backBySteps(summary, broken.length, (step) => `‘${step}’`)
      if (bySteps.length > 0) return `${capital(list(bySteps))}.`
      const inTime = recoveryMs === null ? '' : ` in ${formatDuration(recoveryMs)}`
      return `Undoing it brought everything back${inTime}.`
    }
  }
}

function whatIsLeft(
  summary: Summary,
  { still, unwatched, underLoad, stateDiffers }: CameBack,
): string[] {
  const of = (cells: readonly SummaryCell[]) => whatForWhom(cells, summary)
  const unknown = still.filter(({ recovery: after }) => after?.judgement === 'undecided')
  const failing = still.filter((cell) => !unknown.includes(cell))
  const loaded = summary.cells.filter((cell) =>
    underLoad.some(({ flow, actor }) => flow === cell.flow && actor === cell.actor),
  )
  const left = [
    ...(failing.length > 0 ? [`afterwards this did not work: ${of(failing)}`] : []),
    ...(unknown.length > 0 ? [`not enough was seen afterwards of ${of(unknown)}`] : []),
    ...(unwatched.length > 0 ? [`nobody watched ${of(unwatched)} afterwards`] : []),
    ...(loaded.length > 0 ? [`under load this was still worse than before: ${of(loaded)}`] : []),
    ...(stateDiffers ? ['the configuration is not what it was before'] : []),
  ]
  return left.length > 0 ? left : ['the verdict says what is left']
}

function statusPage({ statusPage: page }: Summary): string {
  const bad = page && page.brokenMs > 0 ? page : page?.declared
  if (!bad || bad.brokenMs === 0) return ''
  if (bad.falseGreenMs === 0) return 'The status page never said operational meanwhile.'
  const admitted = bad.admitMs === null ? ' and never admitted it' : ''
  const green = formatDuration(bad.falseGreenMs)
  const broken = formatDuration(bad.brokenMs)
  const span = green === broken ? `all ${green}` : `${green} of the ${broken}`
  return `The status page said operational for ${span}${admitted}.`
}
