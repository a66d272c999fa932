import {
  cellKey,
  combine,
  fail,
  inconclusive,
  pass,
  type LoadFigures,
  type CellId,
  type LoadFinding,
  type Reason,
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
import { differenceOfProportions, fisherExact, type Proportion } from './two-proportions.ts'
import { failingTogether, groupsOf, type CellPair } from './load-together.ts'

const defaults: Required<RegressionLimits> = { detectRatio: 0.05, slowerBy: 0.2, slowerByMs: 5 }

export interface LoadRegression {
  /** Of the cells that both have. */
  readonly findings: readonly LoadFinding[]
  readonly verdict: Verdict
}

/**
 * Compares a load with a stored one, cell by cell, by the test that judges load in a scenario, and by failures of cells taken together. `isOwnLimit`: the load could not keep its own
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
  const pairs = now.cells.flatMap((seen): CellPair[] => {
    const before = known.get(cellKey(seen))
    return before ? [{ flow: seen.flow, actor: seen.actor, before, now: seen }] : []
  })
  const comparisons = pairs.length + groupsOf(pairs).length
  const findings = pairs.map(({ flow, actor, before, now: seen }): LoadFinding => {
    const question: LoadQuestion = { baseline: before, comparisons, options }
    const judgement = judgeLoadCell(seen, question) ?? judgeLoadAtDeadline(seen, question)
    return {
      flow,
      actor,
      window: 'load',
      judgement,
      ...loadEvidence(seen, question, judgement),
      judgedMs: now.durationMs,
    }
  })
  // What a cell shows by itself needs no others.
  const broken = new Set(
    findings.flatMap(({ judgement, flow }) => (judgement === 'broken' ? [flow] : [])),
  )
  const others = pairs.filter(({ flow }) => !broken.has(flow))
  const than = thanBaseline(baseline.run)
  const together = failingTogether(others, { comparisons, options }, than)
  const lost = lostMore(baseline, now, { comparisons, options })
  return {
    findings,
    verdict: verdictOf(baseline, now, { findings, together, lost, isOwnLimit }),
  }
}

/** What is said of flows that were due and never started, and of those that were cut off, where they are more by what counts. */
function lostMore(
  baseline: LoadFigures,
  now: LoadFigures,
  question: Omit<LoadQuestion, 'baseline'>,
): string[] {
  const overdueOf = ({ cut = 0, overdue = cut }: LoadFigures) => overdue
  const kinds: readonly [string, of: (figures: LoadFigures) => number][] = [
    ['were never started', ({ dropped }) => dropped],
    ['were cut off at the end after longer than most took', overdueOf],
  ]
  return kinds.flatMap(([what, of]) => {
    const [before, after] = [baseline, now].map((figures) => ({
      hits: of(figures),
      total: dueOf(figures),
    })) as [Proportion, Proportion]
    const inAll = ({ hits, total }: Proportion) => `${hits} of ${total}`
    return isMore(before, after, question)
      ? [`${inAll(after)} flows ${what}, ${thanBaseline(baseline.run)} with ${inAll(before)}`]
      : []
  })
}

function dueOf({ cells, dropped, cut = 0 }: LoadFigures): number {
  return dropped + cut + cells.reduce((sum, { samples }) => sum + samples, 0)
}

function isMore(
  before: Proportion,
  after: Proportion,
  { comparisons, options }: Omit<LoadQuestion, 'baseline'>,
): boolean {
  const { difference = 0 } = differenceOfProportions(before, after, 0.95) ?? {}
  const level = options.falseAlarm / (4 * Math.max(1, comparisons))
  return difference >= options.detectRatio && fisherExact(before, after) <= level
}

function verdictOf(
  baseline: LoadFigures,
  now: LoadFigures,
  found: {
    readonly findings: readonly LoadFinding[]
    readonly together: readonly Verdict[]
    readonly lost: readonly string[]
    readonly isOwnLimit: boolean
  },
): Verdict {
  const { findings, together, lost, isOwnLimit } = found
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
    ...together,
    ...lost.map((text) => orInDoubt('broken-under-load', text, doubt)),
  ])
}

function thanBaseline(run: string): string {
  return `against the baseline ${run}`
}

/** A failure, or no more than a doubt where there is one. */
function orInDoubt(
  code: Reason['code'],
  message: string,
  doubt: string | undefined,
  cell?: CellId,
): Verdict {
  const about = cell === undefined ? {} : { cell }
  return doubt === undefined
    ? fail({ code, ...about, message })
    : inconclusive({ code, ...about, message: `${message}, ${doubt}` })
}

/** `doubt`: why times cannot be compared. */
function verdictOfCell(finding: LoadFinding, run: string, doubt: string | undefined): Verdict {
  const cell = { flow: finding.flow, actor: finding.actor }
  const than = thanBaseline(run)
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
      return orInDoubt('slower-under-load', message, doubt, cell)
    }
    case 'undecided':
      return inconclusive({ code: 'no-data', cell, message: `${unknownWords(finding)} ${than}` })
  }
}
