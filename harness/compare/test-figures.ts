import type { AnswerField } from '../core/index.ts'
import type { AnswerFigures, CellFigures, RunFigures } from './figures.ts'

/** The values of a cell in a run of the given speed: log-normal around a middle, the same for the same seed. */
export function latencies(middleMs: number, count: number, seed: number): number[] {
  let state = seed >>> 0
  const uniform = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return (state + 0.5) / 2 ** 32
  }
  return Array.from({ length: count }, () => {
    const normal = Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
    return Math.round(middleMs * Math.exp(0.35 * normal) * 10) / 10
  }).toSorted((a, b) => a - b)
}

export function cell(flow: string, overrides: Partial<CellFigures> = {}): CellFigures {
  const held = { judgement: 'holds', samples: 9, failures: 0 } as const
  return {
    flow,
    actor: 'web',
    windows: { baseline: held, change: held, recovery: held },
    undisturbedMs: [],
    changedMs: [],
    ...overrides,
  }
}

export function answers(
  fields: Readonly<Record<string, AnswerField>>,
  overrides: Partial<AnswerFigures> = {},
): AnswerFigures {
  return {
    flow: 'read',
    actor: 'web',
    window: 'baseline',
    request: 'GET /api/posts',
    samples: 9,
    statuses: ['200'],
    fields,
    ...overrides,
  }
}

export function figures(overrides: Partial<RunFigures> = {}): RunFigures {
  return {
    format: 'aftershock-baseline',
    version: 1,
    scenario: 'shop',
    title: 'A shop',
    runs: ['run-a'],
    runtime: 'processes',
    verdict: 'pass',
    expectation: 'holds',
    versions: { aftershock: '0.1.0' },
    git: { head: 'aaaaaaaaaaaaaaaa', dirty: false },
    configuration: { gateway: { plan: { enforce: false }, limit: 10 } },
    changes: [{ name: 'change', explain: ['limit: 10 -> 20'] }],
    cells: [cell('read')],
    answers: [],
    ...overrides,
  }
}
