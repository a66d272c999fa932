import { combine, fail, inconclusive, pass, type Verdict } from './verdict.ts'

/** Fails for thresholds that do not hold; those without data are inconclusive. */
export function judgeThresholds(
  thresholds: readonly {
    readonly text: string
    readonly outcome: 'holds' | 'crossed' | 'no-data'
    /** Absent without data. */
    readonly value?: number
  }[],
): Verdict {
  return combine([
    pass,
    ...thresholds.map(({ text, outcome, value }) => {
      switch (outcome) {
        case 'holds':
          return pass
        case 'crossed': {
          const message = `${text} does not hold: it is ${figureText(value)}`
          return fail({ code: 'threshold', message })
        }
        case 'no-data':
          return inconclusive({ code: 'no-data', message: `${text}: nothing was measured` })
      }
    }),
  ])
}

/** Six digits: a share that is short of its limit by little must not look as if it held. */
export function figureText(value: number | undefined): string {
  return value === undefined ? '-' : String(Number(value.toPrecision(6)))
}
