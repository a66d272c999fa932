import { cellKey } from '../core/index.ts'
import { count, list } from '../report/index.ts'
import { failedReference } from './baseline-file.ts'
import type { Comparison } from './compare-runs.ts'
import type { FieldDifference } from './drift.ts'
import type { RunFigures } from './figures.ts'
import type { LatencyComparison, LatencyDifference } from './latencies.ts'
import { isNewCell, type ErrorDifference } from './outcomes.ts'
import type { Page, Section, Table } from './page.ts'
import type { Standing } from './standing.ts'

/** The title of the section of what fails a run. */
export const whatGotWorse = 'What got worse'
const mostRows = 25
/** Baseline, change and recovery. */
const everyWindow = 3
/** Of a value of the configuration, in characters. */
const longestValue = 160
const beforeDifference = 30
/** A whole run that is this much slower or faster is worth a word. */
const speedWorthSaying = 1.15

/** A comparison as something to be read: what is worse first, then what else differs, then what was compared and how. */
export function comparisonPage(comparison: Comparison): Page {
  const { outcome, a, b, open } = comparison
  const regressions = rowsOf(comparison, 'regression')
  const word = {
    'no-regression': 'NO REGRESSION',
    slower: `NO REGRESSION, BUT SLOWER AS A WHOLE (${factor(Math.max(...Object.values(comparison.latencies.speed)))} as long)`,
    regression: 'REGRESSION',
    inconclusive: 'INCONCLUSIVE',
  }[outcome]
  return {
    title: `${word}: ${b.scenario} against ${a.runs[0]}`,
    tone: outcome === 'regression' ? 'bad' : outcome === 'no-regression' ? 'good' : 'open',
    lead: [
      leadOf(comparison, regressions.length),
      ...speedLead(comparison),
      ...[failedReference(a) ?? []].flat(),
      ...(a.scenario === b.scenario ? [] : [otherScenario(a, b)]),
    ],
    sections: [
      section(whatGotWorse, regressions),
      section('What got better', rowsOf(comparison, 'improvement')),
      section('What is different, and neither', rowsOf(comparison, 'change')),
      ...(open.length > 0 ? [{ title: 'What is not known', notes: open }] : []),
      surroundingSection(comparison),
      comparedSection(comparison),
    ].flatMap((one) => (one ? [one] : [])),
  }
}

function leadOf({ outcome, verdictRegressed, open }: Comparison, regressions: number): string {
  if (verdictRegressed && regressions === 0)
    return 'The verdict went from pass to fail, though no cell, error rate, latency or answer got worse: the reasons of the second run tell why.'
  const verdict = verdictRegressed ? 'The verdict went from pass to fail. ' : ''
  switch (outcome) {
    case 'regression':
      return `${verdict}${count(regressions, 'thing')} got worse.`
    case 'inconclusive':
      return `Nothing is proven: ${open.join('; ')}.`
    case 'slower':
      return 'No cell, error rate or answer got worse, and no latency more than the others did. That all of them got longer is not judged: run both versions on one machine to know.'
    case 'no-regression':
      return 'No cell, error rate, latency or answer got worse, by more than chance and the noise of the machine.'
  }
}

function otherScenario(a: RunFigures, b: RunFigures): string {
  const verdicts =
    a.verdict === b.verdict
      ? ''
      : ` What they expect may too, so their verdicts (${a.verdict} and ${b.verdict}) are not compared.`
  return `The scenarios differ: '${a.scenario}' and '${b.scenario}'.${verdicts}`
}

const head = ['where', 'what', 'before', 'after', 'evidence'] as const

function section(title: string, rows: readonly (readonly string[])[]): Section | undefined {
  if (rows.length === 0) return undefined
  return { title, table: bounded(head, rows) }
}

function bounded(heads: readonly string[], rows: readonly (readonly string[])[]): Table {
  return {
    head: heads,
    rows: rows.slice(0, mostRows),
    ...(rows.length > mostRows ? { more: rows.length - mostRows } : {}),
  }
}

/** Everything that has this standing, cells first. */
function rowsOf(comparison: Comparison, standing: Standing): string[][] {
  const { cells, errors, latencies, drift } = comparison
  const has = (one: { readonly standing: Standing }) => one.standing === standing
  const told = new Set(cells.map(({ flow, actor, window }) => `${flow} ${actor} ${window}`))
  return [
    ...cells
      .filter(has)
      .map(({ flow, actor, window, a, b, note = '' }) => [
        `${flow} as ${actor}`,
        window,
        a,
        b,
        note,
      ]),
    // Where the judgement differs, that the errors do as well is no news.
    ...errors
      .filter((one) => has(one) && !told.has(`${one.flow} ${one.actor} ${one.window}`))
      .map(errorRow),
    ...latencies.differences.filter(has).map((one) => latencyRow(one, latencies.speed)),
    ...drift.differences.filter(has).map(driftRow),
  ]
}

function errorRow({ flow, actor, window, a, b, low, high, pValue }: ErrorDifference): string[] {
  const interval = `${percent(low)} to ${percent(high)} points more, p ${shortP(pValue)}`
  return [
    `${flow} as ${actor}`,
    `errors, ${window}`,
    `${a.failures} of ${a.samples}`,
    `${b.failures} of ${b.samples}`,
    interval,
  ]
}

