import type { SummaryLoad, SummaryLoadCell } from '../summary-types.ts'
import { Scroll } from './parts.tsx'

/** What the load beside the cells showed, against its own baseline. */
export function LoadEvidence({ load }: { load: SummaryLoad }) {
  const heads = [
    'cell',
    'window',
    'judgement',
    'failed',
    'median',
    'p95',
    'p99',
    'change of the median',
    'would have been seen',
    'note',
  ]
  return (
    <details>
      <summary class={load.cells.some(isHarm) ? 'bad-text' : ''}>
        load: {load.flows} flows, {load.failed} failed, {load.dropped} dropped
      </summary>
      <p class="quiet">
        Against the baseline of each cell: failures by a sequential test, medians of half seconds by
        a rank test; all cells and windows share one budget of false alarms. In brackets: 95 %
        confidence.
      </p>
      {load.generatorProblems.map((problem) => (
        <p key={problem} class="bad-text">
          {problem}
        </p>
      ))}
      {load.thresholds.map(({ text, outcome, value }) => (
        <p key={text} class={outcome === 'crossed' ? 'bad-text' : ''}>
          <code>{text}</code> {outcome}
          {value === null ? '' : ` (${value})`}
        </p>
      ))}
      <Scroll label="Evidence of the load">
        <table>
          <thead>
            <tr>
              {heads.map((head) => (
                <th scope="col" key={head}>
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {load.cells.map((cell) => (
              <LoadRow key={`${cell.flow} ${cell.actor} ${cell.window}`} cell={cell} />
            ))}
          </tbody>
        </table>
      </Scroll>
    </details>
  )
}

function isHarm({ judgement }: SummaryLoadCell): boolean {
  return judgement === 'broken' || judgement === 'slower'
}

function share(value: number | null): string {
  if (value === null) return '–'
  const rounded = Math.round(value * 100)
  return `${rounded < 0 ? '−' : '+'}${Math.abs(rounded)} %`
}

function LoadRow({ cell }: { cell: SummaryLoadCell }) {
  const ms = (value: number | null) => (value === null ? '–' : `${Math.round(value * 10) / 10} ms`)
  return (
    <tr>
      <th scope="row">
        {cell.flow} as {cell.actor}
      </th>
      <td>{cell.window}</td>
      <td class={isHarm(cell) ? 'bad-text' : ''}>{cell.judgement}</td>
      <td>
        {cell.failures} of {cell.samples} (before {cell.baselineFailures} of {cell.baselineSamples})
      </td>
      <td>
        {ms(cell.medianMs)} (before {ms(cell.baselineMedianMs)})
        {cell.tailMs !== null &&
          `, the slowest tenth ${ms(cell.tailMs)} (before ${ms(cell.baselineTailMs)})`}
      </td>
      <td>{ms(cell.p95)}</td>
      <td>{ms(cell.p99)}</td>
      <td>
        {cell.growth === null
          ? '–'
          : `${share(cell.growth)} (${share(cell.growthLow)} to ${share(cell.growthHigh)})`}
      </td>
      <td>
        {[
          ...(cell.judgement === 'broken'
            ? []
            : [`failures from ${Math.ceil(cell.smallestRatio * 100)} %`]),
          ...(cell.judgement === 'slower' || cell.smallestGrowth === null
            ? []
            : [`medians from ${share(cell.smallestGrowth)}`]),
        ].join(', ')}
      </td>
      <td>{cell.note ?? ''}</td>
    </tr>
  )
}
