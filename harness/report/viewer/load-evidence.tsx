import type { SummaryLoad, SummaryLoadCell } from '../summary-types.ts'
import { Scroll } from './parts.tsx'

/** What the load beside the cells showed, against its own baseline. */
export function LoadEvidence({ load }: { load: SummaryLoad }) {
  const heads = ['cell', 'window', 'judgement', 'failed', 'median', 'p95', 'p99', 'growth', 'note']
  return (
    <details>
      <summary>
        load: {load.flows} flows, {load.failed} failed, {load.dropped} dropped
      </summary>
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

function LoadRow({ cell }: { cell: SummaryLoadCell }) {
  const ms = (value: number | null) => (value === null ? '–' : `${Math.round(value * 10) / 10} ms`)
  const times = (value: number | null) => (value === null ? '' : value.toFixed(2))
  return (
    <tr>
      <th scope="row">
        {cell.flow} as {cell.actor}
      </th>
      <td>{cell.window}</td>
      <td>{cell.judgement}</td>
      <td>
        {cell.failures} of {cell.samples} (before {cell.baselineFailures} of {cell.baselineSamples})
      </td>
      <td>
        {ms(cell.medianMs)} (before {ms(cell.baselineMedianMs)})
      </td>
      <td>{ms(cell.p95)}</td>
      <td>{ms(cell.p99)}</td>
      <td>
        {cell.growth === null
          ? '–'
          : `× ${times(cell.growth)} (${times(cell.growthLow)} to ${times(cell.growthHigh)})`}
      </td>
      <td>{cell.note ?? ''}</td>
    </tr>
  )
}
