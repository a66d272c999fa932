import { count } from './count.ts'
import { combine, fail, inconclusive, pass, type Verdict } from './verdict.ts'

/** Fails for thresholds that do not hold; those without data are inconclusive. */
export function judgeThresholds(
  thresholds: readonly {
    readonly text: string
    readonly outcome: 'holds' | 'crossed' | 'no-data'
    /** Absent without data. */
    readonly value?: number
    /** What was cut off, on which it depends. */
    readonly cut?: number
  }[],
): Verdict {
  return combine([
    pass,
    ...thresholds.map(({ text, outcome, value, cut }) => {
      const one = subjectOfThreshold(text)
      switch (outcome) {
        case 'holds':
          return pass
        case 'crossed': {
          const message = `${text} does not hold: it is ${figureText(value)}`
          return fail({ code: 'threshold', message })
        }
        case 'no-data': {
          const message =
            cut === undefined
              ? `${text}: nothing was measured`
              : `${text} holds only without ${count(cut, `${one} that was`, `${one}s that were`)} cut off at the end, after longer than most took: a longer gracefulStop lets them end`
          return inconclusive({ code: 'no-data', message })
        }
      }
    }),
  ])
}

/** What the metric of a threshold counts or measures. */
export function subjectOfThreshold(text: string): 'flow' | 'request' {
  return text.startsWith('http_req') ? 'request' : 'flow'
}

/** Six digits: a share that is short of its limit by little must not look as if it held. */
export function figureText(value: number | undefined): string {
  return value === undefined ? '-' : String(Number(value.toPrecision(6)))
}
