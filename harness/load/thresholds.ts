/**
 * Thresholds in k6's grammar: `aggregation operator number` on a metric, whose tags may be narrowed down in braces.
 * Source: grafana.com/docs/k6/latest/using-k6/thresholds. Other than in k6, no data is inconclusive and not a pass.
 */
import type { LoadThreshold } from '../core/index.ts'
import { durationOr } from './duration.ts'
import {
  metricTypes,
  tagNames,
  type MetricName,
  type MetricType,
  type Tags,
} from './metric-names.ts'

export type Aggregation =
  | { readonly kind: 'avg' | 'min' | 'max' | 'med' | 'count' | 'rate' }
  | { readonly kind: 'p'; readonly percentile: number }

type Operator = '<' | '<=' | '>' | '>=' | '==' | '!='

export interface Threshold {
  readonly metric: MetricName
  readonly tags: Tags
  readonly aggregation: Aggregation
  readonly operator: Operator
  readonly limit: number
  readonly abortOnFail: boolean
  readonly delayAbortMs: number
  /** As written: metric, tags, expression. */
  readonly text: string
}

/** Reads a figure from what was measured; undefined: nothing was. */
export type ReadFigure = (
  metric: MetricName,
  tags: Tags,
  aggregation: Aggregation,
) => number | undefined

/** What was measured, with the flows and requests that were cut off. */
export interface FiguresAtEnd {
  readonly read: ReadFigure
  /** What it would be if those that are overdue had failed, and never ended. */
  readonly readAtWorst: ReadFigure
  readonly overdue: (metric: MetricName, tags: Tags) => number
}

export interface ThresholdResult {
  readonly text: string
  readonly outcome: 'holds' | 'crossed' | 'no-data'
  /** Absent without data. */
  readonly value?: number
  /** Of 'no-data': so many flows, or of metrics of requests so many requests, were cut off at the end, and whether it holds depends on what would have become of them. */
  readonly cut?: number
}

const expression =
  /^(?:(avg|min|max|med|count|rate)|p\((\d+(?:\.\d+)?)\))\s*(<=|>=|===|==|!=|<|>)\s*(-?\d+(?:\.\d+)?)$/

const aggregationsOf: Readonly<Record<MetricType, readonly string[]>> = {
  trend: ['avg', 'min', 'max', 'med', 'p(N)'],
  rate: ['rate'],
  counter: ['count', 'rate'],
}

/** A threshold, or what is wrong with it as a text that says what to do. */
export function parseThreshold(selector: string, given: LoadThreshold): Threshold | string {
  const problems = problemsOfThreshold(selector, given)
  if (problems.length > 0) return problems.join(', and ')
  const { threshold, abortOnFail, delayAbortEval } = partsOf(given)
  const [, word, percentile, operator = '', limit] = expression.exec(threshold.trim()) ?? []
  return {
    ...(parseSelector(selector) as Pick<Threshold, 'metric' | 'tags'>),
    aggregation:
      word === undefined
        ? { kind: 'p', percentile: Number(percentile) }
        : { kind: word as Exclude<Aggregation['kind'], 'p'> },
    operator: (operator === '===' ? '==' : operator) as Operator,
    limit: Number(limit),
    abortOnFail: abortOnFail ?? false,
    delayAbortMs: durationOr(delayAbortEval, 0),
    text: `${selector}: ${threshold.trim()}`,
  }
}

/** All that is wrong with a threshold, each a text that says what to do after ': '. */
export function problemsOfThreshold(selector: string, given: LoadThreshold): string[] {
  const { threshold, abortOnFail, delayAbortEval } = partsOf(given)
  const selected = parseSelector(selector)
  return [
    ...(typeof selected === 'string' ? [selected] : []),
    ...problemsOfExpression(threshold, typeof selected === 'string' ? undefined : selected.metric),
    ...(Number.isNaN(durationOr(delayAbortEval, 0))
      ? [`delayAbortEval is '${delayAbortEval}': use '10s'`]
      : []),
    ...(abortOnFail === undefined || typeof abortOnFail === 'boolean'
      ? []
      : [`abortOnFail is '${String(abortOnFail)}': use true or false`]),
  ]
}

function partsOf(given: LoadThreshold): Exclude<LoadThreshold, string> {
  return typeof given === 'string' ? { threshold: given } : given
}

