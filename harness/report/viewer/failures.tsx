import { useContext } from 'preact/hooks'
import { failureGroups, type FailureGroup } from '../failure-groups.ts'
import type { PageData, PageFailure } from '../page-data.ts'
import { count, formatDuration } from '../words.ts'
import { ExchangeView } from './exchange.tsx'
import type { Chosen } from './matrix.tsx'
import { TraceLines, TraceSource } from './trace-lines.tsx'

const mostOnPaper = 12

/** The cells that failed as a list, and the first failing exchange of the chosen one. */
export function Failures(props: {
  data: PageData
  chosen: Chosen | undefined
  choose: (cell: Chosen) => void
  /** Whether the system is gone. */
  isOver: boolean
}) {
  const { data, chosen, choose, isOver } = props
  const groups = failureGroups(data)
  const own = chosen ? failuresOf(data, chosen) : []
  const newestMs = Math.max(...own.map(({ atMs }) => atMs))
  return (
    <>
      <div class="failures">
        <nav aria-label="Cells that failed">
          {groups.map((group, index) => (
            <div key={index}>
              <GroupTitle group={group} />
              <ul>
                {group.cells.map((cell) => (
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
            <p class="quiet">
              {chosen
                ? 'No failing exchange of this cell was kept.'
                : 'Choose a cell to see its first failing exchange.'}
            </p>
          ) : null}
          {own.map((failure) => (
            <Failure
              key={`${failure.window} ${failure.symptom}`}
              failure={failure}
              data={data}
              isOver={isOver}
              isNewest={failure.atMs === newestMs}
            />
          ))}
        </div>
      </div>
      <TraceSource.Provider value={useContext(TraceSource) && {}}>
        <OnPaper data={data} groups={groups} isOver={isOver} />
      </TraceSource.Provider>
    </>
  )
}

function failuresOf({ failures }: PageData, cell: Chosen): PageFailure[] {
  return failures.filter(({ flow, actor }) => flow === cell.flow && actor === cell.actor)
}

const hows = {
  undeclared: '',
  declared: ', as declared',
  'under-load': ', under load',
  'by-hand': ', under what was done by hand',
} as const

function GroupTitle({ group: { symptom, how, cells } }: { group: FailureGroup }) {
  return (
    <h3>
      <code>{symptom}</code> {count(cells.length, 'cell')}
      {hows[how]}
    </h3>
  )
}

/** Nobody chooses a cell on paper: of each group its cells, and the exchange of one of them. */
function OnPaper(props: { data: PageData; groups: readonly FailureGroup[]; isOver: boolean }) {
  const { data, groups, isOver } = props
  return (
    <div class="on-paper">
      {groups.slice(0, mostOnPaper).map((group, index) => {
        const example = group.cells.flatMap((cell) => failuresOf(data, cell))[0]
        return (
          <div key={index}>
            <GroupTitle group={group} />
            <p>
              {group.cells
                .map(({ flowTitle, actorTitle }) => `${flowTitle} (${actorTitle})`)
                .join(', ')}
            </p>
            {example ? <Failure failure={example} data={data} isOver={isOver} /> : null}
          </div>
        )
      })}
      {groups.length > mostOnPaper ? <p>and {groups.length - mostOnPaper} more groups</p> : null}
    </div>
  )
}

function Failure(props: {
  failure: PageFailure
  data: PageData
  isOver: boolean
  isNewest?: boolean
}) {
  const { failure, data, isOver, isNewest = false } = props
  const { exchange } = failure
  const name = `${failure.symptom} in ${failure.window}`
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
          {failure.window === 'load'
            ? '(under load)'
            : `(in ${failure.window}, ${formatDuration(failure.atMs)} into the run)`}
        </span>
      </p>
      {exchange ? (
        <ExchangeView exchange={exchange} name={name} actor={failure.actor} isOver={isOver} />
      ) : (
        <p class="quiet">No exchange was kept.</p>
      )}
      {exchange?.traceId === undefined ? null : (
        <div class="logs">
          <h4>Log lines with this trace id</h4>
          <TraceLines
            traceId={exchange.traceId}
            name={name}
            known={data.logs}
            isNewest={isNewest}
          />
        </div>
      )}
    </article>
  )
}
