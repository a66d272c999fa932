import { setTimeout as sleep } from 'node:timers/promises'
import { wait, type Fault, type Scenario, type StatusReading, type Toxic } from '../core/index.ts'
import { thresholdsOf } from '../load/index.ts'
import { bare } from './bare.ts'
import type { RunMutant } from './run-mutant.ts'

/** Beyond what is allowed, so that it does not depend on the speed of the machine. */
const tooLongMs = 1_000
const takeBackMs = 5_000

const refuses: Toxic = { name: 'mutant_refuses', type: 'status', attributes: { status: 503 } }
const late: Toxic = { name: 'mutant_late', type: 'latency', attributes: { latency: 2_000 } }

/** Mutants of what a scenario promises in figures. Each has one step of its own in place of those of the scenario, and only the promise that it breaks. */
export function promiseMutants(scenario: Scenario): RunMutant[] {
  const { statusPage, recoverWithinMs } = scenario.expect
  const { admitsWithinMs, neverFalselyGreenForMs, neverFalselyRedForMs } = statusPage ?? {}
  return [
    ...given(recoverWithinMs, (ms) => slowRecovery(scenario, ms)),
    ...given(admitsWithinMs, (ms) => falselyGreen(scenario, 'admitsWithinMs', ms)),
    ...given(neverFalselyGreenForMs, (ms) => falselyGreen(scenario, 'neverFalselyGreenForMs', ms)),
    ...given(neverFalselyRedForMs, (ms) => falselyRed(scenario, ms)),
    ...thresholds(scenario),
  ]
}

function given(ms: number | undefined, mutant: (ms: number) => RunMutant): RunMutant[] {
  return ms === undefined ? [] : [mutant(ms)]
}

function slowRecovery(scenario: Scenario, recoverWithinMs: number): RunMutant {
  const backAfterMs = recoverWithinMs + tooLongMs
  return {
    hypothesis: `everything is back within ${recoverWithinMs} ms`,
    on: `a system that needs ${backAfterMs} ms to recover`,
    code: 'slow-recovery',
    scenario: {
      ...bare(scenario),
      steps: [refusing(scenario, { backAfterMs })],
      expect: { kind: 'holds', recoverWithinMs },
      judgement: { ...scenario.judgement, windowMs: backAfterMs + 20_000 },
    },
  }
}

function falselyGreen(
  scenario: Scenario,
  promise: 'admitsWithinMs' | 'neverFalselyGreenForMs',
  ms: number,
): RunMutant {
  return {
    hypothesis:
      promise === 'admitsWithinMs'
        ? `the status page admits within ${ms} ms`
        : `the status page is never falsely green for more than ${ms} ms`,
    on: "a page that always says 'operational'",
    code: 'status-page',
    scenario: {
      ...saying(scenario, 'operational'),
      steps: [refusing(scenario, { holdMs: ms + tooLongMs })],
      expect: { kind: 'holds', statusPage: { [promise]: ms } },
    },
  }
}

function falselyRed(scenario: Scenario, neverFalselyRedForMs: number): RunMutant {
  return {
    hypothesis: `the status page is never falsely red for more than ${neverFalselyRedForMs} ms`,
    on: "a page that always says 'outage'",
    code: 'status-page',
    scenario: {
      ...saying(scenario, 'outage'),
      steps: [wait('mutant-nothing', neverFalselyRedForMs + tooLongMs)],
      expect: { kind: 'holds', statusPage: { neverFalselyRedForMs } },
    },
  }
}

/** Each by itself: the first one that ends a run would hide the others. */
function thresholds(scenario: Scenario): RunMutant[] {
  return Object.entries(scenario.safety?.thresholds ?? {}).flatMap(([selector, list]) =>
    list.flatMap((one) =>
      thresholdsOf({ [selector]: [one] }).map(({ text }) => ({
        hypothesis: `the threshold ${text}`,
        on: 'everything is refused, and late',
        code: 'threshold' as const,
        scenario: {
          ...bare(scenario),
          steps: [refusing(scenario, { holdMs: 5_000 }, [refuses, late])],
          expect: { kind: 'holds' as const },
          safety: { thresholds: { [selector]: [one] } },
        },
      })),
    ),
  )
}

function saying(scenario: Scenario, overall: StatusReading['overall']): Scenario {
  const read = () => Promise.resolve<StatusReading>({ overall, components: {} })
  return {
    ...bare(scenario),
    statusPage: { ...(scenario.statusPage ?? { title: 'status page' }), read },
  }
}

/** Refuses everything at the front door: for `holdMs` before cells are watched, and for `backAfterMs` after it was healed. */
function refusing(
  { stack: { entry: to } }: Scenario,
  { holdMs = 0, backAfterMs = 0 }: { readonly holdMs?: number; readonly backAfterMs?: number },
  toxics: readonly Toxic[] = [refuses],
): Fault {
  return {
    kind: 'fault',
    name: 'mutant-refuses',
    title: 'everything is refused',
    effects: [],
    summary: `refuses what is asked of ${to}`,
    validate: () => [],
    async inject({ links }, signal) {
      for (const toxic of toxics) await links.setToxic({ to }, toxic, signal)
      await sleep(holdMs, undefined, { signal })
      const takeBack = async (healSignal: AbortSignal) => {
        for (const { name = '' } of toxics) await links.removeToxic({ to }, name, healSignal)
      }
      return {
        on: [to],
        explain: ['refuses everything'],
        heal: async (healSignal) => {
          if (backAfterMs === 0) return takeBack(healSignal)
          // The stack may be gone by then, and the toxics with it.
          void sleep(backAfterMs, undefined, { ref: false })
            .then(() => takeBack(AbortSignal.timeout(takeBackMs)))
            .catch(() => undefined)
        },
      }
    },
  }
}
