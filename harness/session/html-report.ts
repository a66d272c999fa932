import { createReadStream, existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { HarnessError, type Redactor } from '../core/index.ts'
import {
  renderHtml,
  renderLiveHtml,
  traceIdsOf,
  type LogLine,
  type PageFold,
} from '../report/index.ts'

/** Beside the sources and in the published package alike. */
const shellFile = new URL('../report/viewer/dist/shell.html', import.meta.url)
const traceId = /\b[0-9a-f]{32}\b/g
/** Bounds on what of the logs goes into a page. */
const mostLinesOfATrace = 40
const mostLines = 4_000
const longestLine = 1_000

/** Whether `npm ci` has built the viewer. */
function isViewerBuilt(): boolean {
  return existsSync(shellFile)
}

/**
 * The page of a run, with the lines that its services logged about the failing exchanges, `redactor` having removed the secrets from
 * them. Throws VIEWER_MISSING when the viewer is not built.
 */
export async function makeHtmlReport(
  fold: PageFold,
  logDir: string,
  redactor: Redactor,
): Promise<string> {
  const shell = readShell()
  const wanted = traceIdsOf(fold.data())
  const logs = await linesOfTraces(logDir, wanted, redactor)
  return renderHtml(shell, fold.data(logs))
}

/** The page of a run that goes on. Throws VIEWER_MISSING when the viewer is not built. */
export function makeLivePage(): string {
  return renderLiveHtml(readShell())
}

function readShell(): string {
  if (isViewerBuilt()) return readFileSync(shellFile, 'utf8')
  throw new HarnessError('VIEWER_MISSING', 'the viewer of report.html is not built', {
    hint: 'run `npm run prepare` in the root of the workspace; `npm ci` does it too',
  })
}

/** What each service logged with these trace ids, in one pass over the logs, bounded. Empty when there are no logs. */
async function linesOfTraces(
  logDir: string,
  wanted: ReadonlySet<string>,
  redactor: Redactor,
): Promise<Record<string, LogLine[]>> {
  const found: Record<string, LogLine[]> = {}
  if (wanted.size === 0 || !existsSync(logDir)) return found
  let taken = 0
  for (const name of readdirSync(logDir).toSorted()) {
    if (!name.endsWith('.log')) continue
    const lines = createInterface({
      input: createReadStream(join(logDir, name)),
      crlfDelay: Infinity,
    })
    for await (const line of lines) {
      for (const id of new Set(line.match(traceId))) {
        const own = wanted.has(id) ? (found[id] ??= []) : undefined
        if (!own || own.length >= mostLinesOfATrace || taken >= mostLines) continue
        own.push({
          replica: name.slice(0, -'.log'.length),
          line: redactor.text(line).slice(0, longestLine),
        })
        taken += 1
      }
    }
  }
  return found
}
