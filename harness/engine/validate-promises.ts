import type { Scenario, StatusPageExpectation } from '../core/index.ts'
import { judgementOf } from './judgement-of.ts'
import { abortProblems } from './abort-conditions.ts'
import { admitSlackMs } from './watcher.ts'
import { checkKnown, problem, type Problem } from './problem.ts'

const statusNames: readonly (keyof StatusPageExpectation)[] = [
  'admitsWithinMs',
  'neverFalselyGreenForMs',
  'neverFalselyRedForMs',
]

/** What is wrong with expectations beside those on cells, and with limits of safety. */
export function checkPromised(scenario: Scenario): Problem[] {
  const { statusPage = {}, recoverWithinMs, escapeRoute } = scenario.expect
  const { windowMs } = judgementOf(scenario)
  const { maxBrokenCells = 0, stepTimeoutMs = 1 } = scenario.safety ?? {}
  const changesConfig = scenario.steps.some(
    (step) =>
      step.kind === 'change' &&
      scenario.stack.services.some(({ name, config }) => name === step.service && config),
  )
  return [
    ...checkKnown('expect.statusPage', statusPage, statusNames),
    ...Object.entries(statusPage).flatMap(([name, ms]) =>
      ms >= 0 ? [] : problem(`expect.statusPage.${name}`, `is ${ms}`, 'use ms from 0'),
    ),
    ...(Object.keys(statusPage).length > 0 && !scenario.statusPage
      ? problem(
          'expect.statusPage',
          'is given without a status page',
          'add statusPage to the scenario',
        )
      : []),
    ...(['admitsWithinMs', 'neverFalselyGreenForMs'] as const).flatMap((name) => {
      const ms = statusPage[name]
      // The window is kept open for so long after the limit.
      return ms === undefined || ms + admitSlackMs < windowMs
        ? []
        : problem(
            `expect.statusPage.${name}`,
            `is ${ms}, and a window ends after ${windowMs} ms`,
            `give judgement.windowMs more than ${ms + admitSlackMs}`,
          )
    }),
    ...(recoverWithinMs === undefined || recoverWithinMs > 0
      ? []
      : problem('expect.recoverWithinMs', `is ${recoverWithinMs}`, 'use ms above 0')),
    ...(escapeRoute === undefined || changesConfig
      ? []
      : problem(
          'expect.escapeRoute',
          'is given, and no step changes a service that has a config',
          'leave it away, or give the service a config in the stack',
        )),
    ...abortProblems(scenario.safety?.thresholds ?? {}),
    ...(Number.isInteger(maxBrokenCells) && maxBrokenCells >= 0
      ? []
      : problem('safety.maxBrokenCells', `is ${maxBrokenCells}`, 'use a whole number from 0')),
    ...(stepTimeoutMs > 0 && stepTimeoutMs <= 3_600_000
      ? []
      : problem('safety.stepTimeoutMs', `is ${stepTimeoutMs}`, 'use 1 to 3600000 ms')),
  ]
}
