import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import type { PageData } from '../page-data.ts'
import type { LoadSpan } from '../page-load.ts'
import { formatDuration } from '../words.ts'

/** Seconds from the start of the run; undefined: all of it. */
export type Range = readonly [from: number, to: number] | undefined

/** Width of the axis on the left and of what is left free on the right, in px: lanes below a chart have the same. */
const axisWidth = 64
const rightMargin = 8
const height = 150

export interface Line {
  readonly label: string
  /** Name of a custom property of the style sheet. */
  readonly colour: 'calm' | 'bad' | 'note' | 'warn' | 'quiet'
  readonly values: readonly (number | null)[]
  readonly fill?: true
  /** Each value holds until the next one. */
  readonly isStepped?: true
  readonly dash?: number[]
}

interface PlotProps {
  readonly data: PageData
  /** In seconds, one for each value. */
  readonly at: readonly number[]
  readonly lines: readonly Line[]
  readonly log: boolean
  readonly range: readonly [number, number]
  readonly setZoom: (range: Range) => void
}

export function loadLines(load: readonly LoadSpan[]): Line[] {
  return [
    { label: 'asked for', colour: 'quiet', values: load.map(({ wanted }) => wanted), dash: [4, 3] },
    { label: 'started', colour: 'calm', values: load.map(({ started }) => started) },
    { label: 'failed', colour: 'bad', values: load.map(({ failed }) => failed), fill: true },
    { label: 'dropped', colour: 'warn', values: load.map(({ dropped }) => dropped) },
  ]
}

/** Lines over time, windows as bands behind them. Drag over it to zoom. */
export function Plot(props: PlotProps) {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const element = place.current
    if (!element) return undefined
    const values = [props.at, ...props.lines.map((line) => line.values)] as uPlot.AlignedData
    const draw = () => new uPlot(optionsFor(props, element.clientWidth), values, element)
    let plot = draw()
    const again = () => {
      plot.destroy()
      plot = draw()
    }
    const dark = matchMedia('(prefers-color-scheme: dark)')
    dark.addEventListener('change', again)
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }))
    observer.observe(element)
    return () => {
      observer.disconnect()
      dark.removeEventListener('change', again)
      plot.destroy()
    }
  }, [props.log, props.range[0], props.range[1], props.data, props.lines[0]?.values.join()])
  return <div ref={place} class="plot" role="img" aria-label={describe(props)} />
}

function describe({ lines, data }: PlotProps): string {
  const highest = lines.map(
    ({ label, values }) =>
      `${label} at most ${Math.round(Math.max(0, ...values.map((value) => value ?? 0)) * 10) / 10}`,
  )
  return `Over ${formatDuration(data.endMs)}: ${highest.join(', ')}`
}

function optionsFor(props: PlotProps, width: number): uPlot.Options {
  const { log, range, setZoom, data, lines } = props
  const axis = {
    stroke: colourOf('quiet'),
    grid: { stroke: colourOf('line'), width: 1 },
    ticks: { show: false },
    font: '11px system-ui',
  }
  return {
    width,
    height,
    padding: [8, rightMargin, 0, 0],
    cursor: { drag: { x: true, y: false }, sync: { key: 'time' } },
    scales: {
      x: { time: false, range: () => [...range] as [number, number] },
      // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- uPlot declares this enum and does not export it; 3 is its logarithmic scale
      y: log ? { distr: 3 } : { range: (_, __, max) => [0, Math.max(1, max * 1.1)] },
    },
    axes: [
      { ...axis, values: (_, ticks) => ticks.map((tick) => `${tick} s`), size: 24 },
      { ...axis, size: axisWidth },
    ],
    series: [
      { label: 'time', value: (_, value) => (value === null ? '–' : `${value.toFixed(2)} s`) },
      ...lines.map(seriesOf),
    ],
    hooks: {
      drawClear: [(plot) => drawSpans(plot, data)],
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

function seriesOf({ label, colour, fill, isStepped, dash }: Line): uPlot.Series {
  return {
    label,
    stroke: colourOf(colour),
    width: 1.5,
    points: { show: false },
    spanGaps: true,
    ...(isStepped && uPlot.paths.stepped ? { paths: uPlot.paths.stepped({ align: 1 }) } : {}),
    value: (_, value) => (value === null ? '–' : String(Math.round(value * 10) / 10)),
    ...(fill ? { fill: colourOf(`${colour}-fill`) } : {}),
    ...(dash ? { dash } : {}),
  }
}

function colourOf(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
}

/** Windows as bands behind the lines, what was done as vertical lines. */
function drawSpans(plot: uPlot, data: PageData): void {
  const { ctx, bbox } = plot
  const x = (ms: number) =>
    Math.min(bbox.left + bbox.width, Math.max(bbox.left, plot.valToPos(ms / 1000, 'x', true)))
  ctx.save()
  for (const { kind, fromMs, toMs } of data.spans) {
    ctx.fillStyle = colourOf(kind === 'change' ? 'band-bad' : 'band')
    ctx.fillRect(x(fromMs), bbox.top, Math.max(1, x(toMs) - x(fromMs)), bbox.height)
  }
  for (const { kind, fromMs, atMs } of data.marks) {
    const colour = kind === 'undone' ? 'calm' : kind === 'hand' ? 'quiet' : 'bad'
    if (fromMs !== undefined) {
      ctx.fillStyle = colourOf(`${colour}-fill`)
      ctx.fillRect(x(fromMs), bbox.top, x(atMs) - x(fromMs), bbox.height)
    }
    if (x(atMs) <= bbox.left || x(atMs) >= bbox.left + bbox.width) continue
    ctx.fillStyle = colourOf(colour)
    ctx.fillRect(x(atMs) - 0.75, bbox.top, 1.5 * devicePixelRatio, bbox.height)
  }
  ctx.restore()
}
