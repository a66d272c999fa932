import {
  selects,
  type CellSelector,
  type LoadJudgementOptions,
  type LoadProfile,
  type Scenario,
} from '../core/index.ts'
import {
  canLast,
  endsAtNothing,
  steadyAfterMs,
  validateProfile,
  type ProfileContext,
} from '../load/index.ts'
import { judgementOf, loadJudgementOf } from './judgement-of.ts'
import { checkKnown, problem, type Problem } from './problem.ts'
import { stagesOf } from './rollout.ts'
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
  const profile = validateProfile(load, contextOf(scenario), 'load')
  // Only what is right can be looked into any further.
  const further = profile.length > 0 ? [] : checkCells(load, scenario, underLoad)
  const steadyMs = profile.length > 0 ? 0 : steadyAfterMs(load)
  return [...profile, ...further, ...checkOptions(scenario, steadyMs)]
}

/** Whose names thresholds may use: the windows are those that `step` and `recover` of the experiment open. */
function contextOf({ flows, actors, steps, stack }: Scenario): ProfileContext {
  const changes = steps.flatMap((step, i) => {
    const window = `change:${i + 1}`
    const service = stack.services.find(
      ({ name }) => step.kind === 'change' && name === step.service,
    )
    const stages = step.kind === 'change' ? stagesOf(step.rollout, service?.replicas ?? 1) : []
    return [
      ...(stages.length > 1 ? stages.map((_, stage) => `${window}:stage:${stage + 1}`) : [window]),
      ...(step.order === undefined ? [] : [`recovery:${i + 1}`]),
    ]
  })
  const windows = ['baseline', ...changes, 'recovery', 'transition']
  return { flows, actors, windows, steps: steps.map(({ name }) => name) }
}

function checkCells(
  load: LoadProfile,
  scenario: Scenario,
  underLoad: readonly CellSelector[],
): Problem[] {
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
    ...(endsAtNothing(load)
      ? problem(
          'load.executors',
          'all end with a stage to 0, and in a scenario load goes on as it ends',
          'let the last stage of one have a target, or leave it away',
        )
      : []),
    ...underLoad.flatMap((selector, i) =>
      cells.some((cell) => selects(selector, cell))
        ? []
        : problem(
            `expect.underLoad[${i}]`,
            'selects no cell that is under load',
            'name flows and actors of the mix of the load',
          ),
    ),
  ]
}

function checkOptions(scenario: Scenario, steadyMs: number): Problem[] {
  const options = loadJudgementOf(scenario)
  const { windowMs } = judgementOf(scenario)
  const bounds: Record<keyof LoadJudgementOptions, readonly [from: number, to: number]> = {
    detectRatio: [0.01, 0.99],
    slowerBy: [0.01, 10],
    slowerByMs: [0.01, 60_000],
    baselineMs: [5_000, 3_600_000],
    warmUpMs: [0, 3_600_000],
  }
  const needed = steadyMs + options.baselineMs + options.warmUpMs + 1_000
  return [
    ...checkKnown('loadJudgement', options, Object.keys(bounds)),
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
          `is ${windowMs}, and the baseline of the load takes ${needed} ms${steadyMs > 0 ? ` (it is steady after ${steadyMs})` : ''}`,
          `give it more, or loadJudgement.baselineMs and warmUpMs less${steadyMs > 0 ? ', or let the load be steady sooner' : ''}`,
        )),
  ]
}
