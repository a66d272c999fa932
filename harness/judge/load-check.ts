import {
  cellKey,
  combine,
  fail,
  inconclusive,
  judgeThresholds,
  pass,
  reasonsOf,
  selects,
  type CellId,
  type EventOf,
  type Expectation,
  type JournalEvent,
  type LoadFinding,
  type Reason,
  type Verdict,
} from '../core/index.ts'
import { isCutShort } from './history.ts'
import { percent, symptomList, topSymptom } from './wording.ts'

type Found = EventOf<'load.judged'>

/** What the load beside the cells of a scenario showed. Pass where there was none. */
export function checkLoad(history: readonly JournalEvent[]): Verdict {
  const started = history.find((event) => event.kind === 'run.started')
  if (!started?.load || isCutShort(history)) return pass
  const found = history.filter((event) => event.kind === 'load.judged')
  const { cells } = started.load
  const baseline = checkBaseline(cells, found)
  if (baseline.kind !== 'pass') return baseline
  const end = history.findLast((event) => event.kind === 'load.summary')
  if (!end) return inconclusive({ code: 'no-data', message: 'the load did not come to its end' })
  const opened = history.flatMap((event) => (event.kind === 'window.opened' ? [event.window] : []))
  const excused = (cell: CellId) =>
    started.changes.some(({ effects }) => effects.some((effect) => selects(effect, cell)))
  const isLimited = !end.selfCheck.ok
  const blamed = (finding: Found, verdict: Verdict) =>
    isLimited && mayBeOfTheLoad(finding) ? withoutBlame(verdict) : verdict
  const thresholds = judgeThresholds(end.thresholds)
  const verdict = combine([
    pass,
    ...opened.flatMap(({ id, kind, change }) => {
      if (kind === 'baseline') return []
      const where = kind === 'recovery' ? 'after the undo' : `under '${change}'`
      return cells.map((cell) => {
        const finding = found.find((one) => one.window === id && cellKey(one) === cellKey(cell))
        if (!finding) return excused(cell) ? pass : missing(cell, where)
        if (kind === 'recovery') return blamed(finding, checkRecovered(finding))
        if (isExpected(started.expect, finding)) return pass
        return blamed(finding, checkHolding(finding, where))
      })
    }),
    checkExpected(started.expect, cells, found),
    isLimited ? withoutBlame(thresholds) : thresholds,
  ])
  if (!isLimited || verdict.kind === 'fail') return verdict
  return inconclusive(
    ...end.selfCheck.problems.map((message): Reason => ({ code: 'generator-limited', message })),
    ...reasonsOf(verdict),
  )
}

/** Slowness, and answers that did not come in time, may be those of a load that was its own limit. Other failures are the system's. */
function mayBeOfTheLoad(finding: Found): boolean {
  return finding.judgement === 'slower' || topSymptom(finding) === 'timeout'
}

function withoutBlame(verdict: Verdict): Verdict {
  return verdict.kind === 'fail' ? inconclusive(...verdict.reasons) : verdict
}

function missing({ flow, actor }: CellId, where: string): Verdict {
  return inconclusive({
    code: 'no-data',
    cell: { flow, actor },
    message: `its load was not judged ${where}`,
  })
}

function checkBaseline(cells: readonly CellId[], found: readonly Found[]): Verdict {
  return combine([
    pass,
    ...cells.map((cell) => {
      const finding = found.find(
        (one) => one.window === 'baseline' && cellKey(one) === cellKey(cell),
      )
      if (!finding) return missing(cell, 'in the baseline')
      if (finding.judgement === 'holds') return pass
      return inconclusive(
        reason(
          finding.judgement === 'broken' ? 'baseline-broken' : 'no-data',
          finding,
          finding.judgement === 'broken'
            ? `failed under load before any change (${failures(finding)}); the change was not applied`
            : `its load told too little before the change (${finding.note ?? 'too few flows'}); the change was not applied`,
        ),
      )
    }),
  ])
}

