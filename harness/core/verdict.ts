import { cellKey, type CellId } from './cell.ts'

/** Stable codes for why a run did not pass. */
export type ReasonCode =
  | 'broken'
  | 'effect-absent'
  | 'effect-partial'
  | 'change-refused'
  | 'not-reproduced'
  | 'wrong-symptom'
  | 'not-recovered'
  | 'undo-failed'
  | 'state-differs'
  | 'status-page'
  | 'outside-traffic'
  | 'outside-limit'
  | 'site-handler'
  | 'amplification'
  | 'write-lost'
  | 'write-duplicated'
  | 'write-phantom'
  | 'slow-recovery'
  | 'escape-route'
  | 'replica-died'
  | 'baseline-broken'
  | 'no-data'
  | 'change-is-noop'
  | 'apply-failed'
  | 'checker-crashed'
  | 'threshold'
  | 'broken-under-load'
  | 'slower-under-load'
  | 'leak'
  | 'generator-limited'
  | 'run-failed'
  | 'interrupted'

/** A reason says what, for whom, and with which figures, in one sentence that needs no context. */
export interface Reason {
  readonly code: ReasonCode
  readonly message: string
  readonly cell?: CellId
}

export type Verdict =
  | { readonly kind: 'pass' }
  | { readonly kind: 'fail'; readonly reasons: readonly Reason[] }
  | { readonly kind: 'inconclusive'; readonly reasons: readonly Reason[] }

export const pass: Verdict = { kind: 'pass' }

export function fail(...reasons: Reason[]): Verdict {
  return { kind: 'fail', reasons }
}

export function inconclusive(...reasons: Reason[]): Verdict {
  return { kind: 'inconclusive', reasons }
}

export function reasonsOf(verdict: Verdict): readonly Reason[] {
  return verdict.kind === 'pass' ? [] : verdict.reasons
}

const rank = { pass: 0, inconclusive: 1, fail: 2 } as const

/** The worst wins (fail > inconclusive > pass) and keeps the reasons of all that are not pass, worst first. No verdict at all is inconclusive. */
export function combine(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.length === 0) {
    return inconclusive({ code: 'no-data', message: 'nothing was judged' })
  }
  const sorted = verdicts.toSorted((a, b) => rank[b.kind] - rank[a.kind])
  const worst = (sorted[0] as Verdict).kind
  if (worst === 'pass') return pass
  return { kind: worst, reasons: sorted.flatMap(reasonsOf) }
}

/** `open-link × web: broken …`, for logs and test names. */
export function formatReason(reason: Reason): string {
  return reason.cell ? `${cellKey(reason.cell)}: ${reason.message}` : reason.message
}

export const exitCodes = {
  pass: 0,
  fail: 1,
  inconclusive: 2,
  usage: 64,
  harness: 70,
  interrupted: 130,
  terminated: 143,
} as const
