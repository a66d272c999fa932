import {
  count,
  type CellId,
  type JudgementOptions,
  type LoadJudgementOptions,
  type LoadShare,
} from '../core/index.ts'
import { judgementOf, loadJudgementOf } from '../engine/index.ts'

/** How load that was started by hand goes into a scenario, so that a run of it judges each of its cells. */
export interface SavedLoad {
  /** The cells under load. Undefined: all there are. */
  readonly mix: readonly LoadShare[] | undefined
  readonly windowMs: number
  readonly loadJudgement: Pick<LoadJudgementOptions, 'baselineMs' | 'slowerBy' | 'slowerByMs'>
  /** What a person should know of it. */
  readonly says: string
}

export interface HandLoadToSave {
  readonly ratePerSecond: number
  readonly cells: readonly CellId[]
  readonly steps: number
  /** As the scenario says it. */
  readonly judgement?: Partial<JudgementOptions>
  readonly loadJudgement?: Partial<LoadJudgementOptions>
}

/** So many flows of a cell are wanted in the baseline and in each window: they fill three times the half seconds that are needed at least. */
const flowsOfACell = 45
const longestBaselineMs = 60_000
/** What is slower by less may come from a machine that does something else as well. */
const lenient = { slowerBy: 0.5, slowerByMs: 40 }

/**
 * At the rate given, windows as long as it takes until every cell was tried often enough. Where that is more than a minute, fewer cells: of each
 * flow one actor, then of each a second one, until no more can be judged.
 */
export function savedLoad(given: HandLoadToSave): SavedLoad {
  const { ratePerSecond, cells, steps, loadJudgement } = given
  const most = Math.floor((ratePerSecond * longestBaselineMs) / 1_000 / flowsOfACell)
  const under = flowByFlow(cells).slice(0, Math.max(1, most))
  const { baselineMs: least, warmUpMs } = loadJudgementOf(given)
  const neededMs = Math.ceil((flowsOfACell * under.length) / ratePerSecond) * 1_000
  const baselineMs = Math.max(least, neededMs)
  const windowMs = Math.max(judgementOf(given).windowMs, baselineMs + warmUpMs + 1_000)
  const slower = { ...lenient, ...loadJudgement }
  const isAll = under.length === cells.length
  const longestMin = Math.ceil(((steps + 1) * windowMs + baselineMs + warmUpMs) / 60_000)
  return {
    mix: isAll ? undefined : under.map(({ flow, actor }) => ({ flow, actor })),
    windowMs,
    loadJudgement: { ...lenient, ...loadJudgement, baselineMs },
    says: [
      `load of ${count(ratePerSecond, 'flow')} a second over ${isAll ? '' : `${under.length} of `}${count(cells.length, 'cell')}`,
      ...(isAll ? [] : ['at this rate the others could not be judged within a minute']),
      `each is watched for ${baselineMs / 1_000} s before the first step and for up to ${windowMs / 1_000} s under each, so a run takes up to ${longestMin} min`,
      `slower is what took ${Math.round(slower.slowerBy * 100)} % and ${slower.slowerByMs} ms longer`,
    ].join('; '),
  }
}

/** The first actor of each flow, then the second of each, and so on. */
function flowByFlow(cells: readonly CellId[]): CellId[] {
  const flows = [...Map.groupBy(cells, ({ flow }) => flow).values()]
  const longest = Math.max(0, ...flows.map((own) => own.length))
  return Array.from({ length: longest }, (_, i) => flows.flatMap((own) => own[i] ?? [])).flat()
}
