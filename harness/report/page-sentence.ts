import { brokenCells } from './faults.ts'
import { headline } from './headline.ts'
import type { Summary, SummaryCell } from './summary-types.ts'
import { formatDuration, list } from './words.ts'

/** What happened, in sentences that need no knowledge of the harness: what broke, for whom, whether undoing helped, what the status page said. */
export function pageSentence(summary: Summary): string {
  const broken = brokenCells(summary)
  if (summary.verdict === 'inconclusive' || broken.length === 0)
    return `${capital(headline(summary))}.`
  return [whatBroke(summary, broken), recovery(summary, broken), statusPage(summary)]
    .filter((part) => part !== '')
    .join(' ')
}

function whatBroke(summary: Summary, broken: readonly SummaryCell[]): string {
  const names = list(
    summary.changes.map(({ title }) => `‘${title}’`),
    2,
  )
  const flows = titles(broken.map(({ flowTitle }) => flowTitle))
  const actors = titles(broken.map(({ actorTitle }) => actorTitle.replace(/, (.*)$/, ' ($1)')))
  const all = new Set(summary.cells.map(({ flow }) => flow)).size
  const what =
    flows.length > 4 ? `${flows.length} of ${all} flows (${list(flows, 3)})` : list(flows)
  return `${names} broke ${what} for ${list(actors, 4)}${asExpected(summary)}.`
}

function asExpected(summary: Summary): string {
  if (summary.expectation === 'holds') return ''
  return summary.verdict === 'pass'
    ? ', as this incident is known to'
    : ', though not as this incident is known to'
}

function recovery(summary: Summary, broken: readonly SummaryCell[]): string {
  const watched = broken.filter((cell) => cell.recovery)
  if (watched.length === 0) return 'Whether undoing helps was not watched.'
  const back = watched.filter((cell) => cell.recovery?.judgement === 'holds').length
  const { recoveryMs } = summary.timings
  const inTime = recoveryMs === null ? '' : ` in ${formatDuration(recoveryMs)}`
  if (back === broken.length && summary.recoversBy !== undefined) {
    return `Undoing it was no help; ‘${summary.recoversBy}’ brought everything back.`
  }
  return back === broken.length
    ? `Undoing it brought everything back${inTime}.`
    : `Undoing it brought back only ${back} of ${broken.length} broken cells.`
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

function titles(all: readonly string[]): string[] {
  return [...new Set(all)]
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
