import { commitOf, type RunFigures } from './figures.ts'

/** Something beside the cells that differs. */
export interface Surrounding {
  readonly what: string
  readonly a: string
  readonly b: string
}

/** Versions, commits, what the changes altered and the configuration of services, side by side: what differs only. */
export function surroundings(a: RunFigures, b: RunFigures): Surrounding[] {
  const sides = [a, b].map((run) => ({
    scenario: run.scenario,
    runtime: run.runtime,
    verdict: run.verdict,
    commit: commitOf(run),
    ...flat('version', run.versions),
    ...flat(
      'change',
      Object.fromEntries(run.changes.map(({ name, explain }) => [name, explain.join('; ')])),
    ),
    ...flat('', run.configuration),
  }))
  const [left = {}, right = {}] = sides as Record<string, string>[]
  const names = [...new Set([...Object.keys(left), ...Object.keys(right)])]
  return names
    .map((what) => ({ what, a: left[what] ?? 'not there', b: right[what] ?? 'not there' }))
    .filter((line) => line.a !== line.b)
}

/** `gateway.plan.enforce: false`; lists as a whole. */
function flat(path: string, value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { [path]: typeof value === 'string' ? value : JSON.stringify(value) }
  }
  return Object.assign(
    {},
    ...Object.entries(value).map(([name, item]) =>
      flat(path === '' ? name : `${path}.${name}`, item as unknown),
    ),
  ) as Record<string, string>
}