function isExpected(expect: Expectation, cell: CellId): boolean {
  if (expect.kind === 'holds') return false
  return [...expect.broken, ...(expect.underLoad ?? [])].some((selector) => selects(selector, cell))
}

function checkHolding(finding: Found, where: string): Verdict {
  switch (finding.judgement) {
    case 'holds':
      return pass
    case 'broken':
      return fail(reason('broken-under-load', finding, `${failingWords(finding)} ${where}`))
    case 'slower':
      return fail(reason('slower-under-load', finding, `${slowingWords(finding)} ${where}`))
    case 'undecided':
      return inconclusive(reason('no-data', finding, `${unknownWords(finding)} ${where}`))
  }
}

function checkRecovered(finding: Found): Verdict {
  switch (finding.judgement) {
    case 'holds':
      return pass
    case 'broken':
      return fail(reason('not-recovered', finding, `${failingWords(finding)} after the undo still`))
    case 'slower':
      return fail(reason('not-recovered', finding, `${slowingWords(finding)} after the undo still`))
    case 'undecided':
      return inconclusive(reason('no-data', finding, `${unknownWords(finding)} after the undo`))
  }
}

/** That what was to show under load did so, under whichever of the steps. */
function checkExpected(
  expect: Expectation,
  cells: readonly CellId[],
  found: readonly Found[],
): Verdict {
  const wanted = expect.kind === 'reproduces' ? (expect.underLoad ?? []) : []
  return combine([
    pass,
    ...wanted.flatMap((selector) =>
      cells
        .filter((cell) => selects(selector, cell))
        .map((cell) => {
          const own = found.filter(
            (one) => one.window.startsWith('change:') && cellKey(one) === cellKey(cell),
          )
          if (own.some(({ judgement }) => judgement === selector.becomes)) return pass
          const open = own.find(({ judgement }) => judgement === 'undecided') ?? own.at(-1)
          if (!open) return pass
          const seen = `was expected to be ${selector.becomes} under load, and ${open.judgement === 'holds' ? 'held' : `was ${open.judgement}`} (${figures(open)})`
          return open.judgement === 'undecided'
            ? inconclusive(reason('no-data', open, seen))
            : fail(reason('not-reproduced', open, seen))
        }),
    ),
  ])
}

function reason(code: Reason['code'], { flow, actor }: CellId, message: string): Reason {
  return { code, cell: { flow, actor }, message }
}

export function failingWords(finding: LoadFinding): string {
  const { baselineFailures, baselineSamples } = finding
  return `failed under load: ${failures(finding)}, before it were ${baselineFailures} of ${baselineSamples},`
}

function failures(finding: LoadFinding): string {
  const ratio = `${finding.failures} of ${finding.samples} failed`
  return finding.failures === 0 ? ratio : `${ratio}, ${symptomList(finding)}`
}

export function slowingWords({ latency, tail }: LoadFinding): string {
  if (tail) {
    return `was slower under load: the slowest tenth waited ${tail.nowMs.toFixed(1)} ms or longer in place of ${tail.baselineMs.toFixed(1)} (by ${percent(tail.growth)})`
  }
  if (!latency) return 'was slower'
  const { baselineMs, nowMs, growth, low, high } = latency
  const bounds =
    low === undefined || high === undefined ? '' : `, ${percent(low)} to ${percent(high)}`
  return `was slower under load: a median of ${nowMs.toFixed(1)} ms in place of ${baselineMs.toFixed(1)} (by ${percent(growth)}${bounds})`
}

export function unknownWords(finding: LoadFinding): string {
  return `its load did not tell enough (${figures(finding)}${finding.note === undefined ? '' : `; ${finding.note}`})`
}

function figures({ samples, failures: failed, latency, smallestRatio }: LoadFinding): string {
  const grown = latency === undefined ? '' : `, median by ${percent(latency.growth)}`
  return `${failed} of ${samples} failed${grown}; failures from ${percent(smallestRatio)} on would have been seen, and slowness ${latency?.smallestGrowth === undefined ? 'not at all' : `from ${percent(latency.smallestGrowth)} on`}`
}
