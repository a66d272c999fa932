import {
  cellKey,
  combine,
  count,
  fail,
  mayBreak,
  pass,
  selects,
  type CellId,
  type Expectation,
  type JournalEvent,
  type Verdict,
} from '../core/index.ts'
import { checkHolding, failures, idOf } from './cell-finding.ts'
import { judgedIn, of, type Judged, type Started } from './history.ts'
import { symptomList, topSymptom } from './wording.ts'

/** Whether what was expected to break broke, under whichever of the changes. */
export function checkReproduction(history: readonly JournalEvent[], started: Started): Verdict {
  const { expect } = started
  if (expect.kind === 'holds') return pass
  // That a change could not be applied is said elsewhere; that nothing broke then only follows from it.
  if (of(history, 'change.failed').length > 0) return pass
  const steps = new Map(
    of(history, 'window.opened')
      .filter((event) => event.window.kind === 'change')
      .map(({ window }) => [window.id, window.change ?? '']),
  )
  const undos = new Set(
    started.changes.filter(({ kind }) => kind === 'undo').map(({ name }) => name),
  )
  const judged = judgedIn(history, (window) => steps.has(window)).filter((finding) =>
    mayBreak(expect, started.changes, finding, steps.get(finding.window) ?? ''),
  )
  const cells = Map.groupBy(judged, cellKey)
  return combine([
    pass,
    ...[...cells.values()].flatMap((findings) => {
      const expected = expectedBreak(expect, findings[0] as Judged)
      if (!expected) return []
      const broke = checkExpectedBreak(findings, expected.symptom)
      const { until } = expected
      return until === undefined ? [broke] : [broke, checkLasting(findings, until, steps, undos)]
    }),
    checkIntermittence(expect, judged),
  ])
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

/** That a cell which is to stay broken until a step did. What a step declares of it counts as not seen. */
function checkLasting(
  findings: readonly Judged[],
  until: string,
  steps: ReadonlyMap<string, string>,
  undos: ReadonlySet<string>,
): Verdict {
  const stepOf = ({ window }: Judged) => steps.get(window) ?? ''
  const first = findings.findIndex(({ judgement }) => judgement === 'broken')
  const later = first < 0 ? [] : findings.slice(first + 1)
  const back = later.find(({ judgement }) => judgement === 'holds')
  if (back) {
    return fail({
      code: 'not-reproduced',
      cell: idOf(back),
      message: `was expected to stay broken until '${until}', and held under '${stepOf(back)}' already`,
    })
  }
  // What breaks only by a step after the undo, or by the very last one, did not outlast anything.
  const undo = findings.findIndex((one) => undos.has(stepOf(one)))
  if (first > 0 && (later.length === 0 || (undo >= 0 && first > undo))) {
    const broke = findings[first] as Judged
    return fail({
      code: 'not-reproduced',
      cell: idOf(broke),
      message: `was expected to stay broken until '${until}', and held until '${stepOf(broke)}', ${later.length === 0 ? 'the last step before it' : `after '${stepOf(findings[undo] as Judged)}'`}: nothing lasted`,
    })
  }
  return combine([
    pass,
    ...later.filter(({ judgement }) => judgement !== 'broken').map((one) => checkHolding(one, '')),
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
    message: `${count(broken.length, 'cell')} ${broken.length === 1 ? 'was' : 'were'} expected to fail now and then, and failed every time (${total('failures')} of ${total('samples')})`,
  })
}

function expectedBreak(expect: Expectation, cell: CellId) {
  if (expect.kind === 'holds') return undefined
  return expect.broken.find((selector) => selects(selector, cell))
}
