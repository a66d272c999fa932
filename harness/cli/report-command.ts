import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { HarnessError, type JournalEvent } from '../core/index.ts'
import {
  parseJournal,
  renderJunit,
  renderTerminal,
  summarize,
  type ParsedJournal,
} from '../report/index.ts'
import { renderOptionsFor } from './screen.ts'

interface ReportOptions {
  readonly format: 'terminal' | 'summary' | 'junit'
  readonly verbose: boolean
}

/** `aftershock report <journal>`: every report is a pure function of the journal. */
export function reportCommand(path: string, { format, verbose }: ReportOptions): void {
  const journal = parseJournal(readJournal(path))
  for (const warning of warningsOf(journal)) process.stderr.write(`aftershock: ${warning}\n`)
  process.stdout.write(`${render(journal.events, format, verbose)}\n`)
}

function render(
  events: readonly JournalEvent[],
  format: ReportOptions['format'],
  verbose: boolean,
): string {
  switch (format) {
    case 'terminal':
      return renderTerminal(summarize(events), { ...renderOptionsFor(process.stdout), verbose })
    case 'summary':
      return JSON.stringify(summarize(events), null, 2)
    case 'junit':
      return renderJunit(events)
  }
}

function warningsOf({ skipped, truncated }: ParsedJournal): string[] {
  return [
    ...Object.entries(skipped).map(
      ([kind, times]) =>
        `skipped ${times} events of the kind '${kind}', which this version does not know`,
    ),
    ...(truncated ? ['the last line is cut off: the run was killed while it wrote'] : []),
  ]
}

function readJournal(path: string): string {
  try {
    const file = statSync(path).isDirectory() ? join(path, 'journal.ndjson') : path
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new HarnessError('USAGE', `the journal '${path}' cannot be read`, {
      cause: error,
      hint: 'name a journal.ndjson, or the folder of a run below reports/runs',
    })
  }
}
