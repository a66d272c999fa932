import { cellKey } from '../core/index.ts'
import { cameBack, wasWatched } from './came-back.ts'
import {
  brokenCells,
  harmedUnderLoad,
  isFaultOnly,
  sickCells,
  struckCells,
  wasApplied,
} from './faults.ts'
import type { Figure } from './figure.ts'
import { loadTestFigures } from './load-test.ts'
import type { Summary } from './summary-types.ts'
import { count, formatDuration } from './words.ts'

/** The figures that matter, the first ones most. They say nothing that a reason of the verdict speaks against. */
export function figuresOf(summary: Summary): Figure[] {
  if (summary.loadTest) {
    return [...loadTestFigures(summary, summary.loadTest), outsideFigure(summary)]
  }
  const [broken, load] = [brokenFigure(summary), loadFigure(summary)]
  const isHidden = isHarmOfLoadOnly(summary)
  return [
    ...(isHidden ? [...load, broken] : [broken]),
    ...struckFigure(summary),
    ...backFigure(summary),
    ...(isHidden ? [] : load),
    ...statusFigure(summary),
    outsideFigure(summary),
  ]
}

function brokenFigure(summary: Summary): Figure {
  const broken = brokenCells(summary).length
  const sick = sickCells(summary).length
  if (sick > 0) {
    return {
      value: `${sick} of ${summary.cells.length}`,
      what: 'cells failed before any change, and none was applied',
      tone: 'bad',
    }
  }
  if (!wasApplied(summary)) {
    return {
      value: 'none',
      what: 'changes applied: nothing was judged',
      tone: 'plain',
    }
  }
  return {
    value: `${broken} of ${summary.cells.length}`,
    what: `cells broken by the ${isFaultOnly(summary) ? 'fault' : 'change'}${isHarmOfLoadOnly(summary) ? ' apart from the load' : ''}`,
    tone: broken > 0 ? 'bad' : isGoodNews(summary) ? 'good' : 'plain',
  }
}

/** That no cell broke is not the news then. */
function isHarmOfLoadOnly(summary: Summary): boolean {
  return brokenCells(summary).length === 0 && harmedUnderLoad(summary).length > 0
}

/** Whether a zero is good news: of a run that proves nothing, or under which users suffered, it is none. */
function isGoodNews(summary: Summary): boolean {
  return (
    summary.verdict !== 'inconclusive' &&
    struckCells(summary).length === 0 &&
    !isHarmOfLoadOnly(summary)
  )
}

function struckFigure(summary: Summary): Figure[] {
  const struck = struckCells(summary).length
  if (struck === 0) return []
  const value = `${struck} of ${summary.cells.length}`
  return [{ value, what: 'cells suffered as declared', tone: 'plain' }]
}

/** Of what broke or was worse under load, and of what did not work after the undo though it had worked before. */
function backFigure(summary: Summary): Figure[] {
  const { kind, still, underLoad, stateDiffers } = cameBack(summary)
  const broken = brokenCells(summary)
  const keysOf = (cells: Parameters<typeof cellKey>[0][]) => cells.map(cellKey)
  const lasting = new Set(keysOf([...still, ...underLoad]))
  const touched = new Set([...keysOf(broken), ...lasting])
  if (touched.size === 0) return []
  const back = broken.filter((cell) => wasWatched(cell) && !lasting.has(cellKey(cell))).length
  const { broughtBack, timings } = summary
  const isAll = kind === 'all' && back === touched.size
  const inTime =
    isAll && timings.recoveryMs !== null && broughtBack === undefined
      ? ` in ${formatDuration(timings.recoveryMs)}`
      : ''
  return [
    {
      value: `${back} of ${touched.size}${inTime}`,
      what: `came back${broughtBack === undefined ? ' when it was undone' : ''}${underLoad.length > 0 ? ', under load too' : ''}${stateDiffers ? ', the configuration did not' : ''}`,
      tone: isAll ? 'good' : 'bad',
    },
  ]
}

function loadFigure(summary: Summary): Figure[] {
  const { load } = summary
  if (!load) return []
  const harmed = harmedUnderLoad(summary).length
  const all = new Set(load.cells.map(cellKey)).size
  return [
    {
      value: `${harmed} of ${all}`,
      what: 'cells under load failed or became slower',
      tone: harmed > 0 ? 'bad' : isJudged(summary) ? 'good' : 'plain',
    },
  ]
}

/** Whether load was judged while a change was in force, in a run that proves something. */
function isJudged({ verdict, load }: Summary): boolean {
  const inChanges = load?.cells.some(({ window }) => window.startsWith('change:')) ?? false
  return verdict !== 'inconclusive' && inChanges
}

function statusFigure({ statusPage }: Summary): Figure[] {
  if (!statusPage || statusPage.brokenMs === 0) return []
  const { falseGreenMs, brokenMs } = statusPage
  return [
    {
      value: `${formatDuration(falseGreenMs)} of ${formatDuration(brokenMs)}`,
      what: 'status page said ‘operational’ meanwhile',
      tone: falseGreenMs > 0 ? 'bad' : 'good',
    },
  ]
}

function outsideFigure({ outside }: Summary): Figure {
  return {
    value: String(outside.refused.length),
    what: `of ${count(outside.requests, 'request')} to the outside refused`,
    tone: outside.refused.length > 0 ? 'bad' : 'plain',
  }
}
