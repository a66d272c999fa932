import {
  cellKey,
  combine,
  describeError,
  fail,
  inconclusive,
  lasting,
  pass,
  selects,
  wholeStack,
  type CellId,
  type EventOf,
  type Expectation,
  type JournalEvent,
  type JournalKind,
  type Verdict,
} from '../core/index.ts'
import { checkAmplification } from './amplification.ts'
import { checkLoad } from './load-check.ts'
import { checkOutsideWorld } from './outside-expectations.ts'
import { checkPromises } from './promises.ts'
import { checkWrites } from './write-check.ts'
import { percent, ratioOf, symptomList, topSymptom } from './wording.ts'

/** How `state.hashed` begins where a configuration could not be read. */
export const unreadable = 'unreadable: '

type Judged = EventOf<'cell.judged'>
type Started = EventOf<'run.started'>

/** The history of a run, samples not needed. Pure; a checker that throws makes the verdict inconclusive, never a pass. */
export function judgeRun(history: readonly JournalEvent[]): Verdict {
  try {
    return checkRun(history)
  } catch (error) {
    return inconclusive({
      code: 'checker-crashed',
      message: `the checker failed, so nothing can be said: ${describeError(error)}`,
    })
  }
}

function checkRun(history: readonly JournalEvent[]): Verdict {
  const started = of(history, 'run.started')[0]
  if (!started) {
    return inconclusive({ code: 'no-data', message: 'the journal has no start of a run' })
  }
  const interrupted = of(history, 'interrupted').map((event) =>
    inconclusive({
      code: 'interrupted',
      message: `the run was stopped by ${event.signal} before it could be judged`,
    }),
  )
  const lost = of(history, 'replica.exited').find(({ replica }) => replica === wholeStack)
  if (lost) {
    return inconclusive({
      code: 'no-data',
      message: `${lost.detail}, so what was seen says nothing about the change`,
    })
  }
  const baseline = checkBaseline(history, started)
  if (baseline.kind !== 'pass') return combine([...interrupted, baseline])
  return combine([
    ...interrupted,
    ...started.changes.map((change) => checkChange(history, started, change)),
    checkReproduction(history, started),
    checkUndo(history),
    checkState(history),
    checkRecovery(history, started),
    checkLoad(history),
    checkStatusPage(history, started.expect),
    judgeOutside(history),
    checkAmplification(history),
    checkWrites(history),
    checkPromises(history),
    checkSafety(history),
    checkReplicas(history, started.expect),
  ])
}

function of<K extends JournalKind>(history: readonly JournalEvent[], kind: K): EventOf<K>[] {
  return history.filter((event): event is EventOf<K> => event.kind === kind)
}

function judgedIn(history: readonly JournalEvent[], isIn: (window: string) => boolean): Judged[] {
  return of(history, 'cell.judged').filter((event) => isIn(event.window))
}

/** Cells of the scenario that a window has no judgement of. Nothing said about a cell is not the same as nothing wrong with it. */
function checkMissing(started: Started, judged: readonly Judged[], where: string): Verdict[] {
  const known = new Set(judged.map(cellKey))
  return started.cells
    .filter((cell) => !known.has(cellKey(cell)))
    .map((cell) =>
      inconclusive({ code: 'no-data', cell: idOf(cell), message: `was not judged ${where}` }),
    )
}

function checkBaseline(history: readonly JournalEvent[], started: Started): Verdict {
  const judged = judgedIn(history, (window) => window === 'baseline')
  if (judged.length === 0) {
    return inconclusive({
      code: 'no-data',
      message: 'no baseline was measured, so nothing can be compared with it',
    })
  }
  return combine([
    ...checkMissing(started, judged, 'in the baseline'),
    ...judged.map((cell) => {
      if (cell.judgement === 'holds') return pass
      return inconclusive({
        code: cell.judgement === 'broken' ? 'baseline-broken' : 'no-data',
        cell: idOf(cell),
        message:
          cell.judgement === 'broken'
            ? `already failed before any change (${failures(cell)}); the change was not applied`
            : `not enough was seen of it before the change (${cell.evidence.samples} samples); the change was not applied`,
      })
    }),
  ])
}

