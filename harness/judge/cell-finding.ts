import { count, fail, inconclusive, pass, type CellId, type Verdict } from '../core/index.ts'
import type { Judged } from './history.ts'
import { percent, ratioOf, symptomList } from './wording.ts'

/** What it means for the run that a cell was to hold, and this was found. */
export function checkHolding(finding: Judged, under: string): Verdict {
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
        message: `the declared effect ${finding.declared} did not take effect: not seen in ${count(finding.evidence.samples, 'sample')}`,
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

export function idOf({ flow, actor }: CellId): CellId {
  return { flow, actor }
}

export function failures({ evidence }: Judged): string {
  const ratio = `${evidence.failures} of ${evidence.samples} failed`
  return evidence.failures === 0
    ? ratio
    : `${ratio} (${percent(ratioOf(evidence))}), ${symptomList(evidence)}`
}
