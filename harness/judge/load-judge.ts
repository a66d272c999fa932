/**
 * Judges the load of one cell in one window against its baseline. Failures by an e-value that may be looked at after every flow.
 * Latency by a rank test on the medians of half seconds, and on what the slowest tenth in each waited, so that what slows neighbours down together counts once, at looks that are known
 * beforehand and share the false-alarm budget (Bonferroni), so that it may stop at any of them.
 * Assumes of latency that these are exchangeable with those of the baseline when nothing changed, up to a drift of half
 * of what counts as slower. README.md has what happens when they are not.
 */
import type {
  JudgementOptions,
  LoadFinding,
  LoadJudgement,
  LoadJudgementOptions,
  LoadLatencyFinding,
} from '../core/index.ts'
import { evidenceOfMoreThan, smallestRatioSeen } from './failure-ratio.ts'
import { growthFound } from './growth-found.ts'
import { locationShift } from './location-shift.ts'
import { lowQuartileOf, medianOf } from './quantiles.ts'
import { rankTail } from './rank-tail.ts'
import { evidenceOfLess, evidenceOfMore } from './sequential.ts'
import { differenceOfProportions, fisherExact } from './two-proportions.ts'

export const defaultLoadJudgement: LoadJudgementOptions = {
  detectRatio: 0.05,
  slowerBy: 0.1,
  slowerByMs: 2,
  baselineMs: 15_000,
  warmUpMs: 3_000,
}

/** Flows that ended within this time have one median between them. */
export const blockMs = 500
/** No word on latency before so many blocks: 7 s, which no garbage collection and no noisy neighbour of a moment lasts. */
const firstLook = 14
const lookGrowth = 1.4
/** Failures like company: two or three that come together are no evidence, whatever the e-value makes of them. */
export const fewestFailures = 5
/** A cell holds when growth by so many times of what counts is excluded; at the end of a window so many times will do. */
const excluded = 1.5
const excludedAtDeadline = 5
/** A baseline of fewer blocks proves nothing. */
const fewestBaselineBlocks = 10
/** A slowest tenth moves by itself: it has grown when it has by so many times what counts of a median. */
const tailTimes = 5
/** Medians and slowest tenths share the budget for false alarms. */
const latencyQuestions = 2

/** What was seen of one cell in one window. */
export interface LoadSeen {
  readonly samples: number
  readonly failures: number
  readonly symptoms: Readonly<Record<string, number>>
  /** Medians in ms of the blocks that are over, in order; only flows that did not fail. */
  readonly medians: readonly number[]
  /** As many: what the slowest tenth of each block waited, at least. */
  readonly tails: readonly number[]
}

export interface LoadQuestion {
  readonly baseline: LoadSeen
  /** Cells × windows of changes: the budget for false alarms is shared among them, half for failures and half for latency. */
  readonly comparisons: number
  readonly options: JudgementOptions & LoadJudgementOptions
}

/** The judgement as soon as the evidence suffices, else undefined. */
export function judgeLoadCell(seen: LoadSeen, question: LoadQuestion): LoadJudgement | undefined {
  if (isBroken(seen, question)) return 'broken'
  const looks = looksWithin(question.options.windowMs)
  const look = lookOf(seen, question)
  if (look === undefined || question.baseline.medians.length < fewestBaselineBlocks) {
    return undefined
  }
  const waits = waitsOf(seen, question, look)
  if (waits.some(({ now, about }) => isSlower(now, about, looks.length))) return 'slower'
  return isClean(seen, question, 1) &&
    waits.every(({ now, about }) => isNotSlower(now, about, looks.length, excluded))
    ? 'holds'
    : undefined
}

/**
 * The judgement of a window that ended before the evidence sufficed. Where little traffic has shown nothing, and could have shown a
 * great effect, the cell holds: `smallestRatio` and `smallestGrowth` say what would have been seen.
 */
export function judgeLoadAtDeadline(seen: LoadSeen, question: LoadQuestion): LoadJudgement {
  const { baseline, options } = question
  const isMeasured = Math.min(seen.medians.length, baseline.medians.length) >= fewestBaselineBlocks
  const looks = looksWithin(options.windowMs).length
  return isMeasured &&
    !isSuspectedToFail(seen, question) &&
    isClean(seen, question, excludedAtDeadline) &&
    waitsOf(seen, question).every(
      ({ now, about }) =>
        !isSuspect(now, about) && isNotSlower(now, about, looks, excludedAtDeadline),
    )
    ? 'holds'
    : 'undecided'
}

/** After how many blocks it was looked at last. */
function lookOf({ medians }: LoadSeen, { options }: LoadQuestion): number | undefined {
  return looksWithin(options.windowMs).findLast((blocks) => blocks <= medians.length)
}

