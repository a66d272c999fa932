import { durationMs } from '../load/index.ts'
import { checkKnown, problem, type Problem } from './problem.ts'

const members = ['from', 'to', 'stepDuration', 'precision', 'recoverWithin']
/** In less than that too little comes back to judge by. */
const shortestStepMs = 1_000

/** All that is wrong with the search for a breakpoint, and with a profile that it would be made with. Accepts any values. */
export function checkBreakpoint(value: unknown, profile: unknown): Problem[] {
  if (value === undefined) return []
  const suited = [...checkExecutors(profile), ...checkDemanded(profile)]
  if (!isObject(value)) {
    return [...problem('breakpoint', `is ${show(value)}`, 'use { from, to }'), ...suited]
  }
  const { from, to, stepDuration, precision, recoverWithin } = value
  const isFrom = isNumber(from) && from > 0
  return [
    ...checkKnown('breakpoint', value, members),
    ...(isFrom ? [] : problem('breakpoint.from', `is ${show(from)}`, 'use a number over 0')),
    ...(isNumber(to) && to > (isFrom ? from : 0)
      ? []
      : problem('breakpoint.to', `is ${show(to)}`, 'use a number over from')),
    ...checkDuration('stepDuration', stepDuration, shortestStepMs),
    ...(precision === undefined || (isNumber(precision) && precision > 0 && precision < 1)
      ? []
      : problem(
          'breakpoint.precision',
          `is ${show(precision)}`,
          'use a number between 0 and 1: 0.1 is 10 %',
        )),
    ...checkDuration('recoverWithin', recoverWithin, 0),
    ...suited,
  ]
}

function checkDuration(name: string, value: unknown, leastMs: number): Problem[] {
  if (value === undefined) return []
  const ms = typeof value === 'string' || typeof value === 'number' ? durationMs(value) : NaN
  return Number.isFinite(ms) && ms >= leastMs
    ? []
    : problem(
        `breakpoint.${name}`,
        `is ${show(value)}`,
        `use '10s', '1m30s' or a number of ms, from ${leastMs} on`,
      )
}

/** What is wrong with an executor itself is told by the check of the profile. */
function checkExecutors(profile: unknown): Problem[] {
  const executors = isObject(profile) ? profile['executors'] : undefined
  if (!isObject(executors)) return []
  const kinds = Object.values(executors).map((one) => (isObject(one) ? one['executor'] : one))
  return kinds.length === 1 && kinds[0] === 'constant-arrival-rate'
    ? []
    : problem(
        'breakpoint',
        `does not suit ${kinds.map(String).join(', ') || 'no executor'}`,
        'give the profile one executor, constant-arrival-rate',
      )
}

function checkDemanded(profile: unknown): Problem[] {
  if (!isObject(profile)) return []
  const thresholds = profile['thresholds']
  const lists = isObject(thresholds) ? Object.values(thresholds) : [thresholds]
  return lists.every((list) => list === undefined || (Array.isArray(list) && list.length === 0))
    ? problem(
        'profile.thresholds',
        'demands nothing, and so no rate could break',
        "say what must hold: { checks: ['rate>0.99'], iteration_duration: ['p(95)<500'] }",
      )
    : []
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function show(value: unknown): string {
  if (value === undefined) return 'missing'
  return typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? typeof value)
}
