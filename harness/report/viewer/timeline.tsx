import { useEffect, useRef, useState } from 'preact/hooks'
import uPlot from 'uplot'
import type { PageData } from '../page-data.ts'
import type { TimelineSeries } from '../page-timeline.ts'
import { formatDuration } from '../words.ts'
import { Scroll } from './parts.tsx'

/** Rate, errors and percentiles over time, for all flows or one, with what happened marked. Drag to zoom, double click to see all. */
export function TimelineView({ data }: { data: PageData }) {
  const [flow, setFlow] = useState('')
  const [log, setLog] = useState(true)
  const [zoom, setZoom] = useState<Zoom>(undefined)
  const { timeline } = data
  const series = timeline.series.find((one) => one.flow === flow)
  const titles = new Map(data.summary.cells.map((cell) => [cell.flow, cell.flowTitle]))
  if (!series) return <p class="quiet">No flow ran.</p>
  return (
    <>
      <div class="controls">
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
        <label>
          <input
            type="checkbox"
            checked={log}
            onChange={(event) => setLog(event.currentTarget.checked)}
          />{' '}
          log scale
        </label>
        <button type="button" disabled={!zoom} onClick={() => setZoom(undefined)}>
          Show all
        </button>
        <span class="quiet">drag to zoom</span>
      </div>
      <h3>Flow runs a second</h3>
      <Plot data={data} series={series} kind="rate" log={false} zoom={zoom} setZoom={setZoom} />
      <h3>Latency, ms</h3>
      <Plot data={data} series={series} kind="latency" log={log} zoom={zoom} setZoom={setZoom} />
      <StatusStrip data={data} />
      <Events data={data} />
      <details>
        <summary>The same as a table</summary>
        <SeriesTable data={data} series={series} />
      </details>
    </>
  )
}

type Zoom = readonly [number, number] | undefined

interface PlotProps {
  readonly data: PageData
  readonly series: TimelineSeries
  readonly kind: 'rate' | 'latency'
  readonly log: boolean
  readonly zoom: Zoom
  readonly setZoom: (zoom: Zoom) => void
}

function Plot(props: PlotProps) {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const element = place.current
    if (!element) return undefined
    const draw = () => new uPlot(optionsFor(props, element.clientWidth), valuesFor(props), element)
    let plot = draw()
    const again = () => {
      plot.destroy()
      plot = draw()
    }
    const dark = matchMedia('(prefers-color-scheme: dark)')
    dark.addEventListener('change', again)
    const observer = new ResizeObserver(() =>
      plot.setSize({ width: element.clientWidth, height: 150 }),
    )
    observer.observe(element)
    return () => {
      observer.disconnect()
      dark.removeEventListener('change', again)
      plot.destroy()
    }
  }, [props.series, props.kind, props.log, props.zoom, props.data])
  return <div ref={place} class="plot" role="img" aria-label={describe(props)} />
}

function describe({ series, kind, data }: PlotProps): string {
  const total = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0)
  const p99 = Math.max(0, ...series.p99.map((value) => value ?? 0))
  return kind === 'rate'
    ? `Flow runs and errors over ${formatDuration(data.endMs)}: ${total(series.requests)} runs, ${total(series.errors)} failed`
    : `Percentiles of the duration of flows over time; the highest p99 is ${formatDuration(p99)}`
}

function valuesFor({ data, series, kind }: PlotProps): uPlot.AlignedData {
  const { bucketMs, buckets } = data.timeline
  const at = Array.from({ length: buckets }, (_, index) => ((index + 0.5) * bucketMs) / 1000)
  const perSecond = (list: readonly number[]) => list.map((value) => (value * 1000) / bucketMs)
  if (kind === 'rate') return [at, perSecond(series.requests), perSecond(series.errors)]
  return [at, [...series.p50], [...series.p95], [...series.p99]]
}

