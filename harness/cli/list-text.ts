import type { Incident } from '../core/index.ts'
import { visible, wrap } from '../report/index.ts'

export interface ListedScenario {
  readonly id: string
  readonly title: string
  readonly expectation: string
  readonly incident?: Incident
  readonly file: string
}

/** The scenarios one below the other, in lines of at most `width` columns; only what has no space in it may be longer. */
export function renderList(rows: readonly ListedScenario[], width: number): string {
  const idWidth = Math.max(...rows.map(({ id }) => id.length))
  return rows.map((row) => `${linesOf(row, idWidth, width).join('\n')}\n`).join('')
}

function linesOf(row: ListedScenario, idWidth: number, width: number): string[] {
  const { id, expectation, incident, file } = row
  const title = visible(row.title)
  const head = `${id.padEnd(idWidth)}  ${expectation.padEnd(18)}`
  const indent = '    '
  const paragraph = (text: string) => wrap(visible(text), { width, first: indent, rest: indent })
  return [
    ...(head.length + 2 + title.length <= width
      ? [`${head}  ${title}`]
      : [head.trimEnd(), ...paragraph(title)]),
    ...(incident ? incidentTexts(incident).flatMap(paragraph) : []),
    `${indent}${file}`,
  ]
}

function incidentTexts(incident: Incident): string[] {
  const { date, organisation, durationText, mechanism, caughtBy, guardOf } = incident
  if (guardOf !== undefined) return [`the guard of ${guardOf}`]
  return [
    `${date}, ${organisation}, ${durationText}: ${mechanism}`,
    `would have been caught by: ${caughtBy.join('; ')}`,
  ]
}