function checkChange(
  history: readonly JournalEvent[],
  started: Started,
  { name: change, order }: Started['changes'][number],
): Verdict {
  const failed = of(history, 'change.failed').find((event) => event.change === change)
  if (failed) return checkFailedChange(failed)
  const windows = of(history, 'window.opened')
    .filter((event) => event.window.change === change)
    .map((event) => event.window.id)
  if (windows.length === 0) {
    if (order !== undefined && isBrokenOff(history, started, order)) return pass
    return inconclusive({ code: 'no-data', message: `'${change}' was never watched` })
  }
  const under = `'${change}'${order === undefined ? '' : ` in the order ${order}`}`
  return combine(
    windows.flatMap((id) => {
      const judged = judgedIn(history, (window) => window === id)
      return [
        pass,
        ...checkMissing(started, judged, `under ${under}`),
        ...judged
          .filter((finding) => !mayBreak(started, finding, change))
          .map((finding) => checkHolding(finding, under)),
      ]
    }),
  )
}

/** Whether an order was left since one of its steps broke something, which is said there. */
function isBrokenOff(
  history: readonly JournalEvent[],
  { changes }: Started,
  order: string,
): boolean {
  const names = changes.filter((change) => change.order === order).map(({ name }) => name)
  const windows = of(history, 'window.opened').flatMap(({ window }) =>
    names.includes(window.change ?? '') ? [window.id] : [],
  )
  return (
    judgedIn(history, (id) => windows.includes(id)).some(
      ({ judgement }) => judgement === 'broken',
    ) || of(history, 'change.failed').some(({ change }) => names.includes(change))
  )
}

/** Whether what was expected to break broke, under whichever of the changes. */
function checkReproduction(history: readonly JournalEvent[], started: Started): Verdict {
  const { expect } = started
  if (expect.kind === 'holds') return pass
  // That a change could not be applied is said elsewhere; that nothing broke then only follows from it.
  if (of(history, 'change.failed').length > 0) return pass
  const steps = new Map(
    of(history, 'window.opened')
      .filter((event) => event.window.kind === 'change')
      .map(({ window }) => [window.id, window.change ?? '']),
  )
  const judged = judgedIn(history, (window) => steps.has(window)).filter((finding) =>
    mayBreak(started, finding, steps.get(finding.window) ?? ''),
  )
  const cells = Map.groupBy(judged, cellKey)
  return combine([
    pass,
    ...[...cells.values()].flatMap((findings) => {
      const expected = expectedBreak(expect, findings[0] as Judged)
      if (!expected) return []
      const broke = checkExpectedBreak(findings, expected.symptom)
      const { until } = expected
      return until === undefined ? [broke] : [broke, checkLasting(findings, until, steps)]
    }),
    checkIntermittence(expect, judged),
  ])
}

/** That cells which are to fail only now and then do not fail always. Told over all of them: one alone may fail three times in a row by chance. */
function checkIntermittence(expect: Expectation, judged: readonly Judged[]): Verdict {
  const broken = judged.filter(
    (finding) =>
      finding.judgement === 'broken' && expectedBreak(expect, finding)?.failing === 'some',
  )
  const total = (key: 'samples' | 'failures') =>
    broken.reduce((sum, { evidence }) => sum + evidence[key], 0)
  if (broken.length === 0 || total('failures') < total('samples')) return pass
  return fail({
    code: 'not-reproduced',
    message: `${broken.length} cells were expected to fail now and then, and failed every time (${total('failures')} of ${total('samples')})`,
  })
}

function checkFailedChange(failed: EventOf<'change.failed'>): Verdict {
  switch (failed.why) {
    case 'refused':
      return fail({
        code: 'change-refused',
        message: `${failed.replica} refused '${failed.change}': ${failed.message}`,
      })
    case 'noop':
      return inconclusive({
        code: 'change-is-noop',
        message: `'${failed.change}' altered nothing on ${failed.replica}: ${failed.message}`,
      })
    case 'conflict':
    case 'unreachable':
      return inconclusive({
        code: 'apply-failed',
        message: `'${failed.change}' could not be applied to ${failed.replica}: ${failed.message}`,
      })
  }
}

