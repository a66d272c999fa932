import { createContext } from 'preact'
import { useContext, useEffect, useState } from 'preact/hooks'
import type { LogLine, PageData } from '../page-data.ts'
import { LogLines } from './exchange.tsx'
import type { Act } from './live-feed.tsx'

const askEveryMs = 1_000
const mostInVain = 10

/** Of the live page, where lines are asked for; without `act` nobody answers now. A report has them in itself. */
export const TraceSource = createContext<{ readonly act?: Act } | undefined>(undefined)

/** What services log with a trace id, as they write it, until so many asks in a row bring nothing new; undefined until it was asked for. */
export function useTrace(act: Act | undefined, traceId: string, mostInVain: number) {
  const [lines, setLines] = useState<readonly LogLine[]>()
  const [problem, setProblem] = useState('')
  useEffect(() => setLines(undefined), [traceId])
  useEffect(() => {
    if (!act) return undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    let isOver = false
    let known = 0
    let inVain = 0
    const ask = async () => {
      inVain += 1
      try {
        const answer = await act('read-trace', { traceId })
        if (isOver) return
        if (answer.lines.length > known) inVain = 0
        known = answer.lines.length
        setLines(answer.lines)
        setProblem('')
      } catch (error) {
        if (isOver) return
        setProblem(error instanceof Error ? error.message : String(error))
      }
      if (inVain < mostInVain) timer = setTimeout(() => void ask(), askEveryMs)
    }
    void ask()
    return () => {
      isOver = true
      clearTimeout(timer)
    }
  }, [act, traceId, mostInVain])
  return { lines, problem }
}

/** The lines about one exchange, from wherever they are to be had. */
export function TraceLines(props: {
  traceId: string
  name: string
  known: PageData['logs']
  /** Whether more may still be logged. */
  isNewest: boolean
}) {
  const { traceId, name, known, isNewest } = props
  const source = useContext(TraceSource)
  const { lines } = useTrace(source?.act, traceId, isNewest ? mostInVain : 1)
  const none = !source
    ? `No service logged ${traceId}.`
    : lines
      ? `No service has logged ${traceId} yet.`
      : `What services logged with ${traceId} is asked for while the system stays up, and stands in report.html.`
  return <LogLines name={name} lines={(source ? lines : known[traceId]) ?? []} none={none} />
}
