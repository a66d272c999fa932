import { count } from '../words.ts'
import type { ComponentChildren } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import { failureGroups } from '../failure-groups.ts'
import type { PageData } from '../page-data.ts'
import { Calls } from './calls.tsx'
import { Failures } from './failures.tsx'
import { Head } from './head.tsx'
import { Matrix, type Chosen } from './matrix.tsx'
import { CopyBlock, Scroll, Section } from './parts.tsx'
import { Changes, EvidenceTable, OutsideTable } from './tables.tsx'
import { TimelineView } from './timeline.tsx'

/** `live` stands in place of the verdict while the run goes on. */
export function Page({ data, live }: { data: PageData; live?: ComponentChildren }) {
  const { summary } = data
  const links = summary.links ?? []
  const first = failureGroups(data)[0]?.cells[0]
  const [chosen, setChosen] = useState<Chosen | undefined>(first)
  const choose = (cell: Chosen) => {
    setChosen({ flow: cell.flow, actor: cell.actor })
    requestAnimationFrame(() => {
      const exchange = document.getElementById('exchange')
      exchange?.focus({ preventScroll: true })
      exchange?.scrollIntoView({ block: 'start' })
    })
  }
  // Whoever chooses a cell waits for that only.
  const changes = useMemo(() => <Changes data={data} />, [data])
  const rest = useMemo(() => <Rest data={data} />, [data])
  return (
    <>
      {live ?? <Head data={data} />}
      <main>
        <nav class="jumps" aria-label="Sections">
          {(summary.loadTest ? ofLoadTest : sections(first !== undefined, links.length > 0)).map(
            ([id, title]) => (
              <a key={id} href={`#${id}`}>
                {title}
              </a>
            ),
          )}
        </nav>
        {summary.loadTest ? (
          <Section id="load" title="What it came to">
            <Scroll label="Thresholds and figures">
              <pre class="table">{data.loadTest}</pre>
            </Scroll>
          </Section>
        ) : (
          <>
            <Section
              id="matrix"
              title="Who is affected"
              aside={`${count(summary.cells.length, 'cell')}: a flow as an actor`}
            >
              <Matrix data={data} chosen={chosen} choose={choose} />
            </Section>
            <Section id="changes" title="What was changed">
              {changes}
            </Section>
          </>
        )}
        {first ? (
          <Section id="failures" title="What failed">
            <Failures data={data} chosen={chosen} choose={choose} isOver={live === undefined} />
          </Section>
        ) : null}
        {rest}
      </main>
      <Foot data={data} />
    </>
  )
}

/** All that is the same whichever cell is chosen. */
function Rest({ data }: { data: PageData }) {
  const { summary } = data
  const links = summary.links ?? []
  return (
    <>
      <Section id="timeline" title="Over time">
        <TimelineView data={data} />
      </Section>
      {links.length > 0 ? (
        <Section id="calls" title="Who calls whom">
          <Calls links={links} />
        </Section>
      ) : null}
      <Section
        id="outside"
        title="Traffic to the outside"
        aside={`${count(summary.outside.requests, 'request')}, all mocked`}
      >
        <OutsideTable data={data} />
      </Section>
      {summary.loadTest ? null : (
        <Section id="evidence" title="Evidence behind each judgement">
          <EvidenceTable data={data} />
        </Section>
      )}
      <Section id="reproduce" title="See it for yourself">
        <CopyBlock text={data.reproduce} label="Copy the command" />
      </Section>
    </>
  )
}

const ofLoadTest: readonly [id: string, title: string][] = [
  ['load', 'What it came to'],
  ['timeline', 'Over time'],
  ['outside', 'Outside'],
  ['reproduce', 'Reproduce'],
]

function sections(hasFailures: boolean, hasLinks: boolean): [id: string, title: string][] {
  return [
    ['matrix', 'Who is affected'],
    ['changes', 'What was changed'],
    ...(hasFailures ? [['failures', 'What failed'] as [string, string]] : []),
    ['timeline', 'Over time'],
    ...(hasLinks ? [['calls', 'Who calls whom'] as [string, string]] : []),
    ['outside', 'Outside'],
    ['evidence', 'Evidence'],
    ['reproduce', 'Reproduce'],
  ]
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
