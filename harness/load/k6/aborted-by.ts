import type { LoadProfile } from '../../core/index.ts'
import { thresholdsOf, type ThresholdResult } from '../thresholds.ts'
import { selectorOf } from './options.ts'

/** As k6 says it before it ends with 99; at a threshold that is crossed at the end it says something else. Source: github.com/grafana/k6, metrics/engine. */
const stopped =
  /thresholds on metrics '([^\n]+)' were (?:crossed|breached); at least one has abortOnFail enabled/

/** The threshold by which k6 ended a load before its time, from the last that it said; of several the first that does not hold. */
export function abortedBy(
  lastLines: string,
  thresholds: LoadProfile['thresholds'] = {},
  results: readonly ThresholdResult[] = [],
): string | undefined {
  const [, said] = stopped.exec(lastLines) ?? []
  if (said === undefined) return undefined
  const named = new Set(said.split(', '))
  const own = Object.entries(thresholds).filter(([selector]) => named.has(selectorOf(selector)))
  const able = thresholdsOf(Object.fromEntries(own)).filter(({ abortOnFail }) => abortOnFail)
  const isCrossed = ({ text }: { readonly text: string }) =>
    results.some((one) => one.text === text && one.outcome === 'crossed')
  return (able.find(isCrossed) ?? able[0])?.text ?? said
}
