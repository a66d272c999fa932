import type { Exchange } from '../../core/index.ts'
import type { LogLine } from '../page-data.ts'
import { formatDuration } from '../words.ts'
import { curlOf, hidesInBody, variablesOf } from './curl.ts'
import { CopyBlock } from './parts.tsx'

/** A request of an actor and its answer, and the request as curl. `isOver`: the system that it went to is gone. */
export function ExchangeView(props: {
  exchange: Exchange
  /** What tells it from others on the page, for a screen reader. */
  name: string
  actor: string
  isOver: boolean
}) {
  const { exchange, name, actor, isOver } = props
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
          name={name}
          first={`${exchange.method} ${exchange.url}`}
          headers={exchange.requestHeaders}
          body={exchange.requestBody}
        />
        <Message
          title="Response"
          name={name}
          first={status === undefined ? (exchange.error ?? 'no answer') : `HTTP ${status}`}
          headers={exchange.responseHeaders ?? {}}
          body={exchange.responseBody}
        />
      </div>
      <CopyBlock text={curlOf(exchange)} label="Copy as curl" />
      <Secrets exchange={exchange} actor={actor} />
      {isOver ? (
        <p class="quiet">
          The address is gone with this run. The command at the end of this page starts the system
          anew, and prints its addresses.
        </p>
      ) : null}
    </>
  )
}

/** Where what is in no journal comes from. */
function Secrets({ exchange, actor }: { exchange: Exchange; actor: string }) {
  const variables = variablesOf(exchange)
  if (variables.length === 0 && !hidesInBody(exchange)) return null
  const what = [
    ...variables.map(([header, variable]) => `${variable} is the header ${header}`),
    ...(hidesInBody(exchange) ? ['[redacted] is a secret in the body'] : []),
  ]
  return (
    <p class="quiet">
      Secrets are in no report: {what.join(', ')}, as the scenario gives it to the actor ‘{actor}’,
      or as signing in does.
      {variables.length > 0 ? (
        <>
          {' '}
          In place of such headers <code>-K "$A/{actor}.curl"</code> sends them, with the A that{' '}
          <code>aftershock reproduce</code> prints.
        </>
      ) : null}
    </p>
  )
}

function Message(props: {
  title: string
  name: string
  first: string
  headers: Readonly<Record<string, string>>
  body: string | undefined
}) {
  const headers = Object.entries(props.headers)
  return (
    <div>
      <h4>{props.title}</h4>
      <pre tabIndex={0} role="region" aria-label={`${props.title}, ${props.name}`}>
        <b>{props.first}</b>
        {headers.map(([name, value]) => (
          <span key={name}>
            {'\n'}
            <span class="quiet">{name}:</span> {value}
          </span>
        ))}
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

/** Lines of services' logs, grouped by who wrote them in the order in which they came. */
export function LogLines(props: { lines: readonly LogLine[]; name: string; none: string }) {
  const { lines, name, none } = props
  if (lines.length === 0) return <p class="quiet">{none}</p>
  return (
    <pre tabIndex={0} role="region" aria-label={`Log lines, ${name}`} class="log">
      {lines.map(({ replica, line }, index) => (
        <span key={index}>
          <b>{replica}</b> {line}
          {'\n'}
        </span>
      ))}
    </pre>
  )
}
