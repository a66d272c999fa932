import { createContext } from 'preact'
import { useContext, useEffect, useState } from 'preact/hooks'
import type { LogLine, PageData } from '../page-data.ts'
import { LogLines } from './exchange.tsx'
import type { Act } from './live-feed.tsx'

const askEveryMs = 1_000

/** Of the live page, where lines are asked for; without `act` nobody answers now. A report has them in itself. */
export const TraceSource = createContext<{ readonly act?: Act } | undefined>(undefined)

/** What services log with a trace id, as they write it; undefined until it was asked for. */
export function useTrace(act: Act | undefined, traceId: string) {
  const [lines, setLines] = useState<readonly LogLine[]>()
  const [problem, setProblem] = useState('')
  useEffect(() => setLines(undefined), [traceId])
  useEffect(() => {
    if (!act) return undefined
    const ask = () =>
      act('read-trace', { traceId }).then(
        (answer) => {
          setLines(answer.lines)
          setProblem('')
        },
        (error: unknown) => setProblem(error instanceof Error ? error.message : String(error)),
      )
    void ask()
    const timer = setInterval(() => void ask(), askEveryMs)
    return () => clearInterval(timer)
  }, [act, traceId])
  return { lines, problem }
}

/** The lines about one exchange, from wherever they are to be had. */
export function TraceLines(props: { traceId: string; name: string; known: PageData['logs'] }) {
  const { traceId, name, known } = props
  const source = useContext(TraceSource)
  const { lines } = useTrace(source?.act, traceId)
  const none = !source
    ? `No service logged ${traceId}.`
    : lines
      ? `No service has logged ${traceId} yet.`
      : `What services logged with ${traceId} is asked for while the system stays up, and stands in report.html.`
  return <LogLines name={name} lines={(source ? lines : known[traceId]) ?? []} none={none} />
}