/** That a cell which is to stay broken until a step did. What a step declares of it counts as not seen. */
function checkLasting(
  findings: readonly Judged[],
  until: string,
  steps: ReadonlyMap<string, string>,
): Verdict {
  const first = findings.findIndex(({ judgement }) => judgement === 'broken')
  const later = first < 0 ? [] : findings.slice(first + 1)
  const back = later.find(({ judgement }) => judgement === 'holds')
  if (back) {
    return fail({
      code: 'not-reproduced',
      cell: idOf(back),
      message: `was expected to stay broken until '${until}', and held under '${steps.get(back.window)}' already`,
    })
  }
  return combine([
    pass,
    ...later.filter(({ judgement }) => judgement !== 'broken').map((one) => checkHolding(one, '')),
  ])
}

/** Whether the scenario says that the cell is broken under this step. */
function mayBreak(started: Started, cell: CellId, step: string): boolean {
  const { expect, changes } = started
  const said = lasting(expect, changes, cell, step)
  return expectedBreak(expect, cell) !== undefined && (said === undefined || said === 'before')
}

function expectedBreak(expect: Expectation, cell: CellId) {
  if (expect.kind === 'holds') return undefined
  return expect.broken.find((selector) => selects(selector, cell))
}

function checkExpectedBreak(findings: readonly Judged[], symptom: string | undefined): Verdict {
  const cell = idOf(findings[0] as Judged)
  const broken = findings.find((finding) => finding.judgement === 'broken')
  if (!broken) {
    const undecided = findings.find((finding) => finding.judgement === 'undecided')
    if (undecided) return checkHolding(undecided, '')
    return fail({
      code: 'not-reproduced',
      cell,
      message: `was expected to break${symptom ? ` with ${symptom}` : ''}, and held (${failures(findings[0] as Judged)})`,
    })
  }
  const seen = topSymptom(broken.evidence)
  if (symptom !== undefined && seen !== symptom) {
    return fail({
      code: 'wrong-symptom',
      cell,
      message: `was expected to break with ${symptom}, and broke with ${symptomList(broken.evidence)}`,
    })
  }
  return pass
}

function checkHolding(finding: Judged, under: string): Verdict {
  const cell = idOf(finding)
  switch (finding.judgement) {
    case 'holds':
    case 'effect':
      return pass
    case 'broken':
      return fail({
        code: 'broken',
        cell,
        message: `broke under ${under}: ${failures(finding)}${finding.declared ? `, declared was ${finding.declared}` : ''}`,
      })
    case 'effect-absent':
      return fail({
        code: 'effect-absent',
        cell,
        message: `the declared effect ${finding.declared} did not take effect: not seen in ${finding.evidence.samples} samples`,
      })
    case 'effect-partial':
      return fail({
        code: 'effect-partial',
        cell,
        message: `the declared effect ${finding.declared} came only now and then (${failures(finding)}), although every replica has the change`,
      })
    case 'undecided':
      return inconclusive({
        code: 'no-data',
        cell,
        message: `the evidence did not suffice: ${failures(finding)}${finding.evidence.note ? `; ${finding.evidence.note}` : ''}`,
      })
  }
}

function checkUndo(history: readonly JournalEvent[]): Verdict {
  const failed = of(history, 'undo.failed')
  if (failed.length === 0) return pass
  return fail(
    ...failed.map(({ change, replica, message }) => ({
      code: 'undo-failed' as const,
      message: `'${change}' could not be undone on ${replica}: ${message}`,
    })),
  )
}

function checkState(history: readonly JournalEvent[]): Verdict {
  const hashes = of(history, 'state.hashed')
  const before = hashes.find((event) => event.when === 'before')
  const after = hashes.find((event) => event.when === 'after')
  if (!before || !after) {
    return inconclusive({
      code: 'no-data',
      message: `the configuration ${before ? 'after the undo' : 'before the change'} was never read`,
    })
  }
  const unread = Object.entries(before.replicas).find(([, hash]) => hash.startsWith(unreadable))
  if (unread) {
    return inconclusive({
      code: 'no-data',
      message: `the configuration of ${unread[0]} before the change is not known (${unread[1]})`,
    })
  }
  const differing = Object.keys(before.replicas).filter(
    (replica) => before.replicas[replica] !== after.replicas[replica],
  )
  if (differing.length === 0) return pass
  return fail({
    code: 'state-differs',
    message: `after the undo the configuration of ${differing.join(', ')} is not what it was`,
  })
}