/** `metric`: undefined where that is not known. */
function problemsOfExpression(threshold: string, metric: MetricName | undefined): string[] {
  const [, word, percentile, , limit] = expression.exec(threshold.trim()) ?? []
  if (limit === undefined)
    return [`'${threshold}' is not a threshold: use 'p(95)<300' or 'rate>0.99'`]
  const allowed = metric === undefined ? undefined : aggregationsOf[metricTypes[metric]]
  if (allowed && !allowed.includes(word ?? 'p(N)')) {
    return [`'${threshold}' does not suit ${metric}: use ${allowed.join(', ')}`]
  }
  return percentile !== undefined && Number(percentile) > 100
    ? [`'${threshold}' asks for more than 100 percent: use p(0) to p(100)`]
    : []
}

function parseSelector(selector: string): { metric: MetricName; tags: Tags } | string {
  const [, metric = '', inBraces] = /^([a-z_]+)(?:\{([^{}]*)\})?$/.exec(selector.trim()) ?? []
  if (!Object.hasOwn(metricTypes, metric)) {
    return `'${selector}' is no metric: use one of ${Object.keys(metricTypes).join(', ')}`
  }
  const tags: Record<string, string> = {}
  for (const part of inBraces === undefined ? [] : inBraces.split(',')) {
    const [, name = '', value = ''] = /^\s*([a-z]+)\s*:\s*(.+?)\s*$/.exec(part) ?? []
    if (!(tagNames as readonly string[]).includes(name)) {
      return `'{${inBraces}}' is no list of tags: use {flow:…,actor:…}; known are ${tagNames.join(', ')}`
    }
    if (Object.hasOwn(tags, name)) {
      return `'{${inBraces}}' has the tag ${name} twice: give each a threshold of its own`
    }
    tags[name] = value
  }
  if (inBraces !== undefined && metric === 'http_req_connecting') {
    return `'${selector}' has tags, and a connection is of no flow or window: use 'http_req_connecting'`
  }
  return { metric: metric as MetricName, tags }
}

/** Every threshold of a validated profile. */
export function thresholdsOf(
  given: Readonly<Record<string, readonly LoadThreshold[]>> = {},
): Threshold[] {
  return Object.entries(given).flatMap(([selector, list]) =>
    list.flatMap((one) => {
      const parsed = parseThreshold(selector, one)
      return typeof parsed === 'string' ? [] : [parsed]
    }),
  )
}

/** The threshold of a result, by its text. Throws of a text that is none. */
export function thresholdOf(text: string): Threshold {
  const at = text.lastIndexOf(': ')
  const parsed = parseThreshold(text.slice(0, at), text.slice(at + 2))
  if (typeof parsed === 'string') throw new Error(parsed)
  return parsed
}

export function evaluate(threshold: Threshold, read: ReadFigure): ThresholdResult {
  const { text, metric, tags, aggregation } = threshold
  const value = read(metric, tags, aggregation)
  if (value === undefined || Number.isNaN(value)) return { text, outcome: 'no-data' }
  return { text, outcome: holds(value, threshold) ? 'holds' : 'crossed', value }
}

/** At the end of a load. One that holds only without what was cut off has no data: a system that stalled then is not to pass. */
export function evaluateAtEnd(
  threshold: Threshold,
  { read, readAtWorst, overdue }: FiguresAtEnd,
): ThresholdResult {
  const result = evaluate(threshold, read)
  if (result.outcome !== 'holds') return result
  if (evaluate(threshold, readAtWorst).outcome === 'holds') return result
  return { ...result, outcome: 'no-data', cut: overdue(threshold.metric, threshold.tags) }
}

/** Whether this one ends the load now. */
export function endsTheLoad(threshold: Threshold, read: ReadFigure, elapsedMs: number): boolean {
  return (
    threshold.abortOnFail &&
    elapsedMs >= threshold.delayAbortMs &&
    evaluate(threshold, read).outcome === 'crossed'
  )
}

export function holds(value: number, { operator, limit }: Threshold): boolean {
  switch (operator) {
    case '<':
      return value < limit
    case '<=':
      return value <= limit
    case '>':
      return value > limit
    case '>=':
      return value >= limit
    case '==':
      return value === limit
    case '!=':
      return value !== limit
  }
}
