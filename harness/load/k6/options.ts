/** A load profile in k6's words. Sources: grafana.com/docs/k6/latest/using-k6/scenarios, .../using-k6/thresholds. */
import type {
  ConstantArrivalRate,
  LoadDuration,
  LoadExecutor,
  LoadProfile,
  LoadStage,
  LoadThreshold,
  RampingArrivalRate,
} from '../../core/index.ts'
import { durationMs, durationOr } from '../duration.ts'
import { parseThreshold } from '../thresholds.ts'
import { fractions, refusalsOf } from './refusals.ts'
import { flowMetric } from './script/plan.ts'

export interface K6Options {
  readonly scenarios: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly thresholds?: Readonly<Record<string, readonly LoadThreshold[]>>
  /** Those on which k6's own percentiles are shown in its summary. */
  readonly summaryTrendStats: readonly string[]
}

/** Of a validated profile; or what k6 cannot do of it, each as a text that says what to do. */
export function k6Options(profile: LoadProfile): K6Options | readonly string[] {
  const names = Object.keys(profile.executors)
  const problems = [
    ...names
      .filter((name) => !/^[\w-]+$/.test(name))
      .map((name) => `'${name}' is no name for k6: use letters, digits, '_' and '-'`),
    ...names.flatMap((name) => refusalsOf(name, profile.executors[name] as LoadExecutor)),
    ...Object.keys(profile.thresholds ?? {}).flatMap((selector) => problemOf(selector)),
  ]
  if (problems.length > 0) return problems
  const thresholds = Object.entries(profile.thresholds ?? {})
  return {
    scenarios: Object.fromEntries(
      Object.entries(profile.executors).map(([name, executor]) => [name, scenarioOf(executor)]),
    ),
    ...(thresholds.length === 0
      ? {}
      : {
          thresholds: Object.fromEntries(
            thresholds.map(([selector, list]) => [selectorOf(selector), list.map(thresholdOf)]),
          ),
        }),
    summaryTrendStats: ['min', 'med', 'p(95)', 'p(99)', 'max'],
  }
}

/** What k6 measures differently, or without the tags that are asked for. */
function problemOf(selector: string): string[] {
  const parsed = parseThreshold(selector, 'rate>0')
  const inBraces = /\{(.*)\}/.exec(selector)?.[1] ?? ''
  if (/\bwindow\b/.test(inBraces)) {
    return [`'${selector}': k6 knows no windows; leave the tag out`]
  }
  if (/\bstep\b/.test(inBraces)) {
    return [`'${selector}': k6 knows no steps; leave the tag out`]
  }
  const metric = typeof parsed === 'string' ? selector : parsed.metric
  if (metric.startsWith('dropped_iterations') && /\b(?:flow|actor)\b/.test(inBraces)) {
    return [`'${selector}': k6 drops a flow before it knows which; use the tag executor, or none`]
  }
  return []
}

/** iteration_duration of k6 includes think time; flows are measured by the script itself. */
export function selectorOf(selector: string): string {
  return selector
    .replaceAll(' ', '')
    .replace(/^iteration_duration\b/, flowMetric)
    .replace(/([{,])executor:/g, '$1scenario:')
}

function thresholdOf(given: LoadThreshold): LoadThreshold {
  if (typeof given === 'string' || given.delayAbortEval === undefined) return given
  return { ...given, delayAbortEval: text(given.delayAbortEval) }
}

function scenarioOf(given: LoadExecutor): Record<string, unknown> {
  const scaled = 'preAllocatedVUs' in given ? wholeRates(given) : given
  const fields: Record<string, unknown> = { exec: 'perform' }
  for (const [name, value] of Object.entries(scaled)) {
    if (!ours.has(name)) fields[name] = fieldOf(name, value)
  }
  return fields
}

/** The business of the script. */
const ours = new Set(['mix', 'thinkTime'])
const durations = new Set(['startTime', 'gracefulStop', 'duration', 'maxDuration', 'timeUnit'])

function fieldOf(name: string, value: unknown): unknown {
  if (durations.has(name)) return text(value as LoadDuration)
  if (name !== 'stages') return value
  return (value as readonly LoadStage[]).map((stage) => ({
    ...stage,
    duration: text(stage.duration),
  }))
}

function wholeRates(executor: ConstantArrivalRate | RampingArrivalRate): LoadExecutor {
  const isConstant = executor.executor === 'constant-arrival-rate'
  const rates = isConstant
    ? [executor.rate]
    : [executor.startRate ?? 0, ...executor.stages.map(({ target }) => target)]
  if (rates.every(Number.isInteger)) return executor
  const timeUnit = durationOr(executor.timeUnit, 1_000) * fractions
  const whole = (rate: number) => Math.round(rate * fractions)
  if (isConstant) return { ...executor, rate: whole(executor.rate), timeUnit }
  return {
    ...executor,
    startRate: whole(executor.startRate ?? 0),
    stages: executor.stages.map(({ target, duration }) => ({ target: whole(target), duration })),
    timeUnit,
  }
}

function text(duration: LoadDuration): string {
  // k6 takes days in front only, and whole ones.
  const isPlain = typeof duration === 'string' && !duration.includes('d')
  return isPlain ? duration : `${durationMs(duration)}ms`
}
