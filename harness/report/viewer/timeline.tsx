import { useState } from 'preact/hooks'
import type { PageData, PageMark, PageSpan } from '../page-data.ts'
import type { TimelineSeries } from '../page-timeline.ts'
import { formatDuration } from '../words.ts'
import { loadLines, Plot, type Line, type Range } from './plot.tsx'
import { Scroll } from './parts.tsx'

const mostEvents = 60

/** Rate, errors and percentiles over time, for all flows or one, with what happened marked. */
export function TimelineView({ data }: { data: PageData }) {
  const [flow, setFlow] = useState('')
  const [log, setLog] = useState(true)
  const [zoom, setZoom] = useState<Range>()
  const { timeline } = data
  const series = timeline.series.find((one) => one.flow === flow)
  const titles = new Map(data.summary.cells.map((cell) => [cell.flow, cell.flowTitle]))
  const isSampled = series !== undefined && timeline.edgesMs.length > 0
  if (!isSampled && data.load.length === 0) return <p class="quiet">No flow ran.</p>
  const range = zoom ?? wholeOf(data)
  const plot = { data, range, setZoom }
  return (
    <>
      <div class="controls">
        {isSampled ? (
          <label>
            flow{' '}
            <select value={flow} onChange={(event) => setFlow(event.currentTarget.value)}>
              {timeline.series.map((one) => (
                <option key={one.flow} value={one.flow}>
                  {one.flow === '' ? 'all flows' : (titles.get(one.flow) ?? one.flow)}
                </option>
              ))}
            </select>
          </label>
        ) : null}
        <label>
          <input
            type="checkbox"
            checked={log}
            onChange={(event) => setLog(event.currentTarget.checked)}
          />{' '}
          log scale
        </label>
        <Zooms data={data} zoom={zoom} setZoom={setZoom} />
        <span class="quiet">or drag over a chart</span>
      </div>
      {isSampled ? (
        <>
          <h3>Flow runs a second, and how many failed</h3>
          <Plot {...plot} lines={rateLines(series, data)} at={edges(data)} log={false} />
          <p class="quiet">
            A run counts when it began, one that failed when the request that failed was sent, where
            that was kept. Before the line of an event stands how long it took.
          </p>
          <h3>Latency of flows, in ms</h3>
          <Plot {...plot} lines={latencyLines(series)} at={middles(data)} log={log} />
        </>
      ) : null}
      {data.load.length > 0 ? (
        <>
          <h3>Load, flows a second</h3>
          <Plot {...plot} lines={loadLines(data.load)} at={loadTimes(data)} log={false} />
          <h3>Latency under load, of the slowest flow, in ms</h3>
          <Plot {...plot} lines={latencyLines(loadSeries(data))} at={loadTimes(data)} log={log} />
        </>
      ) : null}
      <Lanes data={data} range={range} />
      <Events marks={data.marks} />
      {isSampled ? (
        <details>
          <summary>The same as a table</summary>
          <SeriesTable data={data} series={series} />
        </details>
      ) : null}
    </>
  )
}

/** From a little before the first window: what comes before is the start of the system, in which nobody does anything. */
function wholeOf({ spans, load, endMs }: PageData): [number, number] {
  const first = spans[0]?.fromMs ?? Math.max(0, (load[0]?.atMs ?? 0) - 1_000)
  return [Math.max(0, first - (endMs - first) * 0.02) / 1000, Math.max(0.001, endMs / 1000)]
}

function Zooms(props: { data: PageData; zoom: Range; setZoom: (range: Range) => void }) {
  const { data, zoom, setZoom } = props
  const around = ({ fromMs, toMs }: PageSpan): [number, number] => {
    const margin = Math.max(300, (toMs - fromMs) * 0.15)
    return [Math.max(0, fromMs - margin) / 1000, (toMs + margin) / 1000]
  }
  const isAt = (range: readonly number[]) => zoom?.[0] === range[0] && zoom?.[1] === range[1]
  return (
    <span class="zooms" role="group" aria-label="Zoom">
      <button type="button" aria-pressed={!zoom} onClick={() => setZoom(undefined)}>
        all
      </button>
      {data.spans.slice(0, 8).map((span) => (
        <button
          type="button"
          key={span.id}
          aria-pressed={isAt(around(span))}
          onClick={() => setZoom(around(span))}
        >
          {span.id}
        </button>
      ))}
    </span>
  )
}

function edges({ timeline }: PageData): number[] {
  return timeline.edgesMs.map((ms) => ms / 1000)
}

function middles({ timeline: { edgesMs } }: PageData): number[] {
  return edgesMs.slice(1).map((ms, i) => ((edgesMs[i] ?? 0) + ms) / 2000)
}

