import { figureText } from '../core/index.ts'
import type { Summary, SummaryLoad, SummaryLoadCell } from './summary-types.ts'
import { wrap } from './text.ts'
import type { Theme } from './theme.ts'
import { count, list } from './words.ts'

/** The part of a run's end that tells of the load: what is wrong cell by cell, what holds together. */
export function loadLines(summary: Summary, theme: Theme): string[] {
  const { load } = summary
  if (!load) return []
  const { width } = theme
  const perSecond = load.durationMs > 0 ? (load.flows * 1_000) / load.durationMs : 0
  const dropped = load.dropped > 0 ? `, ${load.dropped} DROPPED` : ''
  const told = `${count(load.flows, 'flow')} beside the cells, ${perSecond.toFixed(0)} per second, ${load.failed} failed${dropped}`
  const indent = { width, first: '  ', rest: '    ' }
  return [
    ...wrap(told, { width, first: 'LOAD  ' }).map(theme.strong),
    ...windowsOf(load).flatMap((window) => {
      const cells = load.cells.filter((cell) => cell.window === window)
      return [
        ...cells
          .filter(({ judgement }) => judgement !== 'holds')
          .flatMap((cell) => wrap(oddWords(cell), indent).map(theme.warn)),
        ...holdingWords(window, cells).flatMap((text) => wrap(text, indent)),
      ]
    }),
    ...load.thresholds.flatMap(({ text, outcome, value }) => {
      const shown = value === null ? '' : ` (${figureText(value)})`
      const word = { holds: 'holds', crossed: 'CROSSED', 'no-data': 'NO DATA' }[outcome]
      return wrap(`threshold ${text}: ${word}${shown}`, indent)
    }),
    ...load.generatorProblems.flatMap((text) => wrap(`THE LOAD ITSELF: ${text}`, indent)),
  ]
}

function windowsOf({ cells }: SummaryLoad): string[] {
  return [...new Set(cells.map(({ window }) => window))].filter((window) => window !== 'baseline')
}

function oddWords(cell: SummaryLoadCell): string {
  const { flow, actor, window, judgement, failures, samples, note } = cell
  const parts = [
    ...(failures > 0 ? [`${failures} of ${samples} failed`] : []),
    ...medianWords(cell),
    ...(note === null ? [] : [note]),
  ]
  return `${window}: ${flow} as ${actor} ${judgement.toUpperCase()}: ${parts.join('; ')}`
}

function medianWords({
  medianMs,
  baselineMedianMs,
  growth,
  growthLow,
  growthHigh,
  tailMs,
  baselineTailMs,
}: SummaryLoadCell) {
  if (medianMs === null || baselineMedianMs === null || growth === null) return []
  const bounds =
    growthLow === null || growthHigh === null ? '' : `, ${share(growthLow)} to ${share(growthHigh)}`
  return [
    `median ${baselineMedianMs.toFixed(1)} -> ${medianMs.toFixed(1)} ms (${share(growth)}${bounds})`,
    ...(tailMs === null || baselineTailMs === null
      ? []
      : [`the slowest tenth ${baselineTailMs.toFixed(1)} -> ${tailMs.toFixed(1)} ms`]),
  ]
}

/** Those that hold in one sentence, with what the least of them would have shown. */
function holdingWords(window: string, cells: readonly SummaryLoadCell[]): string[] {
  const holding = cells.filter(({ judgement }) => judgement === 'holds')
  if (holding.length === 0) return []
  const names = [...new Set(holding.map(({ flow }) => flow))]
  const ratio = Math.max(...holding.map(({ smallestRatio }) => smallestRatio))
  const growths = holding.map(({ smallestGrowth }) => smallestGrowth ?? Infinity)
  const growth = Math.max(...growths)
  const slowness = Number.isFinite(growth) ? `, slower medians from ${share(growth)} on` : ''
  return [
    `${window}: ${list(names, 6)} ${holding.length === 1 ? 'holds' : 'hold'} (${count(holding.length, 'cell')}); failures from ${Math.ceil(ratio * 100)} % on would have been seen${slowness}`,
  ]
}

function share(growth: number): string {
  return `${growth < 0 ? '' : '+'}${Math.round(growth * 100)} %`
}
