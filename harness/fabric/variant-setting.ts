import type { SiteVariant } from '../core/index.ts'

/** The body of a request that puts a variant in force, or what is wrong with it. Members that are not there are undefined. */
export function parseVariant(value: unknown): SiteVariant | string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return 'the body must be {name, toxicity?, first?, to?}'
  }
  const { name, toxicity, first, to, ...others } = value as Record<string, unknown>
  const problems = [
    ...(typeof name === 'string' ? [] : ['name must be the name of a variant']),
    ...(toxicity === undefined || isRatio(toxicity) ? [] : ['toxicity must be a number in (0, 1]']),
    ...(first === undefined || isCount(first) ? [] : ['first must be a whole number from 1']),
    ...(to === undefined || typeof to === 'string' ? [] : ['to must be a host']),
    ...Object.keys(others).map((key) => `${key} is not known`),
  ]
  return problems.length > 0 ? problems.join('; ') : (value as SiteVariant)
}

function isRatio(value: unknown): boolean {
  return typeof value === 'number' && value > 0 && value <= 1
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 1
}
