import { cameBack, type CameBack } from './came-back.ts'
import { brokenCells, harmedUnderLoad } from './faults.ts'
import { headline } from './headline.ts'
import type { Summary, SummaryCell, SummaryLoadCell } from './summary-types.ts'
import { formatDuration, list, shortMs } from './words.ts'

/** What happened, in sentences that need no knowledge of the harness: what broke, for whom, whether undoing helped, what the status page said. */
export function pageSentence(summary: Summary): string {
  const broken = brokenCells(summary)
  const harmed = harmedUnderLoad(summary)
  if (summary.verdict === 'inconclusive' || broken.length + harmed.length === 0)
    return `${capital(headline(summary))}.`
  const parts =
    broken.length === 0
      ? [
          whatLoadShowed(summary, harmed),
          'Without load nothing broke.',
          cameBack(summary).kind === 'not-all' ? recovery(summary) : '',
        ]
      : [
          whatBroke(summary, broken),
          whatLoadShowed(summary, harmed),
          recovery(summary),
          statusPage(summary),
        ]
  return parts.filter((part) => part !== '').join(' ')
}

/** Of flows that failed; else of those that were slower, with the one that was slowed down most. */
function whatLoadShowed(summary: Summary, harmed: readonly SummaryLoadCell[]): string {
  const failed = harmed.filter(({ judgement }) => judgement === 'broken')
  const told = failed.length > 0 ? failed : harmed
  const worst = told.toSorted((a, b) => (b.growth ?? 0) - (a.growth ?? 0))[0]
  if (worst === undefined) return ''
  const of = (cell: SummaryLoadCell) =>
    summary.cells.find(({ flow, actor }) => flow === cell.flow && actor === cell.actor)
  const flows = list(titles(told.map((cell) => of(cell)?.flowTitle ?? cell.flow)), 3)
  const actors = list(actorTitles(told.map((cell) => of(cell)?.actorTitle ?? cell.actor)), 4)
  const sum = (key: 'failures' | 'samples') => told.reduce((total, cell) => total + cell[key], 0)
  const what =
    failed.length > 0
      ? `failed for ${actors} (${sum('failures')} of ${sum('samples')} times)`
      : `became slower for ${actors} (${told.length > 1 ? 'at worst ' : ''}a median of ${shortMs(worst.medianMs ?? 0)} ms instead of ${shortMs(worst.baselineMedianMs ?? 0)} ms)`
  return `Under load with ${changes(summary)}, ${flows} ${what}${asExpected(summary)}.`
}

function whatBroke(summary: Summary, broken: readonly SummaryCell[]): string {
  const flows = titles(broken.map(({ flowTitle }) => flowTitle))
  const actors = actorTitles(broken.map(({ actorTitle }) => actorTitle))
  const all = new Set(summary.cells.map(({ flow }) => flow)).size
  const what =
    flows.length > 4 ? `${flows.length} of ${all} flows (${list(flows, 3)})` : list(flows)
  return `${changes(summary)} broke ${what} for ${list(actors, 4)}${asExpected(summary)}.`
}

function asExpected(summary: Summary): string {
  if (summary.expectation === 'holds') return ''
  return summary.verdict === 'pass'
    ? ', as this incident is known to'
    : ', though not as this incident is known to'
}

function recovery(summary: Summary): string {
  const found = cameBack(summary)
  const { recoveryMs } = summary.timings
  switch (found.kind) {
    case 'unwatched':
      return 'Whether undoing helps was not watched.'
    case 'not-all':
      return `Undoing it did not bring everything back: ${list(whatIsLeft(summary, found))}.`
    case 'all': {
      if (summary.recoversBy !== undefined) {
        return `Undoing it was no help; ‘${summary.recoversBy}’ brought everything back.`
      }
      const inTime = recoveryMs === null ? '' : ` in ${formatDuration(recoveryMs)}`
      return `Undoing it brought everything back${inTime}.`
    }
  }
}

function whatIsLeft(
  summary: Summary,
  { still, unwatched, underLoad, stateDiffers }: CameBack,
): string[] {
  const of = (cells: readonly SummaryCell[]) =>
    `${list(titles(cells.map(({ flowTitle }) => flowTitle)), 3)} for ${list(actorTitles(cells.map(({ actorTitle }) => actorTitle)), 4)}`
  const open = still.filter(({ recovery: after }) => after?.judgement === 'undecided')
  const failing = still.filter((cell) => !open.includes(cell))
  const loaded = summary.cells.filter((cell) =>
    underLoad.some(({ flow, actor }) => flow === cell.flow && actor === cell.actor),
  )
  const left = [
    ...(failing.length > 0 ? [`afterwards this did not work: ${of(failing)}`] : []),
    ...(open.length > 0 ? [`not enough was seen afterwards of ${of(open)}`] : []),
    ...(unwatched.length > 0 ? [`nobody watched ${of(unwatched)} afterwards`] : []),
    ...(loaded.length > 0 ? [`under load this was still worse than before: ${of(loaded)}`] : []),
    ...(stateDiffers ? ['the configuration is not what it was before'] : []),
  ]
  return left.length > 0 ? left : ['the verdict says what is left']
}

function statusPage({ statusPage: page }: Summary): string {
  if (!page || page.brokenMs === 0) return ''
  if (page.falseGreenMs === 0) return 'The status page never said operational meanwhile.'
  const admitted = page.admitMs === null ? ' and never admitted it' : ''
  const green = formatDuration(page.falseGreenMs)
  const broken = formatDuration(page.brokenMs)
  const span = green === broken ? `all ${green}` : `${green} of the ${broken}`
  return `The status page said operational for ${span}${admitted}.`
}

function changes(summary: Summary): string {
  return list(
    summary.changes.map(({ title }) => `‘${title}’`),
    2,
  )
}

/** In a list a comma within a title would be taken for the end of it. */
function actorTitles(all: readonly string[]): string[] {
  return titles(all.map((title) => title.replace(/, (.*)$/, ' ($1)')))
}

function titles(all: readonly string[]): string[] {
  return [...new Set(all)]
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
