import type { Exchange } from '../../core/index.ts'
import type { LogLine, PageData, PageFailure } from '../page-data.ts'
import { formatDuration } from '../words.ts'
import { curlOf } from './curl.ts'
import type { Chosen } from './matrix.tsx'
import { CopyBlock } from './parts.tsx'

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
        <Logs trace={exchange.traceId} lines={data.logs[exchange.traceId] ?? []} />
      )}
    </article>
  )
}

function ExchangeView({ exchange }: { exchange: Exchange }) {
  const { status, servedBy, durationMs, traceId } = exchange
  return (
    <>
      <dl class="facts">
        <div>
          <dt>answer</dt>
          <dd>{status ?? `none: ${exchange.error ?? 'unknown'}`}</dd>
        </div>
        <div>
          <dt>after</dt>
          <dd>{formatDuration(durationMs)}</dd>
        </div>
        <div>
          <dt>served by</dt>
          <dd>{servedBy ?? 'unknown'}</dd>
        </div>
        <div>
          <dt>trace id</dt>
          <dd>
            <code>{traceId ?? 'none'}</code>
          </dd>
        </div>
      </dl>
      <div class="two">
        <Message
          title="Request"
          first={`${exchange.method} ${exchange.url}`}
          headers={exchange.requestHeaders}
          body={exchange.requestBody}
        />
        <Message
          title="Response"
          first={status === undefined ? (exchange.error ?? 'no answer') : `HTTP ${status}`}
          headers={exchange.responseHeaders ?? {}}
          body={exchange.responseBody}
        />
      </div>
      <CopyBlock text={curlOf(exchange)} label="Copy as curl" />
    </>
  )
}

function Message(props: {
  title: string
  first: string
  headers: Readonly<Record<string, string>>
  body: string | undefined
}) {
  const lines = Object.entries(props.headers).map(([name, value]) => `${name}: ${value}`)
  return (
    <div>
      <h4>{props.title}</h4>
      <pre tabIndex={0} aria-label={props.title}>
        <b>{props.first}</b>
        {`\n${lines.join('\n')}`}
        {props.body === undefined || props.body === '' ? '' : `\n\n${pretty(props.body)}`}
      </pre>
    </div>
  )
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    // No JSON, or an excerpt of it: shown as it came.
    return body
  }
}

function Logs({ trace, lines }: { trace: string; lines: readonly LogLine[] }) {
  return (
    <div class="logs">
      <h4>Log lines with this trace id</h4>
      {lines.length === 0 ? (
        <p class="quiet">No service logged {trace}.</p>
      ) : (
        <pre tabIndex={0} aria-label="Log lines with this trace id">
          {lines.map(({ replica, line }, index) => (
            <span key={index}>
              <b>{replica}</b> {line}
              {'\n'}
            </span>
          ))}
        </pre>
      )}
    </div>
  )
}
