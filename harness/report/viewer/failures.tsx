import type { PageData, PageFailure } from '../page-data.ts'
import { formatDuration } from '../words.ts'
import { ExchangeView, LogLines } from './exchange.tsx'
import type { Chosen } from './matrix.tsx'

/** The cells that failed as a list, and the first failing exchange of the chosen one. */
export function Failures(props: {
  data: PageData
  chosen: Chosen | undefined
  choose: (cell: Chosen) => void
}) {
  const { data, chosen, choose } = props
  const altered = data.summary.cells.filter((cell) => cell.sample)
  const groups = [
    ...Map.groupBy(
      altered,
      (cell) => `${cell.change?.judgement ?? 'undecided'} ${cell.sample?.symptom}`,
    ),
  ]
  const own = data.failures.filter(
    ({ flow, actor }) => flow === chosen?.flow && actor === chosen.actor,
  )
  return (
    <div class="failures">
      <nav aria-label="Cells that failed">
        {groups.map(([key, cells]) => (
          <div key={key}>
            <h3>
              <code>{cells[0]?.sample?.symptom}</code> {cells.length}{' '}
              {cells.length === 1 ? 'cell' : 'cells'}
              {cells[0]?.change?.judgement === 'effect' ? ', as declared' : ''}
            </h3>
            <ul>
              {cells.map((cell) => (
                <li key={`${cell.flow} ${cell.actor}`}>
                  <button
                    type="button"
                    aria-pressed={chosen?.flow === cell.flow && chosen.actor === cell.actor}
                    onClick={() => choose(cell)}
                  >
                    {cell.flowTitle} <span class="quiet">{cell.actorTitle}</span>
                  </button>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </nav>
      <div id="exchange" tabIndex={-1} role="region" aria-label="First failing exchange">
        {own.length === 0 ? (
          <p class="quiet">Choose a cell to see its first failing exchange.</p>
        ) : null}
        {own.map((failure) => (
          <Failure key={`${failure.window} ${failure.symptom}`} failure={failure} data={data} />
        ))}
      </div>
    </div>
  )
}

function Failure({ failure, data }: { failure: PageFailure; data: PageData }) {
  const { exchange } = failure
  const cell = data.summary.cells.find(
    ({ flow, actor }) => flow === failure.flow && actor === failure.actor,
  )
  return (
    <article>
      <h3>
        {cell?.flowTitle} as {cell?.actorTitle}: <code>{failure.symptom}</code>
      </h3>
      <p>
        {failure.message}{' '}
        <span class="quiet">
          (in {failure.window}, {formatDuration(failure.atMs)} into the run)
        </span>
      </p>
      {exchange ? <ExchangeView exchange={exchange} /> : <p class="quiet">No exchange was kept.</p>}
      {exchange?.traceId === undefined ? null : (
        <div class="logs">
          <h4>Log lines with this trace id</h4>
          <LogLines
            lines={data.logs[exchange.traceId] ?? []}
            none={`No service logged ${exchange.traceId}.`}
          />
        </div>
      )}
    </article>
  )
}
