import { count } from '../core/index.ts'
import { compareAnswers, type Drift } from './drift.ts'
import type { RunFigures } from './figures.ts'
import { compareLatencies, type LatencyComparison } from './latencies.ts'
import {
  brokenNewCells,
  compareCells,
  compareErrors,
  pairsOf,
  type CellDifference,
  type ErrorDifference,
} from './outcomes.ts'
import { surroundings, type Surrounding } from './surroundings.ts'

export interface Comparison {
  /** 'slower': no regression, but everything took longer, by a factor that a machine may be the cause of. */
  readonly outcome: 'no-regression' | 'slower' | 'regression' | 'inconclusive'
  /** Why nothing can be said, or not about all; empty when all was compared. */
  readonly open: readonly string[]
  readonly a: RunFigures
  readonly b: RunFigures
  /** Whether b did what its scenario says, where a did. */
  readonly verdictRegressed: boolean
  readonly cells: readonly CellDifference[]
  /** All that were compared. */
  readonly errors: readonly ErrorDifference[]
  readonly latencies: LatencyComparison
  readonly drift: Drift
  /** Versions and configuration that differ. */
  readonly surroundings: readonly Surrounding[]
}

/** How run b differs from run a, the reference. A regression outranks what could not be compared. */
export function compareRuns(a: RunFigures, b: RunFigures): Comparison {
  const pairs = pairsOf(a, b)
  const cells = [...compareCells(pairs), ...brokenNewCells(a, b)]
  const errors = compareErrors(pairs)
  const latencies = compareLatencies(a, b)
  const drift = compareAnswers(a, b)
  // Of another scenario the verdict answers another question.
  const verdictRegressed = a.scenario === b.scenario && a.verdict === 'pass' && b.verdict === 'fail'
  const found = [...cells, ...errors, ...latencies.differences, ...drift.differences]
  const open = [
    ...openQuestions(a, b, pairs),
    ...(latencies.asAWhole === 'much-slower' ? [muchSlower(latencies)] : []),
  ]
  const regressed = verdictRegressed || found.some(({ standing }) => standing === 'regression')
  const fine = latencies.asAWhole === 'same' ? 'no-regression' : 'slower'
  return {
    outcome: regressed ? 'regression' : open.length > 0 ? 'inconclusive' : fine,
    open,
    a,
    b,
    verdictRegressed,
    cells,
    errors,
    latencies,
    drift,
    surroundings: surroundings(a, b),
  }
}

/** Of what slows everything that much neither can be taken for granted. */
function muchSlower({ speed }: LatencyComparison): string {
  const most = Math.max(...Object.values(speed))
  return `everything took up to ${most.toFixed(1)} times as long, and whether by the machine or by the system nobody can tell: compare runs of machines that are alike`
}

function openQuestions(a: RunFigures, b: RunFigures, pairs: ReturnType<typeof pairsOf>): string[] {
  const inconclusive = [a, b].filter(({ verdict }) => verdict === 'inconclusive')
  const undecided = pairs.filter(
    (pair) => pair.b.judgement === 'undecided' && pair.a.judgement !== 'undecided',
  )
  const windowsOf = ({ cells }: RunFigures) =>
    cells.reduce((sum, { windows }) => sum + Object.keys(windows).length, 0)
  const missing = windowsOf(a) - pairs.length
  return [
    ...new Set(inconclusive.map(({ runs }) => `the run ${runs[0]} was inconclusive itself`)),
    ...(pairs.length === 0 ? ['the runs have no cell in common'] : []),
    ...(missing > 0 && pairs.length > 0
      ? [`of ${windowsOf(a)} windows of cells ${missing} are missing in the second run`]
      : []),
    ...(undecided.length > 0
      ? [
          `${count(undecided.length, 'window')} of cells ${undecided.length === 1 ? 'is' : 'are'} undecided in the second run`,
        ]
      : []),
  ]
}