/** A value for each bin, which a line keeps from one edge to the next. */
function steps(lines: readonly Line[]): Line[] {
  return lines.map((line) => ({
    ...line,
    values: [...line.values, line.values.at(-1) ?? null],
    isStepped: true,
  }))
}

function rateLines({ requests, errors }: TimelineSeries, { timeline }: PageData): Line[] {
  const { edgesMs } = timeline
  const perSecond = (list: readonly number[]) =>
    list.map((value, i) => (value * 1000) / ((edgesMs[i + 1] ?? 0) - (edgesMs[i] ?? 0)))
  return steps([
    { label: 'runs/s', colour: 'calm', fill: true, values: perSecond(requests) },
    { label: 'failed/s', colour: 'bad', fill: true, values: perSecond(errors) },
  ])
}

function latencyLines(of: Pick<TimelineSeries, 'p50' | 'p95' | 'p99'>): Line[] {
  return [
    { label: 'p50', colour: 'calm', values: of.p50 },
    { label: 'p95', colour: 'note', values: of.p95, dash: [7, 3] },
    { label: 'p99', colour: 'warn', values: of.p99, dash: [2, 3] },
  ]
}

function loadTimes({ load }: PageData): number[] {
  return load.map(({ atMs }) => atMs / 1000)
}

function loadSeries({ load }: PageData): Pick<TimelineSeries, 'p50' | 'p95' | 'p99'> {
  return {
    p50: load.map(({ p50 }) => p50),
    p95: load.map(({ p95 }) => p95),
    p99: load.map(({ p99 }) => p99),
  }
}

/** What lies below the charts on the same scale: windows that were judged, the status page, what happened. */
function Lanes({ data, range: [from, to] }: { data: PageData; range: readonly [number, number] }) {
  const share = (ms: number) => Math.min(100, Math.max(0, ((ms / 1000 - from) / (to - from)) * 100))
  const span = (fromMs: number, toMs: number) => ({
    left: `${share(fromMs)}%`,
    width: `${share(toMs) - share(fromMs)}%`,
  })
  const isSeen = (fromMs: number, toMs: number) => toMs / 1000 >= from && fromMs / 1000 <= to
  return (
    <div class="lanes" aria-hidden="true">
      <span>windows</span>
      <div>
        {data.spans.map(({ id, kind, fromMs, toMs }) => (
          <i key={id} class={`span ${kind}`} style={span(fromMs, toMs)} title={id}>
            {id}
          </i>
        ))}
      </div>
      {data.status.length > 0 ? (
        <>
          <span>status</span>
          <div>
            {data.status.map(({ fromMs, toMs, overall }, index) => (
              <i
                key={index}
                class={`state ${overall}`}
                style={span(fromMs, Math.max(toMs, data.status[index + 1]?.fromMs ?? toMs))}
                title={overall}
              >
                {overall}
              </i>
            ))}
          </div>
        </>
      ) : null}
      {data.marks.length > 0 ? (
        <>
          <span>events</span>
          <div>
            {data.marks.slice(0, mostEvents).map(({ atMs, kind }, index) =>
              isSeen(atMs, atMs) ? (
                <i key={index} class={`event ${kind}`} style={{ left: `${share(atMs)}%` }}>
                  {index + 1}
                </i>
              ) : null,
            )}
          </div>
        </>
      ) : null}
    </div>
  )
}

function Events({ marks }: { marks: readonly PageMark[] }) {
  return (
    <ol class="events">
      {marks.slice(0, mostEvents).map(({ atMs, text, kind }, index) => (
        <li key={index}>
          <i class={`event ${kind}`} aria-hidden="true">
            {index + 1}
          </i>
          <time>{formatDuration(atMs)}</time> <span>{text}</span>
        </li>
      ))}
      {marks.length > mostEvents ? <li>and {marks.length - mostEvents} more</li> : null}
    </ol>
  )
}

function SeriesTable({ data, series }: { data: PageData; series: TimelineSeries }) {
  const shown = (value: number | null | undefined) => value ?? '–'
  return (
    <Scroll label="Timeline as a table">
      <table>
        <thead>
          <tr>
            {['from', 'runs', 'errors', 'p50 ms', 'p95 ms', 'p99 ms'].map((head) => (
              <th scope="col" key={head}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {series.requests.map((requests, index) =>
            requests === 0 ? null : (
              <tr key={index}>
                <th scope="row">{((data.timeline.edgesMs[index] ?? 0) / 1000).toFixed(2)} s</th>
                <td>{requests}</td>
                <td>{series.errors[index]}</td>
                <td>{shown(series.p50[index])}</td>
                <td>{shown(series.p95[index])}</td>
                <td>{shown(series.p99[index])}</td>
              </tr>
            ),
          )}
        </tbody>
      </table>
    </Scroll>
  )
}