function optionsFor(props: PlotProps, width: number): uPlot.Options {
  const { kind, log, zoom, setZoom, data } = props
  const colour = coloursOf()
  const line = (label: string, stroke: string, fill?: string): uPlot.Series => ({
    label,
    stroke,
    width: 1.5,
    points: { size: 4 },
    value: (_, value) => (value === null ? '–' : String(Math.round(value * 10) / 10)),
    ...(fill === undefined ? {} : { fill }),
  })
  const axis = {
    stroke: colour.quiet,
    grid: { stroke: colour.line, width: 1 },
    ticks: { show: false },
    font: '11px system-ui',
  }
  return {
    width,
    height: 150,
    cursor: { drag: { x: true, y: false }, sync: { key: 'time' } },
    scales: {
      x: { time: false, range: () => [...(zoom ?? [0, data.endMs / 1000])] as [number, number] },
      // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- uPlot declares this enum and does not export it; 3 is its logarithmic scale
      y: log ? { distr: 3 } : { range: (_, __, max) => [0, Math.max(1, max * 1.1)] },
    },
    axes: [
      { ...axis, values: (_, ticks) => ticks.map((tick) => `${tick} s`), size: 28 },
      { ...axis, size: 46 },
    ],
    series: [
      { label: 'time', value: (_, value) => (value === null ? '–' : `${value.toFixed(2)} s`) },
      ...(kind === 'rate'
        ? [
            line('runs/s', colour.calm, colour.calmFill),
            line('errors/s', colour.bad, colour.badFill),
          ]
        : [line('p50', colour.calm), line('p95', colour.warn), line('p99', colour.bad)]),
    ],
    hooks: {
      drawClear: [(plot) => drawSpans(plot, data, colour)],
      setSelect: [
        (plot) => {
          if (plot.select.width < 4) return
          const from = plot.posToVal(plot.select.left, 'x')
          setZoom([from, plot.posToVal(plot.select.left + plot.select.width, 'x')])
        },
      ],
    },
  }
}

type Colours = ReturnType<typeof coloursOf>

function coloursOf() {
  const style = getComputedStyle(document.documentElement)
  const named = (name: string) => style.getPropertyValue(`--${name}`).trim()
  return {
    quiet: named('quiet'),
    line: named('line'),
    calm: named('calm'),
    calmFill: named('calm-fill'),
    bad: named('bad'),
    badFill: named('bad-fill'),
    warn: named('warn'),
    band: named('band'),
    bandBad: named('band-bad'),
  }
}

/** Windows as bands behind the lines, what was done as vertical lines. */
function drawSpans(plot: uPlot, data: PageData, colour: Colours): void {
  const { ctx, bbox } = plot
  const x = (ms: number) =>
    Math.min(bbox.left + bbox.width, Math.max(bbox.left, plot.valToPos(ms / 1000, 'x', true)))
  ctx.save()
  for (const { kind, fromMs, toMs } of data.spans) {
    ctx.fillStyle = kind === 'change' ? colour.bandBad : colour.band
    ctx.fillRect(x(fromMs), bbox.top, Math.max(1, x(toMs) - x(fromMs)), bbox.height)
  }
  for (const { kind, atMs } of data.marks) {
    ctx.fillStyle = kind === 'undone' ? colour.calm : colour.bad
    ctx.fillRect(x(atMs) - 0.75, bbox.top, 1.5 * devicePixelRatio, bbox.height)
  }
  ctx.restore()
}

function StatusStrip({ data }: { data: PageData }) {
  if (data.status.length === 0) return null
  const share = (ms: number) => `${(ms / Math.max(1, data.endMs)) * 100}%`
  return (
    <>
      <h3>Status page</h3>
      <div class="strip" aria-hidden="true">
        {data.status.map(({ fromMs, toMs, overall }, index) => (
          <span
            key={index}
            class={`state ${overall}`}
            title={overall}
            style={{ left: share(fromMs), width: share(Math.max(toMs - fromMs, data.endMs / 400)) }}
          />
        ))}
      </div>
      <p class="legend">
        {data.status.slice(0, 12).map(({ fromMs, toMs, overall }, index) => (
          <span key={index}>
            <i class={`swatch ${overall}`} aria-hidden="true" /> {overall} from{' '}
            {formatDuration(fromMs)} to {formatDuration(toMs)}
          </span>
        ))}
      </p>
    </>
  )
}

function Events({ data }: { data: PageData }) {
  const all = [
    ...data.spans.map(({ id, fromMs, toMs, kind }) => ({
      atMs: fromMs,
      text: `window ${id}: judged until ${formatDuration(toMs)}`,
      kind: `window ${kind}`,
    })),
    ...data.marks,
  ].toSorted((a, b) => a.atMs - b.atMs)
  return (
    <ol class="events">
      {all.slice(0, 40).map(({ atMs, text, kind }, index) => (
        <li key={index}>
          <i class={`tick ${kind}`} aria-hidden="true" />
          <time>{formatDuration(atMs)}</time> {text}
        </li>
      ))}
    </ol>
  )
}

function SeriesTable({ data, series }: { data: PageData; series: TimelineSeries }) {
  const { bucketMs } = data.timeline
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
          {series.requests.map((requests, index) => (
            <tr key={index}>
              <th scope="row">{((index * bucketMs) / 1000).toFixed(2)} s</th>
              <td>{requests}</td>
              <td>{series.errors[index]}</td>
              <td>{shown(series.p50[index])}</td>
              <td>{shown(series.p95[index])}</td>
              <td>{shown(series.p99[index])}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}
