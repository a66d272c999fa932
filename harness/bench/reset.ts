import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Summary } from '../report/index.ts'
import { goal, median, row, spread } from './figures.ts'
import { incidentIds, output } from './library.ts'

/** How long a scenario waits for its stack: one that is reset after the scenario before it, against one that is started anew. */
export async function reset(scale: number): Promise<boolean> {
  const ids = (await incidentIds()).slice(0, Math.max(3, Math.round(8 * scale)))
  // The first of them always starts one; it is left out of both.
  const anew = (await startTimes(ids, ['--no-reuse'])).slice(1)
  const reused = (await startTimes(ids, [])).slice(1)
  row('a stack that is started anew', spread(anew))
  row('  that is reset, state hashes compared', spread(reused))
  const ratio = median(anew) / median(reused)
  return goal('  times faster', ratio, '', (times) => times >= 10, '10')
}

async function startTimes(ids: readonly string[], options: readonly string[]): Promise<number[]> {
  const out = mkdtempSync(join(tmpdir(), 'aftershock-bench-'))
  try {
    await output(['run', ...ids, '--runtime', 'processes', '--json', '--out', out, ...options])
    return ids.map((id) => {
      const summary = JSON.parse(readFileSync(join(out, id, 'summary.json'), 'utf8')) as Summary
      return summary.timings.startMs ?? NaN
    })
  } finally {
    rmSync(out, { recursive: true })
  }
}