/** What is asked of latency in the first blocks: the medians, and the slowest tenths as if they were medians, with wider limits. */
function waitsOf(seen: LoadSeen, question: LoadQuestion, blocks?: number) {
  const { baseline, options } = question
  const { slowerBy, slowerByMs } = options
  const ofTails: LoadQuestion = {
    ...question,
    baseline: { ...baseline, medians: baseline.tails },
    options: { ...options, slowerBy: tailTimes * slowerBy, slowerByMs: tailTimes * slowerByMs },
  }
  return [
    { now: seen.medians.slice(0, blocks), about: question },
    { now: seen.tails.slice(0, blocks), about: ofTails },
  ] as const
}

/** Whether a baseline fails so often that nothing can be compared with it. */
export function isBrokenBaseline(seen: LoadSeen, { comparisons, options }: LoadQuestion): boolean {
  const evidence = evidenceOfMore(seen.failures, seen.samples, options.detectRatio)
  return evidence >= Math.max(1, comparisons) / options.falseAlarm
}

/** What is written down beside a judgement. Of a cell that is slower its latency is that of the blocks by which it was found. */
export function loadEvidence(
  seen: LoadSeen,
  question: LoadQuestion,
  judgement: LoadJudgement,
): Omit<LoadFinding, 'flow' | 'actor' | 'window' | 'judgement' | 'judgedMs' | 'note'> {
  const { baseline } = question
  const isFound = judgement === 'slower'
  const [medians, tails] = waitsOf(seen, question, isFound ? lookOf(seen, question) : undefined)
  const latency = latencyOf(medians.now, question)
  const looks = looksWithin(question.options.windowMs).length
  const isOfTheTail =
    isFound && isSlower(tails.now, tails.about, looks) && !isSlower(medians.now, question, looks)
  const tail = isOfTheTail ? latencyOf(tails.now, tails.about) : undefined
  return {
    samples: seen.samples,
    failures: seen.failures,
    symptoms: seen.symptoms,
    baselineSamples: baseline.samples,
    baselineFailures: baseline.failures,
    eValue: evidenceOf(seen, question),
    smallestRatio: smallestRatioNoticed(seen, question),
    ...(latency === undefined ? {} : { latency }),
    ...(tail === undefined ? {} : { tail }),
  }
}

/** Numbers of blocks after which latency is looked at, each 1.4 times the one before, as far as the longest window goes. */
export function looksWithin(windowMs: number): number[] {
  const looks: number[] = []
  for (let blocks = firstLook; blocks * blockMs <= windowMs;) {
    looks.push(blocks)
    blocks = Math.round(blocks * lookGrowth)
  }
  return looks
}

function isBroken(seen: LoadSeen, question: LoadQuestion): boolean {
  return seen.failures >= fewestFailures && evidenceOf(seen, question) >= evidenceNeeded(question)
}

function evidenceNeeded({ comparisons, options }: LoadQuestion): number {
  return (2 * Math.max(1, comparisons)) / options.falseAlarm
}

function evidenceOf({ samples, failures }: LoadSeen, { baseline, options }: LoadQuestion): number {
  return evidenceOfMoreThan(
    { hits: baseline.failures, total: baseline.samples },
    { hits: failures, total: samples },
    options.toleratedRatio,
  )
}

/** Whether failures by `times` the `detectRatio` beyond the baseline are excluded. */
function isClean(seen: LoadSeen, question: LoadQuestion, times: number): boolean {
  const { usual, detect } = ratiosOf(question, times)
  return evidenceOfLess(seen.failures, seen.samples, usual, detect) >= 1 / question.options.miss
}

function ratiosOf({ baseline, options }: LoadQuestion, times: number) {
  const usual = Math.max(
    options.toleratedRatio,
    baseline.samples === 0 ? 0 : baseline.failures / baseline.samples,
  )
  const detect = Math.min(0.99, usual - options.toleratedRatio + times * options.detectRatio)
  return { usual, detect }
}

/** The failure ratio from which on it would have been noticed: called broken, or else not have held. With the stated confidence. */
function smallestRatioNoticed(seen: LoadSeen, question: LoadQuestion): number {
  const { baseline, options } = question
  const found = smallestRatioSeen(
    { hits: baseline.failures, total: baseline.samples },
    seen.samples,
    options.toleratedRatio,
    { evidence: evidenceNeeded(question), hits: fewestFailures },
    options.miss,
  )
  const times = [1, excludedAtDeadline].find((one) => isClean(seen, question, one))
  return times === undefined ? found : Math.min(found, ratiosOf(question, times).detect)
}

/** Significantly above half of what counts, in most blocks of each third of the time, and by the best estimate above all of it. */
function isSlower(all: readonly number[], question: LoadQuestion, looks: number): boolean {
  // Before as much time has passed as they wait, only those can have ended that waited less.
  const medians = all.slice(Math.min(Math.floor(medianOf(all) / blockMs), firstLook / 2))
  const { baseline } = question
  const half = raised(baseline.medians, question, 0.5)
  if (rankTail(half, medians).pValue > slowAlpha(question, looks)) return false
  const limitMs = medianOf(half)
  const size = medians.length / 3
  const isLasting = [0, 1, 2].every(
    (third) => lowQuartileOf(medians.slice(third * size, (third + 1) * size)) > limitMs,
  )
  return isLasting && isGrown(medians, question)
}

