import type { Summary, SummaryCell, SummaryChange } from './summary-types.ts'
import { list } from './words.ts'

type Titles = Pick<SummaryCell, 'flowTitle' | 'actorTitle'>

/** `publish an image and view an image for web and mobile app`: what users do and which of them, as titles say it. Of many flows the number too. */
export function whatForWhom(cells: readonly Titles[], { cells: all }: Pick<Summary, 'cells'>) {
  const flows = titles(cells.map(({ flowTitle }) => flowTitle))
  const number = new Set(all.map(({ flow }) => flow)).size
  const what =
    flows.length > 4 ? `${flows.length} of ${number} flows (${list(flows, 3)})` : list(flows)
  return `${what} for ${whom(cells)}`
}

export function whom(cells: readonly Pick<SummaryCell, 'actorTitle'>[]): string {
  // In a list a comma within a title would be taken for the end of it.
  const actors = cells.map(({ actorTitle }) => actorTitle.replace(/, (.*)$/, ' ($1)'))
  return list(titles(actors), 4)
}

export function titles(all: readonly string[]): string[] {
  return [...new Set(all)]
}

export function changeTitles(changes: readonly Pick<SummaryChange, 'title'>[]): string {
  return list(titles(changes.map(({ title }) => `‘${title}’`)), 2)
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