function checkRecovery(history: readonly JournalEvent[], started: Started): Verdict {
  const judged = judgedIn(history, (window) => window === 'recovery')
  if (judged.length === 0) {
    return inconclusive({ code: 'no-data', message: 'recovery was not watched' })
  }
  return combine([
    ...checkMissing(started, judged, 'after the undo'),
    ...judged.map((cell) => {
      if (cell.judgement === 'holds') return pass
      if (cell.judgement === 'undecided') return checkHolding(cell, '')
      return fail({
        code: 'not-recovered',
        cell: idOf(cell),
        message: `still failed after the undo: ${failures(cell)}`,
      })
    }),
  ])
}

function checkStatusPage(history: readonly JournalEvent[], expect: Expectation): Verdict {
  if (expect.kind !== 'reproduces' || expect.statusPageLies === undefined) return pass
  const finding = of(history, 'status.judged').at(-1)
  if (!finding || finding.brokenMs === 0) {
    return inconclusive({
      code: 'no-data',
      message: 'the status page could not be compared with what users saw',
    })
  }
  const lied = finding.admitMs === undefined && finding.falseGreenMs > 0
  if (lied === expect.statusPageLies) return pass
  return fail({
    code: 'status-page',
    message: expect.statusPageLies
      ? `the status page was expected to go on saying 'operational', and admitted the failure`
      : `the status page was expected to admit the failure, and never did`,
  })
}

/** Whether the system asked the outside for nothing that it may not, for runs that are judged by other means than cells. */
export function judgeOutside(history: readonly JournalEvent[]): Verdict {
  const [started] = of(history, 'run.started')
  return started
    ? combine([checkOutside(history, started), checkOutsideWorld(history)])
    : inconclusive({ code: 'no-data', message: 'the journal has no start of a run' })
}

function checkOutside(history: readonly JournalEvent[], started: Started): Verdict {
  const refused = of(history, 'outside').filter(
    (event) =>
      event.outcome === 'refused' && !started.allowOutside.includes(hostOf(event.url) ?? ''),
  )
  const asked = Map.groupBy(refused, (event) => `${event.from} asked for ${event.url}`)
  if (asked.size === 0) return pass
  return fail(
    ...[...asked].map(([what, events]) => ({
      code: 'outside-traffic' as const,
      message: `${what} (${events.length}×), which is outside of the mocked world: ${events[0]?.note ?? 'refused'}`,
    })),
  )
}

function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname : undefined
}

/** Thresholds that the run was to keep while steps were in force. */
function checkSafety(history: readonly JournalEvent[]): Verdict {
  const results = of(history, 'safety.judged')
  const stopped = results.find(({ aborted }) => aborted)
  const wanted = stopped ? [stopped] : results
  return combine([
    pass,
    ...wanted.map(({ text, outcome, value = 0 }) => {
      if (outcome === 'holds') return pass
      if (outcome === 'no-data') {
        return inconclusive({ code: 'no-data', message: `nothing was measured for ${text}` })
      }
      const then = stopped ? ': the run was stopped' : ''
      return fail({
        code: 'threshold',
        message: `the threshold ${text} was crossed (${Number(value.toFixed(3))})${then}`,
      })
    }),
  ])
}

function checkReplicas(history: readonly JournalEvent[], expect: Expectation): Verdict {
  const exits = of(history, 'replica.exited')
  if (exits.length === 0 || expect.kind === 'reproduces') return pass
  return fail(
    ...exits.map(({ replica, detail }) => ({
      code: 'replica-died' as const,
      message: `${replica} ended by itself: ${detail}`,
    })),
  )
}

function idOf({ flow, actor }: CellId): CellId {
  return { flow, actor }
}

function failures({ evidence }: Judged): string {
  const ratio = `${evidence.failures} of ${evidence.samples} failed`
  return evidence.failures === 0
    ? ratio
    : `${ratio} (${percent(ratioOf(evidence))}), ${symptomList(evidence)}`
}
