import { useState } from 'preact/hooks'
import { DoButton, Field, type ToolProps } from './live-parts.tsx'

const mostPerSecond = 5_000
/** A second is never quite one. */
const shown = (perSecond: number) =>
  perSecond < 10 ? Math.round(perSecond * 10) / 10 : Math.round(perSecond)

/** Load over all cells, beside the traffic that goes on anyway. */
export function LoadTool({ act, state, data, canAct }: ToolProps) {
  const [rate, setRate] = useState('50')
  const running = state.loadPerSecond > 0
  const set = (ratePerSecond: number) => act('set-load', { ratePerSecond })
  const start = () => {
    const wanted = Number(rate)
    if (rate.trim() === '' || !Number.isInteger(wanted) || wanted < 1 || wanted > mostPerSecond) {
      throw new Error(`flows a second is a whole number from 1 to ${mostPerSecond}, not '${rate}'`)
    }
    return set(wanted)
  }
  const last = data.load.at(-1)
  return (
    <>
      <div class="fields">
        <Field label="flows a second">
          <input
            type="number"
            min="1"
            max={mostPerSecond}
            value={rate}
            onInput={(event) => setRate(event.currentTarget.value)}
          />
        </Field>
      </div>
      <DoButton
        run={start}
        can={canAct}
        label={running ? 'Change the rate' : 'Start the load'}
        strong
      />
      <DoButton run={() => set(0)} can={canAct && running} label="Stop the load" />
      <p class="quiet" id="load-now">
        {running && last
          ? `${state.loadPerSecond} flows a second are asked for; in the last second ${shown(last.started)} were started, ${shown(last.ended)} ended, ${shown(last.failed)} of them failed, ${shown(last.dropped)} were dropped, ${last.inFlight} are under way.`
          : running
            ? `${state.loadPerSecond} flows a second are asked for.`
            : 'No load is running.'}
      </p>
    </>
  )
}
