import type { ComparedWithBaseline } from '../../core/index.ts'
import { overall, overallWord } from '../comparison.ts'
import { isFaultOnly, isReproduced, struckCells } from '../faults.ts'
import type { PageData } from '../page-data.ts'
import { figuresOf } from '../page-figures.ts'
import type { Summary } from '../summary-types.ts'
import { formatDuration } from '../words.ts'

const mostReasons = 6
/** What is longer fills the screen of a phone. */
const longSentence = 140

/** The verdict, so that nobody can misread it: a word, what it means here, what happened, and the four figures that matter. */
export function Head({ data }: { data: PageData }) {
  const { summary } = data
  return (
    <header class={`top ${overall(summary)}`}>
      <p class="where">{summary.title}</p>
      <div class="verdict">
        <strong class="badge">{overallWord(summary)}</strong>
        <span class="meaning">
          {summary.comparison?.outcome === 'regression' && summary.verdict === 'pass'
            ? 'What was to hold holds, but the run is worse than its baseline, and fails.'
            : meaningOf(summary)}
        </span>
      </div>
      <h1 class={data.sentence.length > longSentence ? 'long' : ''}>{data.sentence}</h1>
      {summary.comparison ? <Compared against={summary.comparison} /> : null}
      {summary.reasons.length === 0 ? null : <Reasons summary={summary} />}
      <Figures summary={summary} />
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

/** What came of holding the run against its baseline. */
function Compared({ against }: { against: ComparedWithBaseline }) {
  const { outcome, title, lead, worse } = against
  return (
    <section aria-label="Against the baseline">
      <p>
        <b class={outcome === 'regression' ? 'bad-text' : ''}>{title}.</b> {lead.join(' ')}
      </p>
      {worse.length === 0 ? null : (
        <ul class="reasons">
          {worse.slice(0, mostReasons).map((line) => (
            <li key={line}>{line}</li>
          ))}
          {worse.length > mostReasons ? <li>and {worse.length - mostReasons} more</li> : null}
        </ul>
      )}
    </section>
  )
}

/** PASS of an incident is no praise of its change: said beside the word. */
function meaningOf(summary: Summary): string {
  const { verdict, expectation } = summary
  if (verdict === 'inconclusive') return 'Nothing was proven: this is no pass.'
  if (summary.loadTest) {
    if (verdict !== 'pass') return 'Under this load not all is as demanded.'
    return isDemanding(summary.loadTest)
      ? 'The system bears this load.'
      : 'This was measured only: nothing was demanded.'
  }
  if (expectation === 'reproduces') {
    if (!isReproduced(summary)) return 'The outage does not reproduce as the scenario says.'
    return verdict === 'pass'
      ? `The outage reproduces. The ${isFaultOnly(summary) ? 'fault' : 'change'} is as harmful as the scenario says.`
      : 'The outage reproduces, but not all is as the scenario says.'
  }
  return meaningOfHolding(summary)
}

function isDemanding(ends: NonNullable<Summary['loadTest']>): boolean {
  return ends.some((event) => event.kind !== 'load.summary' || event.thresholds.length > 0)
}

/** A fault is nothing that goes out, and users who suffer as declared suffer. */
function meaningOfHolding(summary: Summary): string {
  const isFault = isFaultOnly(summary)
  if (summary.verdict === 'fail')
    return isFault ? 'The system does not withstand it.' : 'The change must not go out.'
  if (struckCells(summary).length > 0)
    return 'What was declared to suffer did, and what was to hold holds.'
  return isFault
    ? 'The system withstands it: what was to hold holds.'
    : 'The change is safe: what was to hold holds.'
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

function Figures({ summary }: { summary: Summary }) {
  return (
    <dl class="figures">
      {figuresOf(summary).map(({ value, what, tone }) => (
        <div key={what} class={tone}>
          <dt>{what}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
