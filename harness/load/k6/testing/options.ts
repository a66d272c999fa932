/** What of k6's options the stand-in knows. */
export interface Options {
  readonly scenarios: Readonly<Record<string, Scenario>>
  readonly thresholds?: Readonly<
    Record<string, readonly (string | { threshold: string; abortOnFail?: boolean })[]>
  >
}

export interface Scenario {
  readonly executor: string
  readonly exec: string
  readonly rate?: number
  readonly timeUnit?: string
  readonly startTime?: string
  readonly duration?: string
  readonly maxDuration?: string
  readonly gracefulStop?: string
  readonly vus?: number
  readonly iterations?: number
  readonly preAllocatedVUs?: number
  readonly maxVUs?: number
  readonly startRate?: number
  readonly startVUs?: number
  readonly stages?: readonly Stage[]
}

export interface Stage {
  readonly target: number
  readonly duration: string
}

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

export function lengthMs(text: string): number {
  return [...text.matchAll(/([\d.]+)(ms|s|m|h)/g)].reduce(
    (sum, [, amount, unit = 's']) => sum + Number(amount) * (unitsMs[unit] ?? NaN),
    0,
  )
}

/** What k6 ends with 104 for: it knows the options, and does not accept them. */
export function refusalsOf({ scenarios }: Options): string[] {
  return Object.entries(scenarios).flatMap(([name, scenario]) => {
    const { executor, vus = 1, iterations = 1, startVUs = 1, stages = [] } = scenario
    const { duration = '1s', maxDuration = '1s', rate = 1, startRate = 0 } = scenario
    const rates = [rate, startRate, ...stages.map(({ target }) => target)]
    return [
      ...(/^[\w-]+$/.test(name) ? [] : ['its name']),
      ...(lengthMs(duration) < 1_000 ? ['duration below a second'] : []),
      ...(lengthMs(maxDuration) < 1_000 ? ['maxDuration below a second'] : []),
      ...(rates.every(Number.isInteger) && rate > 0 ? [] : ['a rate that is no whole number']),
      ...(executor === 'shared-iterations' && iterations < vus
        ? ['fewer iterations than VUs']
        : []),
      ...(executor === 'ramping-vus' && Math.max(startVUs, ...rates.slice(2)) < 1
        ? ['no VUs']
        : []),
    ].map((what) => `scenario ${name} has ${what}`)
  })
}
