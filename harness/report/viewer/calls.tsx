import { useMemo, useState } from 'preact/hooks'
import { actorsName } from '../../core/index.ts'
import type { SummaryLink, SummaryTraffic } from '../summary-types.ts'
import {
  labelHeight,
  labelWidth,
  layOutCalls,
  nodeHeight,
  nodeWidth,
  type CallEdge,
} from './call-layout.ts'
import { Scroll } from './parts.tsx'

type Period = 'baseline' | 'change' | 'recovery'

const periods: Readonly<Record<Period, string>> = {
  baseline: 'before',
  change: 'during',
  recovery: 'after',
}
/** A share of failures that much higher than before is marked. */
const worseBy = 0.02

/** Who calls whom, how often, and how much of it fails; before, during and after the change. */
export function Calls({ links }: { links: readonly SummaryLink[] }) {
  const seen = (Object.keys(periods) as Period[]).filter((period) =>
    links.some((link) => link[period]),
  )
  const [period, setPeriod] = useState<Period>(seen.includes('change') ? 'change' : 'baseline')
  const layout = useMemo(() => layOutCalls(links), [links])
  return (
    <>
      <div class="controls" role="group" aria-label="Calls when">
        {seen.map((one) => (
          <button
            type="button"
            key={one}
            aria-pressed={one === period}
            onClick={() => setPeriod(one)}
          >
            {periods[one]}
          </button>
        ))}
        <span class="quiet">
          requests a second, and the share that was not answered by 2xx or 3xx
        </span>
      </div>
      <p class="on-paper quiet">The graph shows the calls {periods[period]} the change.</p>
      <Scroll label="Call graph">
        <svg
          class="calls"
          viewBox={`0 0 ${layout.width} ${layout.height}`}
          width={layout.width}
          height={layout.height}
          role="img"
          aria-label={`Who calls whom ${periods[period]}; the table below says the same`}
        >
          <defs>
            {['plain', 'bad'].map((tone) => (
              <marker
                key={tone}
                id={`arrow-${tone}`}
                viewBox="0 0 8 8"
                refX="2"
                refY="4"
                markerWidth="8"
                markerHeight="8"
                markerUnits="userSpaceOnUse"
                orient="auto"
              >
                <path class={tone} d="M0,0 L8,4 L0,8 z" />
              </marker>
            ))}
          </defs>
          {layout.edges.map((edge) => (
            <Edge key={keyOf(edge.link)} edge={edge} period={period} />
          ))}
          {layout.edges.map((edge) => (
            <Label key={keyOf(edge.link)} edge={edge} period={period} />
          ))}
          {layout.nodes.map(({ name, x, y }) => (
            <g key={name}>
              <rect
                x={x - nodeWidth / 2}
                y={y - nodeHeight / 2}
                width={nodeWidth}
                height={nodeHeight}
                rx="5"
              />
              <text x={x} y={y + 5}>
                {nameOf(name)}
              </text>
            </g>
          ))}
        </svg>
      </Scroll>
      <CallTable links={links} seen={seen} />
    </>
  )
}

function Edge({ edge: { link, path }, period }: { edge: CallEdge; period: Period }) {
  const traffic = link[period]
  const tone = isWorse(link, period) ? 'bad' : 'plain'
  const width = traffic ? 1.2 + Math.min(4, Math.log10(1 + traffic.perSecond) * 1.3) : 1
  return (
    <path
      class={`edge ${tone} ${traffic ? '' : 'idle'}`}
      d={path}
      fill="none"
      stroke-width={width}
      marker-end={traffic ? `url(#arrow-${tone})` : undefined}
    />
  )
}

/** How often, and which share went wrong. Nothing where nothing passed. */
function Label({ edge: { link, label }, period }: { edge: CallEdge; period: Period }) {
  const traffic = link[period]
  if (!traffic || !label) return null
  const [x, y] = label
  const share = Math.round(badRatio(traffic) * 100)
  const text = `${rate(traffic)}${share > 0 ? ` · ${share} %` : ''}`
  const width = Math.min(labelWidth, text.length * 6.6 + 8)
  return (
    <g class={`label ${isWorse(link, period) ? 'bad' : ''}`}>
      <rect x={x - width / 2} y={y - labelHeight / 2} width={width} height={labelHeight} rx="3" />
      <text x={x} y={y + 4}>
        {text}
      </text>
    </g>
  )
}

function CallTable({ links, seen }: { links: readonly SummaryLink[]; seen: readonly Period[] }) {
  return (
    <Scroll label="Calls as a table">
      <table class="call-table">
        <thead>
          <tr>
            <th scope="col">from</th>
            <th scope="col">to</th>
            {seen.flatMap((period) => [
              <th scope="col" key={period}>
                {periods[period]}
              </th>,
              <th scope="col" key={`${period} p95`}>
                p95
              </th>,
            ])}
          </tr>
        </thead>
        <tbody>
          {links.map((link) => (
            <tr key={keyOf(link)}>
              <th scope="row">{nameOf(link.from)}</th>
              <td>{nameOf(link.to)}</td>
              {seen.flatMap((period) => {
                const traffic = link[period]
                return [
                  <td key={period} class={isWorse(link, period) ? 'bad-text' : ''}>
                    {traffic ? `${rate(traffic)} · ${failed(traffic)}` : '–'}
                  </td>,
                  <td key={`${period} p95`}>
                    {traffic?.p95Ms === null || !traffic ? '–' : `${Math.round(traffic.p95Ms)} ms`}
                  </td>,
                ]
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

function keyOf({ from, to }: SummaryLink): string {
  return `${from}>${to}`
}

function nameOf(name: string): string {
  return name === actorsName ? 'users' : name
}

function rate({ perSecond }: SummaryTraffic): string {
  return `${perSecond < 10 ? Math.round(perSecond * 10) / 10 : Math.round(perSecond)}/s`
}

/** Refusals (4xx) and failures (5xx, no answer, given up) apart: a 404 may be right, a 500 never is. */
function failed(traffic: SummaryTraffic): string {
  const share = (count: number) => Math.round((count / Math.max(1, traffic.requests)) * 100)
  const refused = share(traffic.answers['4xx'] ?? 0)
  const failures = share((traffic.answers['5xx'] ?? 0) + traffic.errors + traffic.abandoned)
  const parts = [
    ...(refused > 0 ? [`${refused} % 4xx`] : []),
    ...(failures > 0 ? [`${failures} % failed`] : []),
  ]
  return parts.length === 0 ? 'all well' : parts.join(', ')
}

function badRatio(traffic: SummaryTraffic | null): number {
  if (!traffic || traffic.requests === 0) return 0
  const { answers, errors, abandoned, requests } = traffic
  return ((answers['4xx'] ?? 0) + (answers['5xx'] ?? 0) + errors + abandoned) / requests
}

function isWorse(link: SummaryLink, period: Period): boolean {
  return period !== 'baseline' && badRatio(link[period]) > badRatio(link.baseline) + worseBy
}
