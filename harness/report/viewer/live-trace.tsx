import { useEffect, useState } from 'preact/hooks'
import type { LogLine } from '../page-data.ts'
import { LogLines } from './exchange.tsx'
import { Field, type ToolProps } from './live-parts.tsx'

const askEveryMs = 1_000

/** What services log with a trace id, as they write it. */
export function TraceTool({ act, data, state }: ToolProps) {
  const [traceId, setTraceId] = useState('')
  const [lines, setLines] = useState<readonly LogLine[]>([])
  const [problem, setProblem] = useState('')
  const isWhole = /^[0-9a-f]{32}$/.test(traceId)
  const goesOn = state.system !== null
  useEffect(() => {
    setLines([])
    if (!isWhole || !goesOn) return undefined
    const ask = () =>
      act('read-trace', { traceId }).then(
        (answer) => setLines(answer.lines),
        (error: unknown) => setProblem(error instanceof Error ? error.message : String(error)),
      )
    void ask()
    const timer = setInterval(() => void ask(), askEveryMs)
    return () => clearInterval(timer)
  }, [traceId, goesOn])
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
