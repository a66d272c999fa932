import {
  count,
  HarnessError,
  cellsOf,
  selects,
  type CellSelector,
  type Change,
  type Effect,
  type JudgementOptions,
  type OutsideLimit,
  type Rollout,
  type Scenario,
  type Stack,
  type Step,
} from '../core/index.ts'
import { defaultJudgement } from '../judge/index.ts'
import { checkName, checkUnique, problem, type Problem } from './problem.ts'
import { checkShape } from './shape.ts'
import { checkAmplificationLimits } from './validate-amplification.ts'
import { checkPromised } from './validate-promises.ts'
import { checkScenarioLoad } from './validate-scenario-load.ts'
import { checkDecided } from './validate-decided.ts'
import { checkStack } from './validate-stack.ts'
import { checkIncident } from './validate-incident.ts'

/** Everything that is wrong with a scenario, found without starting anything. Accepts any value: a module may export anything. */
export function validateScenario(value: unknown): Problem[] {
  if (typeof value !== 'object' || value === null) {
    return [
      {
        path: '',
        message: `is not a scenario: ${value === null ? 'null' : typeof value}`,
        hint: 'export default defineScenario({ id, title, stack, actors, flows, steps, expect })',
      },
    ]
  }
  const misshapen = checkShape(value)
  // What has the wrong shape cannot be looked into any further.
  return misshapen.length > 0 ? misshapen : checkScenario(value as Scenario)
}

function checkScenario(value: Scenario): Problem[] {
  return [
    ...checkName('id', value.id),
    ...checkStack(value.stack),
    ...checkActorsAndFlows(value),
    ...checkSteps(value),
    ...checkExpectation(value),
    ...checkJudgement(value.judgement),
    ...checkSeed(value.seed),
    ...checkPromised(value),
    ...checkScenarioLoad(value),
    ...checkIncident(value.incident),
    ...checkOutsideLimits(value.outside?.maxRequests ?? []),
    ...checkAllowed(value.allowOutside ?? []),
    ...checkAmplificationLimits(value.amplification ?? [], value.stack),
  ]
}

/** Throws one INVALID_SCENARIO that lists every problem. `where` is the file. */
export function assertValid(value: unknown, where: string): asserts value is Scenario {
  const problems = validateScenario(value)
  if (problems.length === 0) return
  const lines = problems.map(
    ({ path, message, hint }) => `  ${path || '(default export)'} ${message}. ${hint}.`,
  )
  throw new HarnessError(
    'INVALID_SCENARIO',
    `${where}: ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}\n${lines.join('\n')}`,
    { hint: 'nothing was started' },
  )
}

function checkActorsAndFlows(scenario: Scenario): Problem[] {
  const actors = scenario.actors.map((actor) => actor.id)
  const flows = scenario.flows.map((flow) => flow.id)
  return [
    ...checkUnique('actors', actors),
    ...checkUnique('flows', flows),
    ...scenario.actors.flatMap(({ id }, i) => checkName(`actors[${i}].id`, id)),
    ...scenario.flows.flatMap(({ id, timeoutMs }, i) => [
      ...checkName(`flows[${i}].id`, id),
      ...(timeoutMs === undefined || (timeoutMs > 0 && timeoutMs <= 60_000)
        ? []
        : problem(`flows[${i}].timeoutMs`, `is ${timeoutMs}`, 'use 1 to 60000 ms')),
    ]),
    ...(cellsOf(scenario).length > 0
      ? []
      : problem(
          'flows',
          'are performed by none of the actors',
          'name ids of actors in flow.actors',
        )),
  ]
}

