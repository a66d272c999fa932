import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { PageData } from '../page-data.ts'
import { formatDuration } from '../words.ts'
import { Failures } from './failures.tsx'
import { Matrix, type Chosen } from './matrix.tsx'
import { CopyBlock, Section } from './parts.tsx'
import { Changes, EvidenceTable, OutsideTable } from './tables.tsx'
import { TimelineView } from './timeline.tsx'

const verdictWords = { pass: 'PASS', fail: 'FAIL', inconclusive: 'INCONCLUSIVE' }

/** `live` stands in place of the verdict while the run goes on. */
export function Page({ data, live }: { data: PageData; live?: ComponentChildren }) {
  const { summary } = data
  const first = summary.cells.find((cell) => cell.sample)
  const [chosen, setChosen] = useState<Chosen | undefined>(first)
  const choose = (cell: Chosen) => {
    setChosen({ flow: cell.flow, actor: cell.actor })
    requestAnimationFrame(() => {
      const exchange = document.getElementById('exchange')
      exchange?.focus({ preventScroll: true })
      exchange?.scrollIntoView({ block: 'start' })
    })
  }
  return (
    <>
      {live ?? <Head data={data} />}
      <main>
        <Section
          id="matrix"
          title="Who is affected"
          aside={`${summary.cells.length} cells: a flow as an actor`}
        >
          <Matrix data={data} chosen={chosen} choose={choose} />
        </Section>
        <Section id="timeline" title="Over time">
          <TimelineView data={data} />
        </Section>
        <Section id="changes" title="What was changed">
          <Changes data={data} />
        </Section>
        {first ? (
          <Section id="failures" title="What failed, first">
            <Failures data={data} chosen={chosen} choose={choose} />
          </Section>
        ) : null}
        <Section
          id="outside"
          title="Traffic to the outside"
          aside={`${summary.outside.requests} requests, all mocked`}
        >
          <OutsideTable data={data} />
        </Section>
        <Section id="evidence" title="Evidence behind each judgement">
          <EvidenceTable data={data} />
        </Section>
        <Section id="reproduce" title="See it for yourself">
          <CopyBlock text={data.reproduce} label="Copy the command" />
        </Section>
      </main>
      <Foot data={data} />
    </>
  )
}

function Head({ data }: { data: PageData }) {
  const { summary } = data
  return (
    <header class={`top ${summary.verdict}`}>
      <p class="where">
        <strong class="badge">{verdictWords[summary.verdict]}</strong> {summary.title}
      </p>
      <h1>{data.sentence}</h1>
      {summary.reasons.length === 0 ? null : (
        <ul class="reasons">
          {summary.reasons.slice(0, 8).map(({ message, flow, actor }, index) => (
            <li key={index}>
              {flow === undefined ? '' : `${flow} as ${actor}: `}
              {message}
            </li>
          ))}
          {summary.reasons.length > 8 ? <li>and {summary.reasons.length - 8} more</li> : null}
        </ul>
      )}
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

function Foot({ data }: { data: PageData }) {
  const versions = Object.entries(data.summary.versions).map(
    ([name, version]) => `${name} ${version}`,
  )
  return (
    <footer class="quiet">
      {data.summary.runId} · {versions.join(' · ')} · all figures come from journal.ndjson of this
      run
    </footer>
  )
}
