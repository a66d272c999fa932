import type { Evidence, Judgement, JudgementOptions } from '../core/index.ts'
import { evidenceOfLess, evidenceOfMore, smallestDetectable } from './sequential.ts'

export const defaultJudgement: JudgementOptions = {
  toleratedRatio: 0.01,
  detectRatio: 0.3,
  falseAlarm: 0.001,
  miss: 0.05,
  windowMs: 20_000,
}

/** What was seen of one cell in one window. */
export interface CellTally {
  readonly samples: number
  readonly ok: number
  readonly symptoms: Readonly<Record<string, number>>
  /** Successes since the last failure. */
  readonly streak: number
  /** How many rows of failures there were. */
  readonly relapses: number
  /** When the first success after the last row ended: what began before it is of that row still. */
  readonly wellMs: number | undefined
}

export const emptyTally: CellTally = {
  samples: 0,
  ok: 0,
  symptoms: {},
  streak: 0,
  relapses: 0,
  wellMs: undefined,
}

/** When a sample began and ended, in ms of the same clock. */
export interface SampleSpan {
  readonly startMs: number
  readonly endMs: number
}

/** Of samples that come one after the other. */
const inTurn: SampleSpan = { startMs: Infinity, endMs: 0 }

/** `symptom` is undefined for a success. The span matters where samples overlap: those of one outage end among the successes after it. */
export function tallied(
  tally: CellTally,
  symptom: string | undefined,
  { startMs, endMs }: SampleSpan = inTurn,
): CellTally {
  if (symptom === undefined) {
    return {
      ...tally,
      wellMs: tally.wellMs ?? endMs,
      samples: tally.samples + 1,
      ok: tally.ok + 1,
      streak: tally.streak + 1,
    }
  }
  const isNewRow =
    tally.ok === tally.samples || (tally.wellMs !== undefined && startMs >= tally.wellMs)
  return {
    samples: tally.samples + 1,
    ok: tally.ok,
    symptoms: { ...tally.symptoms, [symptom]: (tally.symptoms[symptom] ?? 0) + 1 },
    streak: 0,
    relapses: tally.relapses + (isNewRow ? 1 : 0),
    wellMs: isNewRow ? undefined : tally.wellMs,
  }
}

export interface CellQuestion {
  /** 'steady' asks whether the cell works, for a baseline; 'recovery' the same, but lets failures pass that end. */
  readonly about: 'steady' | 'recovery' | 'change'
  /** The symptom that the change is declared to cause in this cell; '*': any. */
  readonly declared?: string
  /** Symptoms that other steps in force are declared to cause in it: each of them will do. */
  readonly alsoDeclared?: readonly string[]
  /** Whether the declared effect may stay away. */
  readonly optional?: boolean
  /** Whether every replica has the change: then a declared effect must come always. */
  readonly everywhere: boolean
  /** Number of cells judged in the run: the false-alarm budget is shared among them (Bonferroni). */
  readonly cells: number
  readonly options: JudgementOptions
}

/** A steady state needs less power than the question what a change did: nothing was altered yet. */
const steadyDetectRatio = 0.5

/** The judgement as soon as the evidence suffices, else undefined. */
export function judgeCell(tally: CellTally, question: CellQuestion): Judgement | undefined {
  if (question.about === 'recovery') return judgeRecovery(tally, question)
  if (question.declared !== undefined && question.about === 'change') {
    const declared = [question.declared, ...(question.alsoDeclared ?? [])]
    return judgeDeclared(tally, declared, question)
  }
  const failures = tally.samples - tally.ok
  if (isMore(failures, tally.samples, question)) return 'broken'
  const detect =
    question.about === 'steady'
      ? Math.max(steadyDetectRatio, question.options.detectRatio)
      : question.options.detectRatio
  return isLess(failures, tally.samples, detect, question) ? 'holds' : undefined
}

/** Share of `miss` that is left for whoever has failed since the undo. */
const missOfRelapses = 0.1

/**
 * Failures may end, so that only the streak since the last one counts. Each streak is a chance to be taken for recovered by luck: where
 * nothing failed it has nine tenths of `miss`, and after each row of failures one half of what is left, so that a cell that goes on failing
 * at `detectRatio` is called holding with a chance of `miss` in all, however long it is watched. There is no early 'broken': recovery may
 * take its time up to the window's end.
 */
function judgeRecovery(
  { streak, relapses }: CellTally,
  { options }: CellQuestion,
): Judgement | undefined {
  const { miss, toleratedRatio, detectRatio } = options
  const share = relapses === 0 ? 1 - missOfRelapses : missOfRelapses / 2 ** Math.min(relapses, 30)
  // After a failure a streak is none before its first success, which proves nothing then.
  const seen = relapses === 0 ? streak : Math.max(0, streak - 1)
  return evidenceOfLess(0, seen, toleratedRatio, detectRatio) >= 1 / (miss * share)
    ? 'holds'
    : undefined
}

function judgeDeclared(
  tally: CellTally,
  declared: readonly string[],
  question: CellQuestion,
): Judgement | undefined {
  const { samples, ok } = tally
  const shown = declared.includes('*')
    ? samples - ok
    : [...new Set(declared)].reduce((sum, one) => sum + (tally.symptoms[one] ?? 0), 0)
  const other = samples - ok - shown
  const { detectRatio } = question.options
  if (isMore(other, samples, question)) return 'broken'
  if (!isLess(other, samples, detectRatio, question)) return undefined
  if (question.optional) return shown > 0 ? 'effect' : 'holds'
  if (isLess(shown, samples, detectRatio, question)) return 'effect-absent'
  if (!isMore(shown, samples, question)) return undefined
  if (!question.everywhere) return 'effect'
  if (isMore(ok, samples, question)) return 'effect-partial'
  return isLess(ok, samples, detectRatio, question) ? 'effect' : undefined
}

function isMore(hits: number, samples: number, { options, cells }: CellQuestion): boolean {
  return (
    evidenceOfMore(hits, samples, options.toleratedRatio) >= Math.max(1, cells) / options.falseAlarm
  )
}

function isLess(hits: number, samples: number, detect: number, { options }: CellQuestion): boolean {
  return evidenceOfLess(hits, samples, options.toleratedRatio, detect) >= 1 / options.miss
}

/** What is written down beside a judgement. */
export function evidenceOf(
  tally: CellTally,
  options: JudgementOptions,
  judgedMs: number,
  note?: string,
): Evidence {
  const failures = tally.samples - tally.ok
  return {
    samples: tally.samples,
    failures,
    symptoms: tally.symptoms,
    eValue: evidenceOfMore(failures, tally.samples, options.toleratedRatio),
    smallestDetectable: smallestDetectable(tally.samples, options.miss),
    judgedMs,
    ...(note === undefined ? {} : { note }),
  }
}

/**
 * The judgement of a cell whose window ended before the evidence sufficed. One that was to recover is broken when it failed to the last, and
 * when it fell back and has failed too often for chance: whether the very last sample of many failed is luck.
 */
export function judgeAtDeadline(tally: CellTally, question: CellQuestion): Judgement {
  const failures = tally.samples - tally.ok
  if (question.about !== 'recovery' || failures === 0) return 'undecided'
  const fellBack = tally.relapses > 1 && isMore(failures, tally.samples, question)
  return tally.streak === 0 || fellBack ? 'broken' : 'undecided'
}
