import { seededRandom, type LoadJudgement, type Random } from '../core/index.ts'
import { defaultJudgement } from './cell-judge.ts'
import {
  blockMs,
  defaultLoadJudgement,
  judgeLoadAtDeadline,
  judgeLoadCell,
  type LoadQuestion,
  type LoadSeen,
} from './load-judge.ts'
import { LoadTally, type LoadOutcome } from './load-tally.ts'

/** What the traffic of a cell is like. Times in ms. */
export interface Traffic {
  readonly ratePerSecond: number
  readonly medianMs: number
  /** Of the logarithm of a latency. */
  readonly sigma: number
  readonly failureRatio: number
  /** What real systems do to neighbouring requests: pauses of garbage collection, moments of a busy machine, a level that wanders and drifts. */
  readonly isNoisy: boolean
  /** From the change on. */
  readonly slowdown?: number
  readonly failureRatioAfter?: number
  /** A share of the flows that then takes so many ms longer. */
  readonly delayedAfter?: { readonly share: number; readonly byMs: number }
}

const baselineMs = defaultLoadJudgement.baselineMs
const options = { ...defaultJudgement, ...defaultLoadJudgement }

/** Flows of the baseline and of a window after it, in the order in which they end. */
function traffic(given: Traffic, seed: number): { before: LoadOutcome[]; after: LoadOutcome[] } {
  const random = seededRandom(seed)
  const lengthMs = baselineMs + options.windowMs
  const level = given.isNoisy ? levels(random, lengthMs) : () => 1
  const pausedUntil = given.isNoisy ? pauses(random, lengthMs) : (ms: number) => ms
  const flows: LoadOutcome[] = []
  let isSick = false
  for (let i = 0; i < (lengthMs / 1_000) * given.ratePerSecond; i += 1) {
    const startMs = (i * 1_000) / given.ratePerSecond
    const isAfter = startMs >= baselineMs
    const factor = isAfter ? (given.slowdown ?? 1) : 1
    const work = given.medianMs * factor * level(startMs) * Math.exp(given.sigma * normal(random))
    const { share, byMs } = (isAfter ? given.delayedAfter : undefined) ?? { share: 0, byMs: 0 }
    const endMs = pausedUntil(startMs) + work + (share > 0 && random() < share ? byMs : 0)
    const ratio = isAfter ? (given.failureRatioAfter ?? given.failureRatio) : given.failureRatio
    // Failures like company: one in five that follow a failure fail too.
    isSick = random() < (given.isNoisy && isSick ? Math.max(0.2, ratio) : ratio)
    flows.push({ endMs, durationMs: endMs - startMs, symptom: isSick ? '500' : undefined })
  }
  const sorted = flows.toSorted((a, b) => a.endMs - b.endMs)
  return {
    before: sorted.filter(({ endMs }) => endMs < baselineMs),
    after: sorted
      .filter(({ endMs, durationMs }) => endMs - durationMs >= baselineMs)
      .map((one) => ({ ...one, endMs: one.endMs - baselineMs })),
  }
}

export interface Outcome {
  readonly judgement: LoadJudgement
  /** From the change on. */
  readonly atMs: number
}

/** Judges as a run does: after each flow, and after each block once the results of all threads are in. */
export function judged(given: Traffic, seed: number, comparisons = 1): Outcome {
  const { before, after } = traffic(given, seed)
  const question: LoadQuestion = { baseline: seenOf(before, baselineMs), comparisons, options }
  const tally = new LoadTally()
  for (const outcome of after) {
    const isOver = tally.closeUntil(outcome.endMs - lagMs)
    const judgement = isOver ? judgeLoadCell(tally, question) : undefined
    if (judgement) return { judgement, atMs: outcome.endMs }
    tally.take(outcome)
    if (outcome.symptom !== undefined) {
      const now = judgeLoadCell(tally, question)
      if (now) return { judgement: now, atMs: outcome.endMs }
    }
  }
  tally.closeUntil(options.windowMs)
  return { judgement: judgeLoadAtDeadline(tally, question), atMs: options.windowMs }
}

/** Until the batches of all threads have arrived. */
const lagMs = 400

function seenOf(flows: readonly LoadOutcome[], lengthMs: number): LoadSeen {
  const tally = new LoadTally()
  for (const flow of flows) tally.take(flow)
  tally.closeUntil(lengthMs)
  return tally
}

/** Box and Muller. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/** Drifts by up to 4 % a minute, wanders by 3 % within seconds, and is 1.3 to 2.5 times as high for up to 1.5 s three times a minute. */
function levels(random: Random, lengthMs: number): (atMs: number) => number {
  const stepMs = 100
  const perStep = (random() * 0.08 - 0.04) * (stepMs / 60_000)
  const memory = Math.exp(-stepMs / 2_000)
  let wander = 0
  let busyUntil = 0
  let busy = 1
  const list = Array.from({ length: Math.ceil(lengthMs / stepMs) + 1 }, (_, i) => {
    wander = memory * wander + Math.sqrt(1 - memory ** 2) * 0.03 * normal(random)
    const atMs = i * stepMs
    if (atMs >= busyUntil && random() < stepMs / 20_000) {
      busyUntil = atMs + 300 + random() * 1_200
      busy = 1.3 + random() * 1.2
    }
    return (1 + perStep * i) * Math.exp(wander) * (atMs < busyUntil ? busy : 1)
  })
  return (atMs) => list[Math.floor(atMs / stepMs)] ?? 1
}

/** Nothing goes on for 10 to 70 ms, every two seconds or so. */
function pauses(random: Random, lengthMs: number): (atMs: number) => number {
  const list: { from: number; to: number }[] = []
  for (let at = 0; at < lengthMs;) {
    at += -2_000 * Math.log(1 - random())
    list.push({ from: at, to: at + 10 + random() * 60 })
  }
  return (atMs) => list.find(({ from, to }) => atMs >= from && atMs < to)?.to ?? atMs
}

/** Medians of blocks that are exchangeable: what the rank test assumes. */
export function plainMedians(count: number, random: Random): number[] {
  return Array.from({ length: count }, () => 20 * Math.exp(0.1 * normal(random)))
}

export const blocksOfBaseline = baselineMs / blockMs
export const testOptions = options
