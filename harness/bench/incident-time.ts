import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EventOf } from '../core/index.ts'
import { parseJournal, type Summary } from '../report/index.ts'
import { cliFile } from './reference.ts'
import { row, spread } from './figures.ts'

/** The first incident by its command, from the start of the process to its end. */
export async function incidentTime(scale: number): Promise<boolean> {
  const runs = Math.max(2, Math.round(7 * scale))
  const walls: number[] = []
  const brokenJudged: number[] = []
  const windows: number[] = []
  const starts: number[] = []
  for (let i = 0; i < runs; i += 1) {
    const out = mkdtempSync(join(tmpdir(), 'aftershock-bench-'))
    const startMs = performance.now()
    const child = spawn(
      process.execPath,
      [cliFile, 'run', 'twitter-api-plan', '--runtime', 'processes', '--out', out],
      {
        stdio: 'ignore',
      },
    )
    const [code] = (await once(child, 'exit')) as [number | null]
    walls.push(performance.now() - startMs)
    const summary = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')) as Summary
    brokenJudged.push(lastFullBreakMs(readFileSync(join(out, 'journal.ndjson'), 'utf8')))
    windows.push(summary.timings.verdictMs ?? NaN)
    starts.push(summary.timings.startMs ?? NaN)
    rmSync(out, { recursive: true })
    if (code !== 0) {
      row('run twitter-api-plan', `exit code ${code}`, 'must be 0')
      return false
    }
  }
  row('run twitter-api-plan, command to exit', spread(walls), 'goal 6 s')
  row('  of it until all replicas are healthy', spread(starts))
  row('applied -> last fully broken cell judged', spread(brokenJudged), 'goal 1 s')
  row('applied -> every cell judged, holding ones too', spread(windows))
  return true
}

function lastFullBreakMs(journal: string): number {
  const judged = parseJournal(journal).events.filter(
    (event): event is EventOf<'cell.judged'> =>
      event.kind === 'cell.judged' &&
      event.window.startsWith('change:') &&
      event.judgement === 'broken' &&
      event.evidence.failures === event.evidence.samples,
  )
  return Math.max(...judged.map((event) => event.evidence.judgedMs))
}
