import { cellKey, selects, type CellId, type Judgement } from '../core/index.ts'
import { windowsOfKind, type CellTally, type RunModel, type WindowModel } from './run-model.ts'
import type { CellOutcome, SampleOfFailure, SummaryCell } from './summary-types.ts'

/** Worst last. */
const severity: readonly Judgement[] = [
  'holds',
  'effect',
  'undecided',
  'effect-absent',
  'effect-partial',
  'broken',
]

export function summarizeCells(model: RunModel): SummaryCell[] {
  return model.started.cells.map((cell) => {
    const baseline = worstOutcome(model, windowsOfKind(model, 'baseline'), cell)
    const change = worstOutcome(model, windowsOfKind(model, 'change'), cell)
    const recovery = worstOutcome(model, windowsOfKind(model, 'recovery'), cell)
    return {
      flow: cell.flow,
      actor: cell.actor,
      flowTitle: cell.flowTitle,
      actorTitle: cell.actorTitle,
      baseline,
      change,
      recovery,
      declared: declaredSymptom(model, cell, change),
      sample: sampleOf(model, cell, [change, baseline, recovery]),
    }
  })
}

/** What is said of a cell in one window, or null when that window did not take place. */
function outcomeIn(model: RunModel, window: WindowModel, cell: CellId): CellOutcome {
  const tally = window.cells.get(cellKey(cell))
  const judged = tally?.judged
  const { id, change } = window.info
  const base = { window: id, ...(change === undefined ? {} : { step: change }) }
  if (judged) {
    const { evidence, judgement } = judged
    return {
      ...base,
      judgement,
      samples: evidence.samples,
      failures: evidence.failures,
      symptom: mostFrequent(Object.entries(evidence.symptoms)),
      judgedMs: evidence.judgedMs,
      note: evidence.note ?? null,
    }
  }
  return {
    ...base,
    judgement: 'undecided',
    samples: tally?.samples ?? 0,
    failures: tally?.failures ?? 0,
    symptom: mostFrequent([...(tally?.symptoms ?? [])]),
    judgedMs: Math.max(0, (window.closedMs ?? model.lastMs) - window.openedMs),
    note: 'no judgement was journaled',
  }
}

/** The worst outcome of a cell in several windows: broken > effect-partial > effect-absent > undecided > effect > holds. */
export function worstOutcome(
  model: RunModel,
  windows: readonly WindowModel[],
  cell: CellId,
): CellOutcome | null {
  return windows
    .map((window) => outcomeIn(model, window, cell))
    .reduce<CellOutcome | null>(
      (worst, next) => (worst && rank(worst) >= rank(next) ? worst : next),
      null,
    )
}

function rank(outcome: CellOutcome): number {
  return severity.indexOf(outcome.judgement)
}

function mostFrequent(symptoms: readonly (readonly [string, number])[]): string | null {
  return symptoms.toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]?.[0] ?? null
}

function declaredSymptom(model: RunModel, cell: CellId, change: CellOutcome | null): string | null {
  const judged = change && model.windows.get(change.window)?.cells.get(cellKey(cell))?.judged
  if (judged?.declared !== undefined) return judged.declared
  const effects = model.started.changes.flatMap((one) => one.effects)
  return effects.find((effect) => selects(effect, cell))?.becomes ?? null
}

function sampleOf(
  model: RunModel,
  cell: CellId,
  outcomes: readonly (CellOutcome | null)[],
): SampleOfFailure | null {
  const told = outcomes.find((outcome) => outcome !== null && outcome.judgement !== 'holds')
  if (!told) return null
  const tally = model.windows.get(told.window)?.cells.get(cellKey(cell))
  return tally ? firstFailure(tally, told) : null
}

/** The first failure that shows the symptom in question, so that a reader never sees one symptom under the name of another. */
export function firstFailure(tally: CellTally, outcome: CellOutcome): SampleOfFailure | null {
  const named = outcome.symptom === null ? undefined : tally.firstFailures.get(outcome.symptom)
  const sample = named ?? tally.firstFailures.values().next().value
  if (!sample) return null
  return {
    window: sample.window,
    symptom: sample.symptom ?? 'failed',
    message: sample.message ?? null,
    exchange: sample.exchange ?? null,
  }
}
