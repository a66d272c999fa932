import {
  combine,
  fail,
  inconclusive,
  pass,
  type AlsoExpected,
  type JournalEvent,
  type StatusPageFinding,
  type StatusPageExpectation,
  type Verdict,
} from '../core/index.ts'
import { isCutShort } from './history.ts'
import { checkRecoveryTime } from './recovery-time.ts'

/** Expectations beside those on cells: an honest status page, recovery in time, and a way back that stays open. */
export function checkPromises(history: readonly JournalEvent[]): Verdict {
  const started = history.find((event) => event.kind === 'run.started')
  if (!started || isCutShort(history)) return pass
  const { statusPage, recoverWithinMs, escapeRoute }: AlsoExpected = started.expect
  const finding = history.findLast((event) => event.kind === 'status.judged')
  return combine([
    pass,
    ...(statusPage ? checkHonesty(statusPage, finding, started.expect.kind === 'reproduces') : []),
    ...(recoverWithinMs === undefined ? [] : [checkRecoveryTime(history, recoverWithinMs)]),
    ...(escapeRoute === 'open' ? checkEscapeRoute(history) : []),
  ])
}

/** `mustBreak`: the scenario says that cells break, so that a page that had nothing to admit proves nothing. */
function checkHonesty(
  expected: StatusPageExpectation,
  finding: StatusPageFinding | undefined,
  mustBreak: boolean,
): Verdict[] {
  if (!finding) return [open('the status page was never read, so its honesty is not known')]
  const { falseRedMs, declared } = finding
  const { neverFalselyRedForMs } = expected
  const isBroken = finding.brokenMs > 0
  const struck = declared ? checkAdmission(expected, declared) : []
  return [
    ...(neverFalselyRedForMs !== undefined && falseRedMs > neverFalselyRedForMs
      ? [
          lied(
            `the status page told of a failure for ${falseRedMs.toFixed(0)} ms in which nothing was broken, allowed are ${neverFalselyRedForMs} ms`,
          ),
        ]
      : []),
    ...(isBroken ? checkAdmission(expected, finding) : []),
    // What is not known of one is known of the other.
    ...(isBroken ? struck.filter(({ kind }) => kind === 'fail') : struck),
    ...(!isBroken && !declared && mustBreak
      ? [open('nothing broke, so the status page had nothing to admit')]
      : []),
  ]
}

const open = (message: string) => inconclusive({ code: 'no-data', message })
const lied = (message: string) => fail({ code: 'status-page', message })

/** What the page said while users suffered. */
function checkAdmission(
  { admitsWithinMs, neverFalselyGreenForMs }: StatusPageExpectation,
  {
    admitMs,
    laterMs = 0,
    falseGreenMs,
    brokenMs,
  }: Pick<StatusPageFinding, 'admitMs' | 'laterMs' | 'falseGreenMs' | 'brokenMs'>,
): Verdict[] {
  const verdicts: Verdict[] = []
  if (neverFalselyGreenForMs !== undefined && falseGreenMs > neverFalselyGreenForMs) {
    verdicts.push(
      lied(
        `the status page said 'operational' for ${falseGreenMs.toFixed(0)} ms in which cells were broken, allowed are ${neverFalselyGreenForMs} ms`,
      ),
    )
  } else if (
    neverFalselyGreenForMs !== undefined &&
    falseGreenMs > 0 &&
    admitMs === undefined &&
    brokenMs <= neverFalselyGreenForMs
  ) {
    verdicts.push(
      open(
        `the status page did not admit, and cells were broken for ${brokenMs.toFixed(0)} ms only: that it says 'operational' for at most ${neverFalselyGreenForMs} ms is not known`,
      ),
    )
  }
  if (admitsWithinMs === undefined) return verdicts
  const limit = `wanted within ${admitsWithinMs} ms`
  if (laterMs > admitsWithinMs) {
    verdicts.push(
      lied(
        `the status page did not admit a later outage in the first ${laterMs.toFixed(0)} ms of it, ${limit}`,
      ),
    )
  }
  if (admitMs !== undefined) {
    if (admitMs > admitsWithinMs) {
      verdicts.push(lied(`the status page admitted after ${admitMs.toFixed(0)} ms, ${limit}`))
    }
  } else if (brokenMs >= admitsWithinMs) {
    verdicts.push(
      lied(`the status page did not admit in ${brokenMs.toFixed(0)} ms of failure, ${limit}`),
    )
  } else {
    verdicts.push(
      open(
        `the status page did not admit, and cells were broken for ${brokenMs.toFixed(0)} ms only, ${limit}`,
      ),
    )
  }
  return verdicts
}

/** Twice in a row, since one answer may be late on a busy machine. */
const missesTolerated = 1

function checkEscapeRoute(history: readonly JournalEvent[]): Verdict[] {
  const checks = history.filter((event) => event.kind === 'escape.checked')
  if (checks.length === 0) {
    return [
      inconclusive({
        code: 'no-data',
        message: 'whether the configuration could be reached under the change was not looked at',
      }),
    ]
  }
  return checks.map(({ change, replica, reads, failedInARow, message }) => {
    if (failedInARow > missesTolerated) {
      return fail({
        code: 'escape-route',
        message: `under '${change}' the configuration of ${replica} could not be reached, ${failedInARow} times in a row of ${reads}: nobody could have undone it there: ${message ?? 'no answer'}`,
      })
    }
    return reads > 0
      ? pass
      : inconclusive({
          code: 'no-data',
          message: `under '${change}' the configuration of ${replica} was never read`,
        })
  })
}