function isGrown(medians: readonly number[], { baseline, options }: LoadQuestion): boolean {
  const { growth, grownMs } = growthOf(baseline.medians, medians)
  return growth >= options.slowerBy && grownMs >= options.slowerByMs
}

/** Grown, and hardly by chance: not enough to call it slower, but too much to call it holding. */
function isSuspect(medians: readonly number[], question: LoadQuestion): boolean {
  const half = raised(question.baseline.medians, question, 0.5)
  return rankTail(half, medians).pValue <= question.options.miss && isGrown(medians, question)
}

/** More fails than before by what counts, and hardly by chance: not enough to call it broken. */
function isSuspectedToFail(
  { samples, failures }: LoadSeen,
  { baseline, options }: LoadQuestion,
): boolean {
  const before = { hits: baseline.failures, total: baseline.samples }
  const now = { hits: failures, total: samples }
  const { difference = 0 } = differenceOfProportions(before, now, 0.95) ?? {}
  return difference >= options.detectRatio && fisherExact(before, now) <= options.miss
}

/** Whether growth by `times` what counts is excluded. */
function isNotSlower(
  medians: readonly number[],
  question: LoadQuestion,
  looks: number,
  times: number,
): boolean {
  const { pValue } = rankTail(medians, raised(question.baseline.medians, question, times))
  return pValue <= question.options.miss / looks
}

function slowAlpha({ comparisons, options }: LoadQuestion, looks: number): number {
  return options.falseAlarm / (2 * latencyQuestions * Math.max(1, comparisons) * looks)
}

/** The medians of the baseline, slower by a part of what counts. */
function raised(
  medians: readonly number[],
  { options }: LoadQuestion,
  part: number,
): readonly number[] {
  return medians.map((ms) =>
    Math.max(ms * (1 + part * options.slowerBy), ms + part * options.slowerByMs),
  )
}

/** The shift between the two by Hodges and Lehmann, as a share (of logarithms) and in ms. */
function growthOf(before: readonly number[], now: readonly number[]) {
  const logs = (list: readonly number[]) => list.map((ms) => Math.log(Math.max(ms, 1e-3)))
  const share = locationShift(logs(before), logs(now), 0.95)
  return {
    growth: Math.expm1(share?.shift ?? 0),
    low: Math.expm1(share?.low ?? -Infinity),
    high: Math.expm1(share?.high ?? Infinity),
    grownMs: locationShift(before, now, 0.95)?.shift ?? 0,
  }
}

function latencyOf(
  medians: readonly number[],
  question: LoadQuestion,
): LoadLatencyFinding | undefined {
  const before = question.baseline.medians
  if (before.length < 2 || medians.length < 2) return undefined
  const { growth, low, high } = growthOf(before, medians)
  const smallestGrowth = smallestGrowthSeen(medians, question)
  return {
    baselineMs: round(medianOf(before)),
    nowMs: round(medianOf(medians)),
    growth: round(growth),
    ...(Number.isFinite(high) ? { low: round(low), high: round(high) } : {}),
    pValue: rankTail(raised(before, question, 0.5), medians).pValue,
    ...(smallestGrowth === undefined ? {} : { smallestGrowth: round(smallestGrowth) }),
  }
}

/**
 * The growth of the median from which on it would have been noticed, with the stated confidence: as slower, or, where such growth is
 * excluded, since the cell would not hold then.
 */
function smallestGrowthSeen(
  medians: readonly number[],
  question: LoadQuestion,
): number | undefined {
  const { options, baseline } = question
  const before = baseline.medians
  const looks = looksWithin(options.windowMs)
  const blocks = looks.findLast((look) => look <= medians.length)
  if (before.length < fewestBaselineBlocks) return undefined
  const asShare = (times: number) =>
    times * Math.max(options.slowerBy, options.slowerByMs / medianOf(before))
  const times = [excluded, excludedAtDeadline].find((one) =>
    isNotSlower(medians, question, looks.length, one),
  )
  const alpha = slowAlpha(question, looks.length)
  const raise = (list: readonly number[]) => raised(list, question, 0.5)
  const found =
    blocks === undefined ? undefined : growthFound({ before, blocks, alpha, raise }, options.miss)
  const seen = [
    ...(found === undefined ? [] : [Math.max(found, asShare(1))]),
    ...(times === undefined ? [] : [asShare(times)]),
  ]
  return seen.length === 0 ? undefined : Math.min(...seen)
}

function round(value: number): number {
  return Math.round(value * 1e3) / 1e3
}