function latencyRow(one: LatencyDifference, speed: LatencyComparison['speed']): string[] {
  const { flow, actor, group, aMs, bMs, ratio, low, high, shiftMs, pValue } = one
  const shift = `${Math.round(Math.abs(shiftMs))} ms ${shiftMs < 0 ? 'less' : 'more'}`
  const beside = speed[group] === undefined ? '' : ' beside the other cells'
  const told = `${shift}, ${factor(ratio)} (${factor(low)} to ${factor(high)})${beside}, p ${shortP(pValue)}`
  const when = group === 'changed' ? 'latency, changed' : 'latency'
  return [`${flow} as ${actor}`, when, `${ms(aMs)} ms`, `${ms(bMs)} ms`, told]
}

function driftRow({
  request,
  flows,
  actors,
  windows,
  path,
  kind,
  a,
  b,
}: FieldDifference): string[] {
  const what = kind === 'status' ? 'status' : `${path} ${kind === 'value' ? '' : kind}`.trim()
  const when = windows.length === everyWindow ? 'throughout' : windows.join(', ')
  const where = [`in ${flows.join(', ')}`, `as ${actors.join(', ')}`, when]
  return [request, what, a, b, where.join('; ')]
}

/** What slowed or sped up everything is the first that a reader has to know. */
function speedLead({ latencies: { speed } }: Comparison): string[] {
  return Object.entries(speed).flatMap(([group, value]) => {
    if (value < speedWorthSaying && value > 1 / speedWorthSaying) return []
    const when = group === 'changed' ? 'with the change in force' : 'with no change in force'
    const why =
      value > 1
        ? 'a machine that was busier, or a system that is slower everywhere'
        : 'a machine that had less to do, or a system that is faster everywhere'
    return [`As a whole the second run took ${factor(value)} as long ${when}: ${why}.`]
  })
}

/** Of many the first of each service, so that none is passed over, and how many there are of each. */
function surroundingSection({ surroundings }: Comparison): Section | undefined {
  if (surroundings.length === 0) return undefined
  const groups = [...Map.groupBy(surroundings, ({ what }) => what.split('.')[0] ?? '')]
  const each = Math.max(1, Math.floor(mostRows / groups.length))
  const shown =
    surroundings.length > mostRows
      ? groups.flatMap(([, lines]) => lines.slice(0, each))
      : surroundings
  const more = surroundings.length - shown.length
  const counts = groups.map(([name, lines]) => `${name} ${lines.length}`).join(', ')
  return {
    title: 'Versions and configuration that differ',
    ...(more > 0 ? { notes: [`${surroundings.length} lines differ: ${counts}`] } : {}),
    table: {
      head: ['what', 'before', 'after'],
      rows: shown.map(({ what, a, b }) => [what, ...differingPart(a, b)]),
      ...(more > 0 ? { more } : {}),
    },
  }
}

function comparedSection({ a, b, cells, errors, latencies, drift }: Comparison): Section {
  const [told, compared] = [cells.filter(isNewCell), cells.filter((one) => !isNewCell(one))]
  const known = new Set([...a.cells, ...told].map(cellKey))
  const isNew = b.cells.map(cellKey).filter((key) => !known.has(key))
  const noise = drift.noiseKnown
    ? `noise known from ${count(a.runs.length, 'run')}`
    : 'noise not known, since the reference is one run: other values are shown and not judged'
  const against =
    Object.keys(latencies.speed).length > 0
      ? '1.5 times the reference beside the other cells of the run, more where these spread'
      : '3 times the reference, since there are too few cells to tell the machine by'
  return {
    title: 'What was compared',
    notes: [
      `${count(errors.length, 'window')} of cells: judgements, ${compared.length} of them different; error counts by Fisher's exact test, 1 % after Holm, 5 points`,
      `${count(latencies.compared, 'latency', 'latencies')}: Mann-Whitney of ${against}, 1 % after Holm, 20 ms`,
      `the JSON answers to ${count(drift.compared, 'request')}; ${noise}`,
      ...(isNew.length > 0
        ? [
            `not compared: ${count(isNew.length, 'cell')} that only the second run has: ${list(isNew, 5)}`,
          ]
        : []),
    ],
  }
}

/** Of long values what is around the first difference, and where that begins. */
function differingPart(a: string, b: string): [string, string] {
  if (Math.max(a.length, b.length) <= longestValue) return [a, b]
  let same = 0
  while (same < a.length && a[same] === b[same]) same += 1
  const from = Math.max(0, same - beforeDifference)
  const part = (text: string) =>
    `${from > 0 ? '…' : ''}${text.slice(from, from + longestValue)}${text.length > from + longestValue ? '…' : ''}`
  return [part(a), part(b)]
}

function factor(value: number): string {
  return Number.isFinite(value) ? `${value.toFixed(2)} times` : 'any'
}

function ms(value: number): string {
  return value < 10 ? value.toFixed(1) : String(Math.round(value))
}

function percent(ratio: number): string {
  return String(Math.round(ratio * 100))
}

function shortP(value: number): string {
  return value < 0.001 ? '< 0.001' : value.toFixed(3)
}
