import { isLeftApplied } from '../faults.ts'
import { all, count, list } from '../words.ts'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { LiveState } from '../live-contract.ts'
import type { NowFold } from '../now.ts'
import type { PageData } from '../page-data.ts'
import { inOrder } from '../text.ts'
import { LiveFeed, type Act, type LiveView } from './live-feed.tsx'
import { DoButton } from './live-parts.tsx'
import { Tools } from './live-tools.tsx'
import { Page } from './page.tsx'
import { Scroll } from './parts.tsx'
import { TraceSource } from './trace-lines.tsx'

const words: Readonly<Record<LiveState['change'], string>> = {
  starting: 'Starting: the system comes up, is checked, and gets the change.',
  applied: 'The change is applied.',
  partly: 'A part of the replicas has the change.',
  'not-applied': 'The change is not applied.',
  ended: 'Everything is being stopped.',
}

/** The same view as the report's, of a run that goes on, with what can be done by hand. */
export function LivePage() {
  const [view, setView] = useState<LiveView>()
  const feed = useRef<LiveFeed | undefined>(undefined)
  useEffect(() => {
    const opened = new LiveFeed(setView)
    feed.current = opened
    return () => opened.close()
  }, [])
  if (!view?.data || !feed.current) {
    return (
      <header class="top">
        <h1>{view?.connection === 'ended' ? 'This session is over.' : 'Waiting for the run…'}</h1>
      </header>
    )
  }
  const canAsk = view.connection === 'open' && view.state.system !== null
  return (
    <TraceSource.Provider value={canAsk ? { act: feed.current.act } : {}}>
      <Page data={view.data} live={<LiveHead view={view} data={view.data} feed={feed.current} />} />
    </TraceSource.Provider>
  )
}

function LiveHead({ view, data, feed }: { view: LiveView; data: PageData; feed: LiveFeed }) {
  const { now, state, connection } = view
  const { act } = feed
  const canAct = connection === 'open' && state.system !== null && state.busy === undefined
  return (
    <>
      <header class="top live">
        <p class="where">
          <strong class="badge">{connection === 'ended' ? 'OVER' : 'LIVE'}</strong>{' '}
          {data.summary.title}
        </p>
        <h1>{sentenceOf(view, data.summary.cells.length)}</h1>
        <Controls
          state={state}
          connection={connection}
          act={act}
          canAct={canAct}
          left={leftOf(data)}
        />
        {connection === 'parked' ? (
          <p>
            <button type="button" class="strong" onClick={feed.follow}>
              Follow here
            </button>
          </p>
        ) : null}
      </header>
      <section aria-labelledby="now-title">
        <h2 id="now-title">{connection === 'ended' ? 'When it ended' : 'Right now'}</h2>
        <NowTable data={data} now={now} />
      </section>
      {state.system ? (
        <Tools act={act} state={state} system={state.system} data={data} canAct={canAct} />
      ) : null}
    </>
  )
}

function leftOf({ summary, byHand }: PageData): string[] {
  return [
    ...summary.changes.filter(isLeftApplied).map(({ title }) => title),
    ...byHand.filter(({ undoneMs }) => undoneMs === undefined).map(({ text }) => text),
  ]
}

/** Says 'right now' only of what is known right now. */
function sentenceOf({ now, connection }: LiveView, cells: number): string {
  const { failing, size } = now
  if (connection === 'ended') return 'This session is over.'
  if (connection !== 'open')
    return `When last heard of, ${failing} of ${count(size, 'cell')} failed.`
  if (size < cells)
    return `${size} of ${count(cells, 'cell')} ${size === 1 ? 'was' : 'were'} tried so far, ${failing} failed.`
  return failing === 0
    ? `${capital(all(size, 'cell'))} ${size === 1 ? 'works' : 'work'} right now.`
    : `${failing} of ${count(size, 'cell')} ${failing === 1 ? 'fails' : 'fail'} right now.`
}

