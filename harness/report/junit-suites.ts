import { isCutOff, reasonsByCell, severityOf } from './faults.ts'
import { headline } from './headline.ts'
import { resultOf, skippedResult, type Context, type TestResult } from './junit-results.ts'
import type { LoadEnd } from './load-end.ts'
import { thresholdText, thresholdsOf } from './load-test.ts'
import { oneLine } from './one-line.ts'
import { windowsOfKind, type RunModel, type WindowModel } from './run-model.ts'
import { worstOutcome } from './summary-cells.ts'
import { summarizeModel } from './summary.ts'
import type { Summary, SummaryReason } from './summary-types.ts'

export interface Testcase {
  readonly classname: string
  readonly name: string
  readonly timeMs: number
  readonly result: TestResult
}

export interface Suite {
  readonly name: string
  readonly startedMs: number
  readonly timeMs: number
  readonly testcases: readonly Testcase[]
}

export interface RunSuites {
  readonly summary: Summary
  readonly suites: readonly Suite[]
}

/** The run as test suites: baseline, one per change, recovery, and the verdict. Relative to what the scenario says will happen. */
export function suitesOf(model: RunModel): RunSuites {
  const summary = summarizeModel(model)
  const context = { model, summary, reasons: reasonsByCell(summary.reasons) }
  const changes = summary.changes.map((change) => ({
    name: change.name,
    windows: windowsOfKind(model, 'change').filter((window) => window.info.change === change.name),
  }))
  if (summary.loadTest) {
    return { summary, suites: [loadSuite(context, summary.loadTest), verdictSuite(context)] }
  }
  return {
    summary,
    suites: [
      windowSuite(context, 'baseline', windowsOfKind(model, 'baseline')),
      ...changes.map(({ name, windows }) => windowSuite(context, name, windows)),
      windowSuite(context, 'recovery', windowsOfKind(model, 'recovery')),
      verdictSuite(context),
    ],
  }
}

/** A testcase for each threshold. */
function loadSuite({ model, summary }: Context, ends: readonly LoadEnd[]): Suite {
  const startedMs = model.ready?.atMs ?? 0
  return {
    name: `${summary.scenario}: load`,
    startedMs,
    timeMs: Math.max(0, model.lastMs - startedMs),
    testcases: thresholdsOf(ends).map((threshold) => {
      const message = thresholdText(threshold)
      const isFailure = threshold.outcome === 'crossed' && summary.verdict === 'fail'
      const result: TestResult =
        threshold.outcome === 'holds'
          ? { kind: 'passed', text: message }
          : {
              kind: isFailure ? 'failure' : 'error',
              type: threshold.outcome === 'crossed' ? 'threshold' : 'no-data',
              message,
              body: message,
            }
      return { classname: `${summary.scenario}.load`, name: threshold.text, timeMs: 0, result }
    }),
  }
}

function windowSuite(context: Context, part: string, windows: readonly WindowModel[]): Suite {
  const { model, summary } = context
  const openedMs = windows[0]?.openedMs ?? 0
  const closedMs = windows.at(-1)?.closedMs ?? (windows.length === 0 ? 0 : model.lastMs)
  return {
    name: `${summary.scenario}: ${part}`,
    startedMs: openedMs,
    timeMs: Math.max(0, closedMs - openedMs),
    testcases: model.started.cells.map((cell) => {
      const outcome = worstOutcome(model, windows, cell)
      return {
        classname: `${summary.scenario}.${part}`,
        name: `${cell.flowTitle} as ${cell.actorTitle}`,
        timeMs: outcome?.judgedMs ?? 0,
        result: outcome ? resultOf(context, cell, outcome) : skippedResult(summary, part),
      }
    }),
  }
}

/** The check whether the configuration is back to what it was. */
export const undoCheck = 'changes could be undone'

interface RunCheck {
  readonly name: string
  readonly codes: readonly SummaryReason['code'][]
  /** Why there was nothing to check; undefined where there was. */
  readonly unless?: (context: Context) => string | undefined
}

const neverUp = ({ model }: Context) => (model.ready ? undefined : 'the system did not start')
const neverApplied = ({ model }: Context) =>
  model.applied.length + model.failed.length > 0 ? undefined : 'no change was applied'