function checkSteps(scenario: Scenario): Problem[] {
  const { steps, stack } = scenario
  return [
    ...(steps.length > 0
      ? []
      : problem('steps', 'is empty', 'add a change, for instance mergePatch(…)')),
    ...checkUnique(
      'steps',
      steps.map((step) => step.name),
    ),
    ...steps.flatMap((step, i) => {
      const path = `steps[${i}]`
      return [
        ...checkName(`${path}.name`, step.name),
        ...(step.kind === 'change' ? checkTarget(path, step, stack) : []),
        ...checkMoment(path, step, steps.slice(0, i)),
        ...checkSchedule(path, step, steps.slice(0, i)),
        ...checkDecided(path, step, steps.slice(0, i), stack),
        ...step.validate(stack).flatMap((text) => problem(path, text, `correct the ${step.kind}`)),
        ...step.effects.flatMap((effect, j) =>
          checkEffect(`${path}.effects[${j}]`, effect, scenario),
        ),
      ]
    }),
  ]
}

/** Moments ascend, and are not so late that they are meant in another unit. */
function checkMoment(path: string, { notBeforeMs }: Step, earlier: readonly Step[]): Problem[] {
  if (notBeforeMs === undefined) return []
  const least = Math.max(0, ...earlier.map((step) => step.notBeforeMs ?? 0))
  return notBeforeMs >= least && notBeforeMs <= 600_000
    ? []
    : problem(
        `${path}.notBeforeMs`,
        `is ${notBeforeMs}`,
        `use ${least} to 600000 ms, in the order of the steps`,
      )
}

/** Whether an undo has something to undo, and a wait an end. */
function checkSchedule(path: string, step: Step, earlier: readonly Step[]): Problem[] {
  if (step.kind === 'wait') {
    const { durationMs } = step
    return durationMs > 0 && durationMs <= 600_000
      ? []
      : problem(`${path}.durationMs`, `is ${durationMs}`, 'use 1 to 600000 ms')
  }
  if (step.kind !== 'undo') return []
  const ended = earlier.flatMap((one) => (one.kind === 'undo' ? [one.step] : []))
  const inForce = earlier.flatMap(({ kind, name }) =>
    (kind === 'change' || kind === 'fault') && !ended.includes(name) ? [name] : [],
  )
  return inForce.includes(step.step)
    ? []
    : problem(
        `${path}.step`,
        `is '${step.step}'`,
        `name a step that is in force by then: ${inForce.join(', ') || 'there is none'}`,
      )
}

function checkTarget(path: string, change: Change, stack: Stack): Problem[] {
  const service = stack.services.find(({ name }) => name === change.service)
  if (service) return checkRollout(`${path}.rollout`, change.rollout, service.replicas)
  const names = stack.services.map(({ name }) => name).join(', ')
  return problem(`${path}.service`, `is '${change.service}'`, `name one of ${names}`)
}

function checkEffect(path: string, effect: Effect, scenario: Scenario): Problem[] {
  return [
    ...checkSelector(path, effect, scenario),
    ...(effect.becomes === ''
      ? problem(`${path}.becomes`, 'is empty', "name the symptom, '403/467' for instance")
      : []),
  ]
}

function checkRollout(path: string, rollout: Rollout, replicas: number): Problem[] {
  const counts = rollout.kind === 'count' ? [rollout.replicas] : []
  const stages = rollout.kind === 'staged' ? rollout.stages : []
  const numbers = [...counts, ...stages.filter((stage) => stage !== 'all')]
  const sizes = stages.map((stage) => (stage === 'all' ? replicas : stage))
  const ascending = sizes.every((size, i) => i === 0 || size > (sizes[i - 1] as number))
  return [
    ...numbers
      .filter((n) => !Number.isInteger(n) || n < 1 || n > replicas)
      .flatMap((n) =>
        problem(
          path,
          `asks for ${n} of ${count(replicas, 'replica')}`,
          `use 1 to ${replicas}, or 'all'`,
        ),
      ),
    ...(rollout.kind === 'staged' && (stages.length === 0 || !ascending)
      ? problem(
          path,
          `has the stages ${stages.join(', ') || '(none)'}`,
          'let each stage have more replicas than the one before',
        )
      : []),
  ]
}

