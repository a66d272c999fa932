import { isCutOff } from './faults.ts'
import { describeCells, groupCells, type CellGroup } from './groups.ts'
import { headline } from './headline.ts'
import type { Summary } from './summary-types.ts'
import { visible } from './text.ts'
import { count, list } from './words.ts'

/** A remark at a step of a scenario, for whoever reads the file in a review. */
export interface Annotation {
  readonly level: 'error' | 'warning'
  /** Name of the step; absent: the scenario as a whole. */
  readonly step?: string
  readonly title: string
  readonly message: string
}

const mostCells = 3

/** What is to be said about a run that did not pass: one remark for each step under which something went wrong, or one for all. */
export function annotationsOf(summary: Summary): Annotation[] {
  if (summary.verdict === 'pass') return []
  const level = summary.verdict === 'fail' ? 'error' : 'warning'
  const title = `${summary.verdict.toUpperCase()} ${summary.scenario}`
  const groups = isCutOff(summary) ? [] : groupCells(summary).filter(isAtFault)
  const byStep = Map.groupBy(groups, ({ outcomes }) => outcomes[0]?.step)
  const about = [...byStep].map(([step, own]): Annotation => ({
    level,
    title,
    ...(step === undefined ? {} : { step }),
    message: [headline(summary), ...own.map(groupText)].join('\n'),
  }))
  if (about.length > 0) return about
  const refused = summary.changes.find((change) => change.refused !== undefined)
  const only = summary.changes.length === 1 ? summary.changes[0] : undefined
  const step = (refused ?? only)?.name
  const reasons = summary.reasons.slice(0, mostCells).map(({ message }) => message)
  // Where the first reason is the headline it is not said twice.
  const message = [...new Set([headline(summary), ...reasons])].join('\n')
  return [{ level, title, ...(step === undefined ? {} : { step }), message }]
}

function isAtFault({ kind }: CellGroup): boolean {
  return !['expected', 'effect', 'baseline', 'unjudged'].includes(kind)
}

function groupText({ symptom, cells }: CellGroup): string {
  return `${visible(symptom ?? 'no symptom')}, ${count(cells.length, 'cell')}: ${list(describeCells(cells), mostCells)}`
}

/**
 * The line by which GitHub Actions shows it at a place of a file. What GitHub takes for its own is escaped: a message cannot begin
 * another command, and no property can end early. Source: the workflow commands of GitHub Actions, and `command.ts` of its toolkit.
 */
export function annotationCommand(
  { level, title, message }: Annotation,
  place: { readonly file: string; readonly line: number },
): string {
  const properties = Object.entries({ file: place.file, line: String(place.line), title })
    .map(([name, value]) => `${name}=${escapeProperty(value)}`)
    .join(',')
  return `::${level} ${properties}::${escapeData(message.split('\n').map(visible).join('\n'))}`
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
