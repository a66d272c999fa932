import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { HarnessError, exitCodes, type ComparedWithBaseline } from '../core/index.ts'
import {
  assertNotOwnNoise,
  compareRuns,
  comparisonPage,
  mergeRuns,
  renderPageHtml,
  renderPageMarkdown,
  renderPageTerminal,
  whatGotWorse,
  type Comparison,
  type Page,
  type RunFigures,
} from '../compare/index.ts'
import { say, type FoundScenario, type RunFolder } from '../session/index.ts'
import { readFigures } from './figures-of.ts'
import { appendToStepSummary, tellRegression } from './pipeline-output.ts'
import { renderOptionsFor } from './screen.ts'

export const pageFormats = ['terminal', 'markdown', 'html', 'json'] as const
export type PageFormat = (typeof pageFormats)[number]

interface CompareOptions {
  readonly format: PageFormat
  readonly noise?: readonly string[]
}

/** `aftershock compare <a> <b>`: 0 no regression, 1 regression, 2 inconclusive. */
export function compareCommand(a: string, b: string, { format, noise = [] }: CompareOptions): void {
  const reference = mergeRuns([a, ...noise].map(readFigures))
  const other = readFigures(b)
  assertNotOwnNoise(reference, other)
  const comparison = compareRuns(reference, other)
  if (format === 'json') say(`${comparisonJson(comparison)}\n`)
  else sayPage(comparisonPage(comparison), format)
  process.exitCode = exitCodeOfComparison(comparison)
}

function renderPage(page: Page, format: Exclude<PageFormat, 'json'>): string {
  switch (format) {
    case 'terminal':
      return `${renderPageTerminal(page, renderOptionsFor(process.stdout))}\n`
    case 'markdown':
      return renderPageMarkdown(page)
    case 'html':
      return renderPageHtml(page)
  }
}

/** What differs, and how much was compared; not the figures themselves. */
function comparisonJson({ a, b, errors, latencies, ...rest }: Comparison): string {
  const about = ({ scenario, runs, verdict }: RunFigures) => ({ scenario, runs, verdict })
  return JSON.stringify({
    a: about(a),
    b: about(b),
    ...rest,
    errors: errors.filter(({ standing }) => standing !== 'same'),
    latencies: {
      ...latencies,
      differences: latencies.differences.filter(({ standing }) => standing !== 'same'),
    },
    compared: {
      windows: errors.length,
      latencies: latencies.compared,
      answers: rest.drift.compared,
    },
  })
}

function exitCodeOfComparison({ outcome }: Comparison): number {
  switch (outcome) {
    case 'no-regression':
    case 'slower':
      return exitCodes.pass
    case 'regression':
      return exitCodes.fail
    case 'inconclusive':
      return exitCodes.inconclusive
  }
}

/** For `run --baseline`: the baseline of a scenario, from a file, or from a folder by the scenario's id. Read before anything starts; undefined where the folder has none. */
export function baselineFor(path: string, scenario: string): RunFigures | undefined {
  const isFolder = existsSync(path) && statSync(path).isDirectory()
  const file = isFolder ? join(path, `${scenario}.json`) : path
  if (isFolder && !existsSync(file)) return undefined
  const figures = readFigures(file)
  if (figures.scenario === scenario) return figures
  throw new HarnessError(
    'USAGE',
    `the baseline '${file}' is of the scenario '${figures.scenario}', not of '${scenario}'`,
    { hint: 'name the folder of the baselines, or run that scenario alone' },
  )
}

/** Prints a page in the form asked for. What is for a browser is no line of a log, and stays as it is. */
export function sayPage(page: Page, format: Exclude<PageFormat, 'json'>): void {
  const text = renderPage(page, format)
  if (format === 'html') process.stdout.write(text)
  else say(text)
}

/** Holds a run that has just ended against its baseline, and adds what came out to its journal. */
export function compareWithBaseline(baseline: RunFigures, folder: RunFolder): Comparison {
  const comparison = compareRuns(baseline, readFigures(folder.path))
  const page = comparisonPage(comparison)
  folder.writeComparison(
    againstOf(comparison, page),
    comparisonJson(comparison),
    renderPageHtml(page),
  )
  return comparison
}

export function tellComparison(
  comparison: Comparison,
  found: FoundScenario,
  isJson: boolean,
): void {
  const page = comparisonPage(comparison)
  tellRegression(found, againstOf(comparison, page))
  say(isJson ? `${comparisonJson(comparison)}\n` : `${renderPage(page, 'terminal')}\n`)
  appendToStepSummary(renderPageMarkdown(page))
}

function againstOf({ outcome }: Comparison, { title, lead, sections }: Page): ComparedWithBaseline {
  const worse = sections.find((section) => section.title === whatGotWorse)?.table?.rows ?? []
  const lines = worse.map((row) => row.filter((cell) => cell !== '').join(', '))
  return { outcome, title, lead, worse: lines }
}