function checkSelector(path: string, selector: CellSelector, scenario: Scenario): Problem[] {
  const known = {
    flows: scenario.flows.map(({ id }) => id),
    actors: scenario.actors.map(({ id }) => id),
  }
  const unknown = (['flows', 'actors'] as const).flatMap((key) =>
    (selector[key] ?? [])
      .filter((id) => !known[key].includes(id))
      .flatMap((id) =>
        problem(`${path}.${key}`, `has '${id}'`, `known are ${known[key].join(', ')}`),
      ),
  )
  if (unknown.length > 0 || cellsOf(scenario).some((cell) => selects(selector, cell)))
    return unknown
  return problem(path, 'selects no cell', 'no actor named performs a flow named')
}

function checkExpectation(scenario: Scenario): Problem[] {
  const { expect } = scenario
  switch (expect.kind) {
    case 'holds':
      return []
    case 'reproduces':
      return [
        ...(expect.broken.length > 0 || (expect.underLoad ?? []).length > 0
          ? []
          : problem('expect.broken', 'is empty', 'name the cells that break, or expect holds')),
        ...expect.broken.flatMap((selector, i) => [
          ...checkSelector(`expect.broken[${i}]`, selector, scenario),
          ...checkUntil(`expect.broken[${i}].until`, selector.until, scenario.steps),
        ]),
        ...(expect.statusPageLies !== undefined && !scenario.statusPage
          ? problem(
              'expect.statusPageLies',
              'is given without a status page',
              'add statusPage to the scenario',
            )
          : []),
      ]
    default:
      return problem(
        'expect.kind',
        `is '${String((expect as { kind?: unknown }).kind)}'`,
        'use holds() or reproduces(…)',
      )
  }
}

function checkUntil(path: string, until: string | undefined, steps: readonly Step[]): Problem[] {
  const later = steps.slice(1).map(({ name }) => name)
  return until === undefined || later.includes(until)
    ? []
    : problem(
        path,
        `is '${until}'`,
        `name a step after the first: ${later.join(', ') || 'there is none'}`,
      )
}

function checkJudgement(given: Partial<JudgementOptions> | undefined): Problem[] {
  const options = { ...defaultJudgement, ...given }
  const bounds: Record<keyof JudgementOptions, readonly [above: number, atMost: number]> = {
    toleratedRatio: [0, 0.2],
    detectRatio: [options.toleratedRatio, 0.99],
    falseAlarm: [0, 0.1],
    miss: [0, 0.5],
    windowMs: [0, 3_600_000],
  }
  return Object.entries(bounds).flatMap(([key, [above, atMost]]) => {
    const value = options[key as keyof JudgementOptions]
    return value > above && value <= atMost
      ? []
      : problem(`judgement.${key}`, `is ${value}`, `use a number above ${above}, at most ${atMost}`)
  })
}

function checkOutsideLimits(limits: readonly OutsideLimit[]): Problem[] {
  return limits.flatMap(({ host, path, atMost }, i) => {
    const at = `outside.maxRequests[${i}]`
    const isHost = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(host)
    const isPath = path === undefined || /^\/[^?#*]*\*?$/.test(path)
    return [
      ...(isHost
        ? []
        : problem(
            `${at}.host`,
            `is '${host}'`,
            'use a host in lower case, without scheme, port and path',
          )),
      ...(isPath
        ? []
        : problem(
            `${at}.path`,
            `is '${path}'`,
            "begin with '/', leave the query away, and use '*' at the end only",
          )),
      ...(Number.isSafeInteger(atMost) && atMost >= 0
        ? []
        : problem(`${at}.atMost`, `is ${atMost}`, 'use a whole number from 0')),
    ]
  })
}

/** Of a pattern or a URL nothing would ever be found that it allows. */
function checkAllowed(hosts: readonly string[]): Problem[] {
  return hosts.flatMap((host, i) =>
    /^([a-z0-9_.-]+|\[[0-9a-f:.]+\])$/.test(host)
      ? []
      : problem(
          `allowOutside[${i}]`,
          `is '${host}'`,
          'use a whole host in lower case, without scheme, port, path and wildcard',
        ),
  )
}

function checkSeed(seed: number | undefined): Problem[] {
  return seed === undefined || (Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)
    ? []
    : problem('seed', `is ${seed}`, 'use a whole number from 0 to 4294967295')
}