function Controls(props: {
  state: LiveState
  connection: LiveView['connection']
  act: Act
  canAct: boolean
  /** Titles of what nothing says to be undone. */
  left: readonly string[]
}) {
  const { state, connection, act, canAct, left } = props
  const isPut = state.change === 'applied' || state.change === 'partly'
  const said = {
    open: state.busy === undefined ? words[state.change] : `${capital(state.busy)}…`,
    connecting: 'The connection is lost; trying again…',
    parked:
      'This page stands still, since more of them are open than a browser can follow at once.',
    ended:
      left.length === 0
        ? 'The session is over: everything was undone and stopped.'
        : `The session is over: everything was stopped, and nothing says that this was undone before: ${list(left)}.`,
  }[connection]
  return (
    <>
      <div class="controls" role="group" aria-label="The change">
        <DoButton
          run={() => act('undo', {})}
          can={canAct && isPut}
          label="Undo the change"
          strong={isPut}
        />
        <DoButton
          run={() => act('apply', {})}
          can={canAct && (state.change === 'not-applied' || state.change === 'partly')}
          label="Apply the change"
          strong={state.change === 'not-applied'}
        />
        {state.rollOuts.map(({ step, title, next }) => (
          <DoButton
            key={step}
            run={() => act('roll-out', { step })}
            can={canAct}
            label={`${state.rollOuts.length > 1 ? `${title}: roll out to` : 'Roll out to'} ${next} only`}
          />
        ))}
      </div>
      <p role="status" id="state">
        {said}
      </p>
      {state.problem === undefined ? null : (
        <p role="alert" id="problem" class="bad-text">
          Failed: {state.problem}
        </p>
      )}
      {state.inForce.length === 0 && state.loadPerSecond === 0 ? null : (
        <ul class="in-force" aria-label="In force">
          {state.inForce.map(({ step, title, on, byHand }) => (
            <li key={step}>
              <span>
                <b>{title}</b>{' '}
                <span class="quiet">
                  {[
                    // Of a link and a site the title says it.
                    ...(on.every((one) => title.includes(one)) ? [] : [`on ${on.join(', ')}`]),
                    ...(byHand ? ['by hand'] : []),
                  ].join(', ')}
                </span>
              </span>
              <DoButton
                run={() => act('undo-step', { step })}
                can={canAct}
                label="Turn off"
                name={`Turn off ${title}`}
              />
            </li>
          ))}
          {state.loadPerSecond === 0 ? null : (
            <li>
              <b>load of {state.loadPerSecond} flows a second</b>
              <DoButton
                run={() => act('set-load', { ratePerSecond: 0 })}
                can={canAct}
                label="End the load"
              />
            </li>
          )}
        </ul>
      )}
    </>
  )
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** Each cell by its latest sample; below stands what was judged. */
function NowTable({ data, now }: { data: PageData; now: NowFold }) {
  const { cells } = data.summary
  const flows = [...new Map(cells.map((cell) => [cell.flow, cell.flowTitle]))]
  const actors = [...new Map(cells.map((cell) => [cell.actor, cell.actorTitle]))]
  const isCell = new Set(cells.map(({ flow, actor }) => `${flow} ${actor}`))
  return (
    <Scroll label="Every cell right now">
      <table id="now" class="matrix">
        <caption class="unseen">Each flow and actor by its latest run</caption>
        <thead>
          <tr>
            <th scope="col">flow</th>
            {actors.map(([id, title]) => (
              <th scope="col" key={id}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {flows.map(([flow, title]) => (
            <tr key={flow}>
              <th scope="row">{title}</th>
              {actors.map(([actor]) => (
                <NowCell
                  key={actor}
                  isCell={isCell.has(`${flow} ${actor}`)}
                  sample={now.latest({ flow, actor })}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

function NowCell(props: { isCell: boolean; sample: ReturnType<NowFold['latest']> }) {
  const { isCell, sample } = props
  if (!isCell) return <td class="no-cell" />
  if (!sample) return <td class="quiet">not yet</td>
  return sample.ok ? (
    <td class="now ok">● works</td>
  ) : (
    <td class="now bad" title={inOrder(sample.message ?? '')}>
      ✗ {inOrder(sample.symptom ?? 'fails')}
    </td>
  )
}
