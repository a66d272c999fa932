import {
  cellKey,
  combine,
  fail,
  inconclusive,
  pass,
  type LoadFigures,
  type LoadFinding,
  type RegressionLimits,
  type Verdict,
} from '../core/index.ts'
import { defaultJudgement } from './cell-judge.ts'
import { failingWords, slowingWords, unknownWords } from './load-check.ts'
import {
  defaultLoadJudgement,
  judgeLoadAtDeadline,
  judgeLoadCell,
  loadEvidence,
  type LoadQuestion,
} from './load-judge.ts'

const defaults: Required<RegressionLimits> = { detectRatio: 0.05, slowerBy: 0.2, slowerByMs: 5 }

export interface LoadRegression {
  /** Of the cells that both have. */
  readonly findings: readonly LoadFinding[]
  readonly verdict: Verdict
}

/**
 * Compares a load with a stored one, cell by cell, by the test that judges load in a scenario. `isOwnLimit`: the load could not keep its own
 * times, so that it may have been slow itself.
 */
export function judgeRegression(
  baseline: LoadFigures,
  now: LoadFigures,
  limits: RegressionLimits = {},
  isOwnLimit = false,
): LoadRegression {
  const known = new Map(baseline.cells.map((cell) => [cellKey(cell), cell]))
  const options = {
    ...defaultJudgement,
    ...defaultLoadJudgement,
    ...defaults,
    ...limits,
    windowMs: now.durationMs,
  }
  const findings = now.cells.flatMap((seen): LoadFinding[] => {
    const before = known.get(cellKey(seen))
    if (!before) return []
    const question: LoadQuestion = { baseline: before, comparisons: now.cells.length, options }
    const { flow, actor } = seen
    return [
      {
        flow,
        actor,
        window: 'load',
        judgement: judgeLoadCell(seen, question) ?? judgeLoadAtDeadline(seen, question),
        ...loadEvidence(seen, question),
        judgedMs: now.durationMs,
      },
    ]
  })
  return { findings, verdict: verdictOf(baseline, now, findings, isOwnLimit) }
}

function verdictOf(
  baseline: LoadFigures,
  now: LoadFigures,
  findings: readonly LoadFinding[],
  isOwnLimit: boolean,
): Verdict {
  const open = (message: string) => inconclusive({ code: 'no-data', message })
  if (baseline.profile !== now.profile) {
    return open(
      `the baseline ${baseline.run} was made with another profile, so nothing can be compared with it`,
    )
  }
  const seen = new Set(now.cells.map(cellKey))
  const gone = baseline.cells.filter((cell) => !seen.has(cellKey(cell)))
  const doubt = isOwnLimit
    ? 'but the load itself was the limit'
    : baseline.machine !== now.machine
      ? `which is of another machine (${baseline.machine})`
      : baseline.runtime !== now.runtime
        ? `which is of another runtime (${baseline.runtime})`
        : undefined
  return combine([
    pass,
    ...gone.map((cell) => open(`${cellKey(cell)} is in the baseline, and was not measured`)),
    ...findings.map((finding) => verdictOfCell(finding, baseline.run, doubt)),
  ])
}

/** `doubt`: why times cannot be compared. */
function verdictOfCell(finding: LoadFinding, run: string, doubt: string | undefined): Verdict {
  const cell = { flow: finding.flow, actor: finding.actor }
  const than = `against the baseline ${run}`
  switch (finding.judgement) {
    case 'holds':
      return pass
    case 'broken':
      return fail({
        code: 'broken-under-load',
        cell,
        message: `${failingWords(finding)} ${than}`,
      })
    case 'slower': {
      const message = `${slowingWords(finding)} ${than}`
      return doubt === undefined
        ? fail({ code: 'slower-under-load', cell, message })
        : inconclusive({
            code: 'slower-under-load',
            cell,
            message: `${message}, ${doubt}`,
          })
    }
    case 'undecided':
      return inconclusive({ code: 'no-data', cell, message: `${unknownWords(finding)} ${than}` })
  }
}
