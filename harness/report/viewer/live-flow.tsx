import { useState } from 'preact/hooks'
import type { PerformedFlow } from '../../core/index.ts'
import { formatDuration } from '../words.ts'
import { ExchangeView } from './exchange.tsx'
import { Choice, DoButton, type ToolProps } from './live-parts.tsx'

/** One run of a flow with all of its exchanges. */
export function FlowTool({ act, data, state }: ToolProps) {
  const { cells } = data.summary
  const [chosen, setChosen] = useState('')
  const [performed, setPerformed] = useState<PerformedFlow>()
  const keyOf = ({ flow, actor }: { flow: string; actor: string }) => `${flow} ${actor}`
  const cell = cells.find((one) => keyOf(one) === chosen) ?? cells[0]
  if (!cell) return <p class="quiet">There are no flows.</p>
  const perform = async () => {
    setPerformed(undefined)
    setPerformed(await act('run-flow', { flow: cell.flow, actor: cell.actor }))
  }
  return (
    <>
      <div class="fields">
        <Choice
          label="flow, and who performs it"
          value={keyOf(cell)}
          options={cells.map((one) => [keyOf(one), `${one.flowTitle} — ${one.actorTitle}`])}
          choose={setChosen}
        />
      </div>
      <DoButton run={perform} can={state.system !== null} label="Run it once" strong />
      {performed ? <Performed performed={performed} /> : null}
    </>
  )
}

function Performed({ performed }: { performed: PerformedFlow }) {
  const { ok, symptom, message, durationMs, exchanges, actor } = performed
  return (
    <div id="performed">
      <h3 class="unseen">What came of it</h3>
      <p class={ok ? 'good-text' : 'bad-text'}>
        <b>{ok ? '● It worked' : `✗ ${symptom ?? 'It failed'}`}</b> after{' '}
        {formatDuration(durationMs)}, {exchanges.length}{' '}
        {exchanges.length === 1 ? 'exchange' : 'exchanges'}
        {message === undefined ? '' : `: ${message}`}
      </p>
      {exchanges.map((exchange, index) => (
        <details key={index} open={index === exchanges.length - 1}>
          <summary>
            {index + 1}. {exchange.method} {exchange.url}{' '}
            <b>{exchange.status ?? exchange.error ?? 'no answer'}</b>
          </summary>
          <ExchangeView
            exchange={exchange}
            name={`exchange ${index + 1}`}
            actor={actor}
            isOver={false}
          />
        </details>
      ))}
    </div>
  )
}
