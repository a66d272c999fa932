import { useState } from 'preact/hooks'
import { LogLines } from './exchange.tsx'
import { Field, type ToolProps } from './live-parts.tsx'
import { useTrace } from './trace-lines.tsx'

/** What services log with a trace id, as they write it. */
export function TraceTool({ act, data, state }: ToolProps) {
  const [traceId, setTraceId] = useState('')
  const isWhole = /^[0-9a-f]{32}$/.test(traceId)
  const { lines = [], problem } = useTrace(
    isWhole && state.system !== null ? act : undefined,
    traceId,
    Infinity,
  )
  const known = [
    ...new Set(data.failures.flatMap(({ exchange }) => exchange?.traceId ?? [])),
  ].slice(0, 30)
  return (
    <>
      <div class="fields">
        <Field label="trace id">
          <input
            type="text"
            size={34}
            list="traces"
            placeholder="32 hexadecimal digits"
            value={traceId}
            onInput={(event) => setTraceId(event.currentTarget.value.trim().toLowerCase())}
          />
        </Field>
        <datalist id="traces">
          {known.map((id) => (
            <option key={id} value={id} />
          ))}
        </datalist>
      </div>
      {problem === '' ? null : <p class="bad-text">{problem}</p>}
      {traceId === '' ? (
        <p class="quiet">A failing exchange and a flow that was run by hand name theirs.</p>
      ) : (
        <LogLines
          name="this trace id"
          lines={lines}
          none={isWhole ? 'No service has logged it yet.' : 'That is no trace id yet.'}
        />
      )}
    </>
  )
}
