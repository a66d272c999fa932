import { accessSync, constants, createReadStream, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { count, HarnessError, Redactor, type JournalEvent } from '../core/index.ts'
import {
  JournalReader,
  collectRun,
  PageFold,
  parseJournal,
  renderJunit,
  renderMarkdown,
  renderTerminal,
  summarize,
  type ParsedJournal,
} from '../report/index.ts'
import { makeHtmlReport, say, warn } from '../session/index.ts'
import { linkOf } from './pipeline-output.ts'
import { refuseIgnored } from './refuse-ignored.ts'
import { renderOptionsFor } from './screen.ts'

interface ReportOptions {
  readonly format: 'terminal' | 'summary' | 'junit' | 'markdown' | 'html'
  readonly verbose: boolean
}

/** `aftershock report <journal>`: every report is a pure function of the journal. */
export async function reportCommand(
  path: string,
  { format, verbose }: ReportOptions,
): Promise<void> {
  if (format !== 'terminal')
    refuseIgnored({ '--verbose': verbose }, 'is for --format terminal alone')
  if (format === 'html') return writeHtml(journalFile(path))
  const journal = parseJournal(readJournal(path))
  for (const warning of warningsOf(journal)) warn(warning)
  say(`${render(journal.events, format, verbose)}\n`)
}

function render(
  events: readonly JournalEvent[],
  format: Exclude<ReportOptions['format'], 'html'>,
  verbose: boolean,
): string {
  switch (format) {
    case 'terminal':
      return renderTerminal(summarize(events), { ...renderOptionsFor(process.stdout), verbose })
    case 'summary':
      return JSON.stringify(summarize(events), null, 2)
    case 'junit':
      return renderJunit(collectRun(events))
    case 'markdown':
      return renderMarkdown(summarize(events), { link: linkOf() })
  }
}

/** Line by line, so that a journal of any length makes a page of bounded size. */
async function writeHtml(file: string): Promise<void> {
  const fold = new PageFold()
  const reader = new JournalReader()
  const take = (line: string, isLast: boolean) => {
    const event = reader.line(line, isLast)
    if (event) fold.take(event)
  }
  let held: string | undefined
  for await (const line of createInterface({ input: createReadStream(file) })) {
    if (held !== undefined) take(held, false)
    held = line
  }
  if (held !== undefined) take(held, true)
  for (const warning of warningsOf(reader.end())) warn(warning)
  const html = await makeHtmlReport(fold, join(dirname(file), 'services'), new Redactor())
  process.stdout.write(html)
}

function warningsOf({ skipped, truncated }: Omit<ParsedJournal, 'events'>): string[] {
  return [
    ...Object.entries(skipped).map(
      ([kind, times]) =>
        `skipped ${count(times, 'event')} of the kind '${kind}', which this version does not know`,
    ),
    ...(truncated ? ['the last line is cut off: the run was killed while it wrote'] : []),
  ]
}

function readJournal(path: string): string {
  return readFileSync(journalFile(path), 'utf8')
}

/** Throws USAGE where there is none that can be read. */
export function journalFile(path: string): string {
  try {
    const file = statSync(path).isDirectory() ? join(path, 'journal.ndjson') : path
    accessSync(file, constants.R_OK)
    return file
  } catch (error) {
    throw new HarnessError('USAGE', `the journal '${path}' cannot be read`, {
      cause: error,
      hint: 'name a journal.ndjson, or the folder of a run below reports/runs',
    })
  }
}
