import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { HarnessError, describeError } from '../core/index.ts'
import { figuresOf, readBaseline, type RunFigures } from '../compare/index.ts'
import { parseJournal, type Summary } from '../report/index.ts'
import { journalFile } from './report-command.ts'

export const baselinesDirectory = join('reports', 'baselines')

/** The figures of what is named: the folder of a run, a journal, or a baseline (`*.json`). Throws USAGE, JOURNAL_UNREADABLE. */
export function readFigures(path: string): RunFigures {
  if (path.endsWith('.json')) return withoutPlaces(readBaseline(readText(path), path))
  const { events } = parseJournal(readText(journalFile(path)))
  return withoutPlaces(figuresOf(events))
}

/** Where something lies on this machine is nobody's business in a file to commit. */
function withoutPlaces(figures: RunFigures): RunFigures {
  const here = JSON.stringify(process.cwd()).slice(1, -1)
  return JSON.parse(JSON.stringify(figures).replaceAll(here, '{here}')) as RunFigures
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new HarnessError('USAGE', `'${path}' cannot be read: ${describeError(error)}`, {
      hint: 'name the folder of a run below reports/runs, a journal.ndjson, or a baseline below reports/baselines',
    })
  }
}

export interface FoundRun {
  readonly folder: string
  readonly summary: Summary
}

export interface FoundRuns {
  /** Oldest first. */
  readonly runs: readonly FoundRun[]
  /** How many there are in which a person did with the system what they wanted: these are no runs of the scenario. */
  readonly sessions: number
}

/** What a scenario left below the folder, by its summaries. What is no run of this version is passed over. */
export function runsOf(scenario: string, directory: string): FoundRuns {
  const names = existsSync(directory) ? readdirSync(directory).toSorted() : []
  const found = names.flatMap((name) => {
    const folder = join(directory, name)
    const summary = readSummary(join(folder, 'summary.json'))
    return summary?.scenario === scenario ? [{ folder, summary }] : []
  })
  const runs = found.filter(({ summary }) => summary.session === undefined)
  return {
    runs: runs.toSorted((a, b) => (a.summary.startedAt < b.summary.startedAt ? -1 : 1)),
    sessions: found.length - runs.length,
  }
}

function readSummary(file: string): Summary | undefined {
  try {
    const value = JSON.parse(readFileSync(file, 'utf8')) as Summary | null
    return value?.schemaVersion === 1 && Array.isArray(value.cells) ? value : undefined
  } catch {
    // No summary, or half of one: a run that was killed.
    return undefined
  }
}