const neverUndone = ({ model }: Context) =>
  model.undone.length + model.undoFailed.length > 0 ? undefined : 'nothing was undone'
const neverRecovered = ({ model }: Context) =>
  windowsOfKind(model, 'recovery').length > 0 ? undefined : 'recovery was not watched'
const neverRead = ({ summary }: Context) =>
  summary.statusPage ? undefined : 'no status page was compared with what users saw'
const neverWritten = ({ summary }: Context) =>
  summary.writes ? undefined : 'what was written was not read back'

/** Checks of the whole run, each under a name of its own so that its history can be followed. */
const runChecks: readonly RunCheck[] = [
  {
    name: 'changes could be applied',
    codes: ['change-refused', 'change-is-noop', 'apply-failed'],
    unless: neverApplied,
  },
  { name: undoCheck, codes: ['undo-failed', 'state-differs'], unless: neverUndone },
  {
    name: 'status page did as the scenario says',
    codes: ['status-page'],
    unless: neverRead,
  },
  { name: 'no request left the mocked world', codes: ['outside-traffic'], unless: neverUp },
  {
    name: 'external sites were asked no more often than allowed',
    codes: ['outside-limit'],
    unless: neverUp,
  },
  { name: 'handlers of mocked sites did not throw', codes: ['site-handler'], unless: neverUp },
  {
    name: 'acknowledged writes are there once',
    codes: ['write-lost', 'write-duplicated', 'write-phantom'],
    unless: neverWritten,
  },
  {
    name: 'everything came back in time',
    codes: ['slow-recovery', 'not-recovered'],
    unless: neverRecovered,
  },
  {
    name: 'the change could have been undone at any time',
    codes: ['escape-route'],
    unless: neverApplied,
  },
  { name: 'replicas stayed up', codes: ['replica-died'], unless: neverUp },
]

function verdictSuite(context: Context): Suite {
  const { model, summary } = context
  const classname = `${summary.scenario}.verdict`
  const total = summary.timings.totalMs
  // Of a load test there is nothing to apply, undo or recover.
  const checks = summary.loadTest ? runChecks.filter(({ unless }) => unless === neverUp) : runChecks
  const testcases = checks.map(({ name, codes, unless }): Testcase => {
    const reasons = summary.reasons.filter((reason) => codes.includes(reason.code))
    const why = reasons.length === 0 ? unless?.(context) : undefined
    const result: TestResult =
      why === undefined
        ? reasonsResult(summary, reasons, name)
        : { kind: 'skipped', message: `this was not checked: ${why}` }
    return { classname, name, timeMs: 0, result }
  })
  const verdict: Testcase = {
    classname,
    name: 'verdict',
    timeMs: total,
    result: reasonsResult(summary, summary.reasons, headline(summary)),
  }
  const name = `${summary.scenario}: verdict`
  return { name, startedMs: 0, timeMs: model.lastMs, testcases: [verdict, ...testcases] }
}

function reasonsResult(
  summary: Summary,
  reasons: readonly SummaryReason[],
  text: string,
): TestResult {
  const [first] = reasons
  if (!first) {
    if (summary.verdict === 'pass' || text !== headline(summary)) return passedCheck(summary, text)
    return { kind: 'error', type: 'no-data', message: text, body: 'no reason was given' }
  }
  const failed = reasons.some((reason) => severityOf(reason, summary.verdict) === 'fail')
  const body = reasons.map((reason) => {
    const cell = reason.flow === undefined ? '' : `${reason.flow} as ${reason.actor}: `
    return `[${reason.code}] ${cell}${reason.message}`
  })
  return {
    kind: failed ? 'failure' : 'error',
    type: first.code,
    message: reasons.length === summary.reasons.length ? headline(summary) : oneLine(first.message),
    body: body.join('\n'),
  }
}

function passedCheck(summary: Summary, text: string): TestResult {
  return isCutOff(summary)
    ? { kind: 'skipped', message: 'the run was cut off, so this was not checked to the end' }
    : { kind: 'passed', text }
}
