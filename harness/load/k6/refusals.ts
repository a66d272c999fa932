/** What k6 refuses of executors that are right here. Source: grafana.com/docs/k6/latest/using-k6/scenarios/executors. */
import type { LoadExecutor } from '../../core/index.ts'
import { durationOr } from '../duration.ts'
import { mostVus } from '../pacer.ts'

/** k6 counts in whole numbers: a rate of 0.5 per second is 500 per 1000 s. */
export const fractions = 1_000
const leastMs = 1_000

/** Of a validated executor: each as a text that names the field, its value, and what to do. */
export function refusalsOf(name: string, executor: LoadExecutor): string[] {
  const at = `executors.${name}`
  const times = { duration: undefined, maxDuration: undefined, ...executor }
  const tooShort = (['duration', 'maxDuration'] as const).flatMap((field) => {
    const value = times[field]
    return durationOr(value, leastMs) >= leastMs
      ? []
      : [`${at}.${field} is ${JSON.stringify(value)}: k6 wants a second at least; use '1s' or more`]
  })
  return [...tooShort, ...countsOf(at, executor), ...ratesOf(at, executor)]
}

function countsOf(at: string, executor: LoadExecutor): string[] {
  if (executor.executor === 'ramping-vus' && mostVus(executor) === 0) {
    return [`${at} never has a user: k6 wants one at least; give a stage a target from 1`]
  }
  if (executor.executor !== 'shared-iterations') return []
  const { iterations = 1, vus = 1 } = executor
  return iterations >= vus
    ? []
    : [
        `${at}.iterations is ${iterations}: k6 wants one for each of ${vus} users; use vus: ${iterations}`,
      ]
}

function ratesOf(at: string, executor: LoadExecutor): string[] {
  if (!('preAllocatedVUs' in executor)) return []
  const rates =
    executor.executor === 'constant-arrival-rate'
      ? [executor.rate]
      : [executor.startRate ?? 0, ...executor.stages.map(({ target }) => target)]
  return rates
    .filter((rate) => rate > 0 && Math.round(rate * fractions) === 0)
    .map(
      (rate) => `${at} has a rate of ${rate}: k6 gets thousandths at best; use a longer timeUnit`,
    )
}
