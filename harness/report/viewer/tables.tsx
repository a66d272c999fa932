import { cellKey, type CellId } from '../../core/index.ts'
import { notTakenWords, wasTaken } from '../faults.ts'
import type { HandStep } from '../page-by-hand.ts'
import type { PageData } from '../page-data.ts'
import type { SummaryChange } from '../summary-types.ts'
import { count, formatDuration, list } from '../words.ts'
import { DiffLine } from './diff-line.tsx'
import { LoadEvidence } from './load-evidence.tsx'
import { Scroll, marks } from './parts.tsx'

const mostNamed = 6

/** What each step altered, before and after. */
export function Changes({ data }: { data: PageData }) {
  return (
    <>
      {data.summary.changes.map((change) => (
        <article key={change.name}>
          <h3>{change.title}</h3>
          <p class="quiet">
            {change.kind}
            {whereOf(change)}
            {change.undone ? ', undone' : ''}
          </p>
          {change.refused === undefined ? null : <p>{change.refused}</p>}
          <Difference of={change.title} lines={change.explain} />
        </article>
      ))}
      {data.byHand.map((step) => (
        <ByHand key={step.name} step={step} data={data} />
      ))}
    </>
  )
}

/** What a person did beside that, judged by nobody. */
function ByHand({ step, data }: { step: HandStep; data: PageData }) {
  const { name, text, on, fromMs, undoneMs, explain } = step
  const titleOf = (cell: CellId) => {
    const known = data.summary.cells.find((one) => cellKey(one) === cellKey(cell))
    return `${known?.flowTitle ?? cell.flow} as ${known?.actorTitle ?? cell.actor}`
  }
  const named = (cells: HandStep['failed']) =>
    list(
      cells.map((cell) => `${titleOf(cell)} (${cell.failures} of ${count(cell.samples, 'time')})`),
      mostNamed,
    )
  return (
    <article>
      <h3>
        {name}: {text}
      </h3>
      <p class="quiet">
        by hand on {on.join(', ')}, {formatDuration(fromMs)} into the run
        {undoneMs === undefined ? '' : `, undone after ${formatDuration(undoneMs - fromMs)}`}
      </p>
      <Difference of={name} lines={explain} />
      {step.failed.length === 0 ? null : (
        <p>
          <span class="bad-text">✗</span> While it was the last thing done this failed, and not so
          without it: {named(step.failed)}.
        </p>
      )}
      {step.failedAlready.length === 0 ? null : (
        <p class="quiet">
          This failed meanwhile, and as often without it: {named(step.failedAlready)}.
        </p>
      )}
    </article>
  )
}

function Difference({ of, lines }: { of: string; lines: readonly string[] }) {
  return (
    <div class="diff" tabIndex={0} role="region" aria-label={`Difference made by ${of}`}>
      {lines.map((line, index) => (
        <DiffLine key={index} line={line} />
      ))}
    </div>
  )
}

/** An undo and a wait are on nothing. */
function whereOf(change: SummaryChange): string {
  if (change.replicas.length > 0) return ` on ${change.replicas.join(', ')}`
  if (change.refused !== undefined) return ', not applied'
  return wasTaken(change) ? '' : `, ${notTakenWords(change)}`
}

export function OutsideTable({ data }: { data: PageData }) {
  if (data.outside.length === 0) return <p class="quiet">Nothing was asked of the outside.</p>
  return (
    <Scroll label="Requests by host and asker">
      <table>
        <thead>
          <tr>
            <th scope="col">host</th>
            <th scope="col">asked by</th>
            <th scope="col">requests</th>
            <th scope="col">refused</th>
            <th scope="col">answers</th>
            <th scope="col">failure modes</th>
          </tr>
        </thead>
        <tbody>
          {data.outside.map((row) => (
            <tr key={`${row.host} ${row.from}`} class={row.refused > 0 ? 'alarming' : ''}>
              <th scope="row">{row.host}</th>
              <td>{row.from}</td>
              <td>{row.requests}</td>
              <td>{row.refused}</td>
              <td>
                {Object.entries(row.statuses)
                  .map(([status, times]) => `${status} × ${times}`)
                  .join(', ')}
              </td>
              <td>{row.variants.join(', ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

/** Counts, the test, and what it could have seen, for each cell and window. */
export function EvidenceTable({ data }: { data: PageData }) {
  return (
    <>
      <p class="quiet">
        A cell is called broken when its e-value against ‘fails at most at the tolerated ratio’
        passes the number of cells divided by {data.falseAlarm}, the chance that any healthy cell of
        a run is called so. Smallest detectable: the failure ratio that this many samples would have
        shown.
      </p>
      {data.spans.map((span) => (
        <details key={span.id}>
          <summary>
            {span.id} {span.change === '' ? '' : `(${span.change})`}
          </summary>
          <Scroll label={`Evidence in ${span.id}`}>
            <table>
              <thead>
                <tr>
                  {[
                    'cell',
                    'judgement',
                    'failed',
                    'symptoms',
                    'e-value',
                    'smallest detectable',
                    'judged after',
                    'note',
                  ].map((head) => (
                    <th scope="col" key={head}>
                      {head}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {data.evidence
                  .filter(({ window }) => window === span.id)
                  .map((one) => (
                    <tr key={`${one.flow} ${one.actor}`}>
                      <th scope="row">
                        {one.flow} as {one.actor}
                      </th>
                      <td>
                        <i class={`mark ${one.judgement}`} aria-hidden="true">
                          {marks[one.judgement].sign}
                        </i>{' '}
                        {marks[one.judgement].text}
                      </td>
                      <td>
                        {one.failures} of {one.samples}
                      </td>
                      <td>
                        {Object.entries(one.symptoms)
                          .map(([symptom, times]) => `${symptom} × ${times}`)
                          .join(', ')}
                      </td>
                      <td>{Number(one.eValue.toPrecision(2)).toLocaleString('en')}</td>
                      <td>{Math.round(one.smallestDetectable * 100)} %</td>
                      <td>{formatDuration(one.judgedMs)}</td>
                      <td>{one.note ?? ''}</td>
                    </tr>
                  ))}
              </tbody>
            </table>
          </Scroll>
        </details>
      ))}
      {data.summary.load ? <LoadEvidence load={data.summary.load} /> : null}
    </>
  )
}
