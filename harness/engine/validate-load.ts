import type { AmplificationLimit, LoadTest } from '../core/index.ts'
import { validateProfile } from '../load/index.ts'
import { checkKnown, type Problem } from './problem.ts'
import { scenarioOf } from './run-load.ts'
import { checkBreakpoint } from './validate-breakpoint.ts'
import { validateScenario } from './validate.ts'

const members: Readonly<Record<keyof LoadTest, true>> = {
  id: true,
  title: true,
  description: true,
  stack: true,
  actors: true,
  flows: true,
  profile: true,
  breakpoint: true,
  allowOutside: true,
  amplification: true,
  leaks: true,
  regression: true,
  seed: true,
}

/** All that is wrong with a load test. Accepts any value. */
export function validateLoadTest(value: unknown): Problem[] {
  if (typeof value !== 'object' || value === null) {
    return [{ path: '', message: 'is no load test', hint: 'export default defineLoad({ … })' }]
  }
  const test = value as LoadTest
  // A load test has no steps, which a scenario must have.
  const shape = validateScenario(scenarioOf(test)).filter(({ path }) => path !== 'steps')
  const isKnown = Array.isArray(test.flows) && Array.isArray(test.actors)
  // Which flows and actors there are must be known for it.
  const isUnclear = shape.some(({ path }) => /^(?:flows|actors)/.test(path))
  const profile =
    isKnown && !isUnclear
      ? validateProfile(test.profile, { flows: test.flows, actors: test.actors })
      : []
  return [
    ...shape,
    ...checkKnown('', test, Object.keys(members)),
    ...profile,
    ...checkLimits('leaks', test.leaks),
    ...checkLimits('regression', test.regression),
    ...(Array.isArray(test.amplification) ? checkNoWindow(test.amplification) : []),
    ...checkBreakpoint(test.breakpoint, test.profile),
  ]
}

/** What limits there are, and above what each must be. */
const limitsOf = {
  leaks: { memoryMb: 0, descriptors: 0 },
  regression: { detectRatio: 0, slowerBy: 0, slowerByMs: 0 },
} as const

function checkLimits(name: keyof typeof limitsOf, given: unknown): Problem[] {
  if (given === undefined) return []
  const known: Readonly<Record<string, number>> = limitsOf[name]
  const names = Object.keys(known).join(', ')
  if (typeof given !== 'object' || given === null) {
    return [
      { path: name, message: `is ${JSON.stringify(given)}`, hint: `use an object of ${names}` },
    ]
  }
  return Object.entries(given).flatMap(([key, value]) => {
    const path = `${name}.${key}`
    const least = known[key]
    if (least === undefined) return [{ path, message: 'is not known', hint: `use ${names}` }]
    return typeof value === 'number' && value > least
      ? []
      : [{ path, message: `is ${String(value)}`, hint: `use a number above ${least}` }]
  })
}

function checkNoWindow(limits: readonly (Partial<AmplificationLimit> | null)[]): Problem[] {
  return limits.flatMap((limit, i) =>
    limit?.window === undefined
      ? []
      : [
          {
            path: `amplification[${i}].window`,
            message: `is '${limit.window}', and a load test has no windows`,
            hint: 'leave it away',
          },
        ],
  )
}
