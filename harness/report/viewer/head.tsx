import { harmedUnderLoad } from '../faults.ts'
import type { PageData } from '../page-data.ts'
import type { Summary } from '../summary-types.ts'
import { formatDuration } from '../words.ts'

const words = { pass: 'PASS', fail: 'FAIL', inconclusive: 'INCONCLUSIVE' }
const mostReasons = 6

/** The verdict, so that nobody can misread it: a word, what it means here, what happened, and the four figures that matter. */
export function Head({ data }: { data: PageData }) {
  const { summary } = data
  return (
    <header class={`top ${summary.verdict}`}>
      <p class="where">{summary.title}</p>
      <div class="verdict">
        <strong class="badge">{words[summary.verdict]}</strong>
        <span class="meaning">{meaningOf(summary)}</span>
      </div>
      <h1>{data.sentence}</h1>
      {summary.reasons.length === 0 ? null : <Reasons summary={summary} />}
      <Figures data={data} />
      <p class="quiet">
        {summary.runtime} · seed {summary.seed} ·{' '}
        {new Date(summary.startedAt).toISOString().replace('T', ' ').slice(0, 19)} UTC ·{' '}
        {formatDuration(summary.timings.totalMs)} in all
        {summary.git
          ? ` · git ${summary.git.head.slice(0, 10)}${summary.git.dirty ? ' (dirty)' : ''}`
          : ''}
      </p>
      {data.description === '' ? null : <p>{data.description}</p>}
    </header>
  )
}

/** PASS of an incident is no praise of its change: said beside the word. */
function meaningOf({ verdict, expectation }: Summary): string {
  if (verdict === 'inconclusive') return 'Nothing was proven: this is no pass.'
  if (expectation === 'reproduces') {
    return verdict === 'pass'
      ? 'The outage reproduces. The change is as harmful as the scenario says.'
      : 'The outage does not reproduce as the scenario says.'
  }
  return verdict === 'pass'
    ? 'The change is safe: what was to hold holds.'
    : 'The change must not go out.'
}

function Reasons({ summary }: { summary: Summary }) {
  const { reasons } = summary
  return (
    <ul class="reasons">
      {reasons.slice(0, mostReasons).map(({ message, flow, actor }, index) => (
        <li key={index}>
          {flow === undefined ? '' : `${flow} as ${actor}: `}
          {message}
        </li>
      ))}
      {reasons.length > mostReasons ? <li>and {reasons.length - mostReasons} more</li> : null}
    </ul>
  )
}

interface Figure {
  readonly value: string
  readonly what: string
  readonly tone: 'good' | 'bad' | 'plain'
}

function Figures({ data }: { data: PageData }) {
  return (
    <dl class="figures">
      {figuresOf(data).map(({ value, what, tone }) => (
        <div key={what} class={tone}>
          <dt>{what}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function figuresOf({ summary }: PageData): Figure[] {
  const { cells, load, statusPage, outside, timings } = summary
  const broken = cells.filter(({ change }) => change?.judgement === 'broken')
  const back = broken.filter(({ recovery }) => recovery?.judgement === 'holds').length
  const figures: Figure[] = [
    {
      value: `${broken.length} of ${cells.length}`,
      what: 'cells broken by the change',
      tone: broken.length > 0 ? 'bad' : 'good',
    },
  ]
  if (broken.length > 0) {
    const inTime = timings.recoveryMs === null ? '' : ` in ${formatDuration(timings.recoveryMs)}`
    figures.push({
      value: `${back} of ${broken.length}${inTime}`,
      what: 'came back when it was undone',
      tone: back === broken.length ? 'good' : 'bad',
    })
  }
  if (load) {
    const harmed = harmedUnderLoad(summary).length
    const all = new Set(load.cells.map(({ flow, actor }) => `${flow} ${actor}`)).size
    figures.push({
      value: `${harmed} of ${all}`,
      what: 'cells under load failed or became slower',
      tone: harmed > 0 ? 'bad' : 'good',
    })
  }
  if (statusPage && statusPage.brokenMs > 0) {
    figures.push({
      value: `${formatDuration(statusPage.falseGreenMs)} of ${formatDuration(statusPage.brokenMs)}`,
      what: 'status page said ‘operational’ meanwhile',
      tone: statusPage.falseGreenMs > 0 ? 'bad' : 'good',
    })
  }
  figures.push({
    value: String(outside.refused.length),
    what: `of ${outside.requests} requests to the outside refused`,
    tone: outside.refused.length > 0 ? 'bad' : 'plain',
  })
  return figures
}
