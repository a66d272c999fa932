import { cellKey, type CellDeclaration } from '../core/index.ts'
import { exchangeLines } from './exchange-text.ts'
import { isCutOff, severityOf, windowKindOf } from './faults.ts'
import { windowWords } from './group-lines.ts'
import type { RunModel } from './run-model.ts'
import { firstFailure } from './summary-cells.ts'
import type { CellOutcome, Summary, SummaryReason } from './summary-types.ts'
import { formatDuration } from './words.ts'

export type TestResult =
  | { readonly kind: 'passed'; readonly text: string }
  | { readonly kind: 'skipped'; readonly message: string }
  | {
      readonly kind: 'failure' | 'error'
      readonly type: string
      readonly message: string
      readonly body: string
    }

export interface Context {
  readonly model: RunModel
  readonly summary: Summary
  readonly reasons: ReadonlyMap<string, readonly SummaryReason[]>
}

/** Of a window that never took place. */
export function skippedResult(summary: Summary, part: string): TestResult {
  return { kind: 'skipped', message: `the window never took place: ${whyNever(summary, part)}` }
}

function whyNever(summary: Summary, part: string): string {
  const refused = summary.changes.find((change) => change.name === part)?.refused
  if (refused !== undefined) return `the change was not applied to ${refused}`
  if (isCutOff(summary)) return 'the run ended before'
  if (summary.reasons.some((reason) => reason.code === 'baseline-broken')) {
    return 'the system was not healthy before any change, so nothing was applied'
  }
  const [first] = summary.reasons
  if (!first) return 'the run did not get there'
  const of = first.flow === undefined ? '' : `${first.flow} as ${first.actor}: `
  return `the run ended before, by ${of}${first.message}`
}

/** How a cell did in one window, relative to what the scenario says. */
export function resultOf(
  context: Context,
  cell: CellDeclaration,
  outcome: CellOutcome,
): TestResult {
  const { summary } = context
  const reason = reasonFor(context, cell, outcome)
  if (reason) {
    const kind = severityOf(reason, summary.verdict) === 'fail' ? 'failure' : 'error'
    return {
      kind,
      type: reason.code,
      message: reason.message,
      body: bodyOf(context, cell, outcome),
    }
  }
  const open = openProblem(context, outcome)
  if (open) return { ...open, body: bodyOf(context, cell, outcome) }
  return { kind: 'passed', text: passedText(outcome, summary) }
}

/** The run's reason about this cell that speaks of this window. */
function reasonFor(
  { reasons }: Context,
  cell: CellDeclaration,
  outcome: CellOutcome,
): SummaryReason | undefined {
  const kind = outcome.window.split(':')[0]
  return reasons.get(cellKey(cell))?.find((reason) => {
    const about = windowKindOf(reason.code)
    if (about === undefined) return outcome.judgement === 'undecided'
    if (about !== kind) return false
    switch (reason.code) {
      case 'broken':
      case 'effect-absent':
      case 'effect-partial':
        return outcome.judgement === reason.code
      case 'wrong-symptom':
        return outcome.judgement === 'broken'
      default:
        return true
    }
  })
}

/** What no reason speaks of and is no success all the same: a run that was cut off, mostly. */
function openProblem(
  { summary }: Context,
  outcome: CellOutcome,
): { kind: 'failure' | 'error'; type: string; message: string } | undefined {
  const { judgement } = outcome
  if (summary.verdict === 'pass') return undefined // the verdict is the run's: this report never contradicts it
  if (judgement === 'undecided') {
    const type = isCutOff(summary) ? 'interrupted' : 'no-data'
    return { kind: 'error', type, message: `not decided: ${outcome.note ?? 'too little was seen'}` }
  }
  if (judgement === 'holds' || judgement === 'effect') return undefined
  const isChange = outcome.window.startsWith('change')
  if (isChange && summary.expectation === 'reproduces') {
    if (!isCutOff(summary)) return undefined
    const message = `${judgement}, but the run was cut off before a verdict`
    return { kind: 'error', type: 'interrupted', message }
  }
  const kind = outcome.window === 'baseline' ? 'error' : 'failure'
  return { kind, type: judgement, message: `${judgement}: ${evidenceText(outcome)}` }
}

function passedText(outcome: CellOutcome, summary: Summary): string {
  const { judgement } = outcome
  const where = windowWords(outcome.window, summary)
  if (judgement === 'holds') return `held ${where}: ${evidenceText(outcome)}`
  if (judgement === 'effect') return `changed as declared ${where}: ${evidenceText(outcome)}`
  if (judgement === 'broken') return `broke as expected ${where}: ${evidenceText(outcome)}`
  return `${judgement} ${where}, which the verdict did not need: ${evidenceText(outcome)}`
}

function evidenceText({ samples, failures, symptom }: CellOutcome): string {
  const seen = `${failures} of ${samples} samples failed`
  return symptom === null ? seen : `${symptom} (${seen})`
}

function bodyOf({ model, summary }: Context, cell: CellDeclaration, outcome: CellOutcome): string {
  const tally = model.windows.get(outcome.window)?.cells.get(cellKey(cell))
  const sample = tally ? firstFailure(tally, outcome) : null
  const lines = [
    `flow ${cell.flow}, actor ${cell.actor}, window ${outcome.window} (${windowWords(outcome.window, summary)})`,
    `${outcome.judgement} after ${formatDuration(outcome.judgedMs)}: ${evidenceText(outcome)}`,
  ]
  if (outcome.note !== null) lines.push(outcome.note)
  if (sample) {
    lines.push('', `first failure: ${sample.message ?? sample.symptom}`)
    lines.push(...(sample.exchange ? exchangeLines(sample.exchange) : ['no exchange was kept']))
  }
  return lines.join('\n')
}
