import { reasonsOf, type JournalEvent } from '../core/index.ts'
import { judgeRun } from '../judge/index.ts'
import type { Summary } from '../report/index.ts'

/** What a run that is not over has no evidence of yet. */
const notYet = new Set(['no-data', 'interrupted', 'not-recovered', 'state-differs', 'status-page'])

/** The verdict on what was watched so far, while the system stays up and nothing is undone yet. */
export function verdictSoFar(
  events: readonly JournalEvent[],
): Pick<Summary, 'verdict' | 'reasons'> {
  const verdict = judgeRun(events)
  const reasons = reasonsOf(verdict)
    .filter(({ code }) => !notYet.has(code))
    .map(({ code, message, cell }) => ({ code, message, ...cell }))
  return { verdict: reasons.length === 0 ? 'pass' : verdict.kind, reasons }
}
