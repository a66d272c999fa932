import { useEffect, useRef, useState } from 'preact/hooks'
import type { PageData } from '../page-data.ts'
import type { LiveState, NowFold } from '../now.ts'
import { LiveFeed, type LiveView } from './live-feed.tsx'
import { Page } from './page.tsx'
import { Scroll } from './parts.tsx'

const words: Readonly<Record<LiveState['change'], string>> = {
  starting: 'Starting: the system comes up, is checked, and gets the change.',
  applied: 'The change is applied.',
  applying: 'Applying the change…',
  'not-applied': 'The change is not applied.',
  undoing: 'Undoing the change, and watching whether everything comes back…',
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
  if (!view?.data) {
    return (
      <header class="top">
        <h1>{view?.connection === 'ended' ? 'This session is over.' : 'Waiting for the run…'}</h1>
      </header>
    )
  }
  return (
    <Page data={view.data} live={<LiveHead view={view} data={view.data} feed={feed.current} />} />
  )
}

function LiveHead(props: { view: LiveView; data: PageData; feed: LiveFeed | undefined }) {
  const { view, data, feed } = props
  const { now, state, connection } = view
  return (
    <header class="top live">
      <p class="where">
        <strong class="badge">{connection === 'ended' ? 'OVER' : 'LIVE'}</strong>{' '}
        {data.summary.title}
      </p>
      <h1>{sentenceOf(view, data.summary.cells.length)}</h1>
      <Controls state={state} connection={connection} feed={feed} />
      <NowTable data={data} now={now} />
    </header>
  )
}

/** Says 'right now' only of what is known right now. */
function sentenceOf({ now, connection }: LiveView, cells: number): string {
  const { failing, size } = now
  if (connection === 'ended') return 'This session is over.'
  if (connection === 'connecting') return `When last heard of, ${failing} of ${size} cells failed.`
  if (size < cells) return `${size} of ${cells} cells were tried so far, ${failing} failed.`
  return failing === 0
    ? `All ${size} cells work right now.`
    : `${failing} of ${size} cells fail right now.`
}

function Controls(props: {
  state: LiveState
  connection: LiveView['connection']
  feed: LiveFeed | undefined
}) {
  const { state, connection, feed } = props
  const [refused, setRefused] = useState<string>()
  const act = (action: 'apply' | 'undo') => {
    void feed?.act(action).then(setRefused)
  }
  const problem = refused ?? state.problem
  const said = {
    open: words[state.change],
    connecting: 'The connection is lost; trying again…',
    ended: 'The session is over: everything was undone and stopped.',
  }[connection]
  const isOpen = connection === 'open'
  // Not `disabled`: a button that was pressed keeps the focus while it cannot be pressed again.
  const button = (action: 'apply' | 'undo', can: boolean, label: string) => (
    <button type="button" aria-disabled={!can} onClick={() => (can ? act(action) : undefined)}>
      {label}
    </button>
  )
  return (
    <div class="controls" role="group" aria-label="The change">
      {button('undo', isOpen && state.change === 'applied', 'Undo the change')}
      {button('apply', isOpen && state.change === 'not-applied', 'Apply the change')}
      <span role="status" id="state">
        {said}
        {problem === undefined ? '' : ` That failed: ${problem}`}
      </span>
    </div>
  )
}

/** Each cell by its latest sample; below stands what was judged. */
function NowTable({ data, now }: { data: PageData; now: NowFold }) {
  const { cells } = data.summary
  const flows = [...new Map(cells.map((cell) => [cell.flow, cell.flowTitle]))]
  const actors = [...new Map(cells.map((cell) => [cell.actor, cell.actorTitle]))]
  const isCell = new Set(cells.map(({ flow, actor }) => `${flow} ${actor}`))
  return (
    <Scroll label="Every cell right now">
      <table id="now">
        <caption class="unseen">Each flow and actor by its latest run</caption>
        <thead>
          <tr>
            <th scope="col">right now</th>
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
  if (!isCell) return <td />
  if (!sample) return <td class="quiet">not yet</td>
  return sample.ok ? (
    <td class="now ok">● works</td>
  ) : (
    <td class="now bad">✗ {sample.symptom ?? 'fails'}</td>
  )
}
