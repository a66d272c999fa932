/** What of k6's options the stand-in knows. */
export interface Options {
  readonly scenarios: Readonly<Record<string, Scenario>>
  readonly thresholds?: Readonly<Record<string, readonly (string | { threshold: string })[]>>
}

export interface Scenario {
  readonly executor: string
  readonly exec: string
  readonly rate?: number
  readonly timeUnit?: string
  readonly duration?: string
  readonly vus?: number
  readonly iterations?: number
  readonly preAllocatedVUs?: number
  readonly maxVUs?: number
}
