import { count, figureText, type EventOf } from '../core/index.ts'
import type { LoadEnd } from './load-end.ts'
import {
  foundText,
  renderAgainstBaseline,
  renderBreakpoint,
  renderLoadSummary,
  renderResources,
} from './load-lines.ts'
import type { Figure } from './figure.ts'
import type { Summary } from './summary-types.ts'

type End = EventOf<'load.summary'>

/** What a load test came to as text, in lines of at most `width` columns. */
export function renderLoadTest(ends: readonly LoadEnd[], width: number): string {
  const texts = ends.map((event, i) => {
    const before = i === 0 ? '' : event.kind === 'load.judged' ? '\n' : '\n\n'
    return before + renderEnd(event, width)
  })
  return texts.join('')
}

function renderEnd(event: LoadEnd, width: number): string {
  switch (event.kind) {
    case 'load.summary':
      return renderLoadSummary(event, width)
    case 'load.breakpoint':
      return renderBreakpoint(event, width)
    case 'load.judged':
      return renderAgainstBaseline(event, width)
    case 'leaks.judged':
      return renderResources(event, width)
  }
}

/** In one sentence what a load test showed that passed. */
export function passedWords(ends: readonly LoadEnd[]): string {
  const found = ends.find((event) => event.kind === 'load.breakpoint')
  if (found) {
    const what =
      found.breaksAt === undefined ? 'every rate that was tried held' : 'the highest rate is found'
    return `${what}: ${foundText(found)}`
  }
  const { thresholds } = endOf(ends) ?? { thresholds: [] }
  const demanded =
    thresholds.length === 0
      ? 'nothing was demanded'
      : `${count(thresholds.length, 'threshold')} ${thresholds.length === 1 ? 'holds' : 'hold'}`
  const { flows, failed, dropped } = totalsOf(ends)
  const lost = dropped === 0 ? '' : `, ${dropped} DROPPED`
  return `${demanded}, over ${count(flows, 'flow')} of which ${failed} failed${lost}`
}

/** The figures of the page of a load test. */
export function loadTestFigures({ verdict }: Summary, ends: readonly LoadEnd[]): Figure[] {
  const { flows, failed, dropped } = totalsOf(ends)
  const found = ends.find((event) => event.kind === 'load.breakpoint')
  const thresholds = found ? [] : (endOf(ends)?.thresholds ?? [])
  const holding = thresholds.filter(({ outcome }) => outcome === 'holds').length
  const isCrossed = thresholds.some(({ outcome }) => outcome === 'crossed')
  return [
    ...(found
      ? [{ value: rateText(found), what: 'flows a second held', tone: 'plain' as const }]
      : []),
    ...(thresholds.length === 0
      ? []
      : [
          {
            value: `${holding} of ${thresholds.length}`,
            what: 'thresholds hold',
            tone: isCrossed
              ? ('bad' as const)
              : verdict === 'pass'
                ? ('good' as const)
                : ('plain' as const),
          },
        ]),
    { value: `${failed} of ${flows}`, what: 'flows failed', tone: 'plain' },
    { value: String(dropped), what: 'flows were dropped', tone: 'plain' },
  ]
}

/** A threshold of a load test that searches for no rate: there some are to be crossed. */
export function thresholdsOf(ends: readonly LoadEnd[]): End['thresholds'] {
  const isSearch = ends.some((event) => event.kind === 'load.breakpoint')
  const end = endOf(ends)
  return isSearch || end?.rate !== undefined ? [] : (end?.thresholds ?? [])
}

export function thresholdText({ text, outcome, value }: End['thresholds'][number]): string {
  const what = { holds: 'holds', crossed: 'does not hold', 'no-data': 'nothing can be told' }
  return `${text}: ${what[outcome]}${value === undefined ? '' : ` (${figureText(value)})`}`
}

function endOf(ends: readonly LoadEnd[]): End | undefined {
  return ends.findLast((event) => event.kind === 'load.summary')
}

function rateText({ holdsAt }: EventOf<'load.breakpoint'>): string {
  return holdsAt === undefined ? 'none' : String(holdsAt)
}

/** Of all rates that were tried. */
function totalsOf(ends: readonly LoadEnd[]) {
  const cells = ends.flatMap((event) => (event.kind === 'load.summary' ? event.cells : []))
  const of = (key: 'count' | 'failed' | 'dropped') =>
    cells.reduce((sum, cell) => sum + cell[key], 0)
  return { flows: of('count'), failed: of('failed'), dropped: of('dropped') }
}
