import type { JudgementOptions, Judgement, PerformedFlow } from '../core/index.ts'
import { emptyTally, judgeCell, judgeAtDeadline, tallied, type CellTally } from '../judge/index.ts'
import type { Clock } from '../engine/index.ts'

const concurrency = 4
/** Long enough for a flow that runs into its own time limit. */
const limitMs = 20_000

export interface JudgedFlow {
  readonly judgement: Judgement
  readonly tally: CellTally
}

export interface FlowToJudge {
  /** Runs the flow once more. */
  readonly perform: () => Promise<PerformedFlow>
  readonly about: 'steady' | 'change'
  /** Number of cells of the scenario: the evidence that is asked for is the same as in a run of it. */
  readonly cells: number
  readonly options: JudgementOptions
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** Runs a flow until the evidence suffices, by the test by which runs are judged. */
export async function judgedFlow(given: FlowToJudge): Promise<JudgedFlow> {
  const { perform, about, cells, options, clock, signal } = given
  const untilMs = clock.now() + limitMs
  let tally = emptyTally
  let judgement: Judgement | undefined
  const question = { about, everywhere: true, cells, options }
  const work = async () => {
    while (judgement === undefined && clock.now() < untilMs) {
      signal.throwIfAborted()
      const { ok, symptom = 'failed' } = await perform()
      if (judgement !== undefined) return
      tally = tallied(tally, ok ? undefined : symptom)
      judgement = judgeCell(tally, question)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, work))
  return { judgement: judgement ?? judgeAtDeadline(tally, question), tally }
}

export function shownTally({ samples, ok, symptoms }: CellTally): string {
  if (samples === ok) return `${samples} of ${samples} succeeded`
  const [symptom = ''] = Object.entries(symptoms).toSorted((a, b) => b[1] - a[1])[0] ?? []
  return `${samples - ok} of ${samples} failed: ${symptom}`
}
