import {
  selects,
  type CellSelector,
  type JudgementOptions,
  type LoadJudgementOptions,
  type Scenario,
} from '../core/index.ts'
import { defaultJudgement, defaultLoadJudgement } from '../judge/index.ts'
import { canLast, validateProfile } from '../load/index.ts'
import type { Problem } from './problem.ts'
import { cellsUnderLoad } from './scenario-load.ts'

/** What is wrong with the load of a scenario, and with what is expected of it. */
export function checkScenarioLoad(scenario: Scenario): Problem[] {
  const { load, expect } = scenario
  const underLoad = expect.kind === 'reproduces' ? (expect.underLoad ?? []) : []
  if (load === undefined) {
    return [
      ...(scenario.loadJudgement === undefined
        ? []
        : problem('loadJudgement', 'is given without a load', 'add load to the scenario')),
      ...(underLoad.length === 0
        ? []
        : problem('expect.underLoad', 'is given without a load', 'add load to the scenario')),
    ]
  }
  const profile = validateProfile(load, scenario, 'load')
  if (profile.length > 0) return profile
  const cells = cellsUnderLoad(scenario, load)
  return [
    ...Object.entries(load.executors)
      .filter(([, executor]) => !canLast(executor))
      .flatMap(([name, { executor }]) =>
        problem(
          `load.executors.${name}.executor`,
          `is '${executor}', which ends by itself`,
          'use constant-arrival-rate, ramping-arrival-rate, constant-vus or ramping-vus: in a scenario load goes on to the end',
        ),
      ),
    ...underLoad.flatMap((selector: CellSelector, i) =>
      cells.some((cell) => selects(selector, cell))
        ? []
        : problem(
            `expect.underLoad[${i}]`,
            'selects no cell that is under load',
            'name flows and actors of the mix of the load',
          ),
    ),
    ...checkOptions(scenario),
  ]
}

function checkOptions(scenario: Scenario): Problem[] {
  const options = { ...defaultLoadJudgement, ...scenario.loadJudgement }
  const { windowMs }: JudgementOptions = { ...defaultJudgement, ...scenario.judgement }
  const bounds: Record<keyof LoadJudgementOptions, readonly [from: number, to: number]> = {
    detectRatio: [0.01, 0.99],
    slowerBy: [0.01, 10],
    slowerByMs: [0.01, 60_000],
    baselineMs: [5_000, 3_600_000],
    warmUpMs: [0, 3_600_000],
  }
  const needed = options.baselineMs + options.warmUpMs + 1_000
  return [
    ...Object.keys(options)
      .filter((name) => !Object.hasOwn(bounds, name))
      .flatMap((name) =>
        problem(`loadJudgement.${name}`, 'is not known', `use ${Object.keys(bounds).join(', ')}`),
      ),
    ...Object.entries(bounds).flatMap(([name, [from, to]]) => {
      const value = options[name as keyof LoadJudgementOptions]
      return value >= from && value <= to
        ? []
        : problem(`loadJudgement.${name}`, `is ${value}`, `use ${from} to ${to}`)
    }),
    ...(windowMs >= needed
      ? []
      : problem(
          'judgement.windowMs',
          `is ${windowMs}, and the baseline of the load takes ${needed} ms`,
          'give it more, or loadJudgement.baselineMs and warmUpMs less',
        )),
  ]
}

function problem(path: string, message: string, hint: string): Problem[] {
  return [{ path, message, hint }]
}
