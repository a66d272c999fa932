import type { LoadDuration, LoadExecutor, LoadShare, LoadStage, ThinkTime } from '../core/index.ts'
import { durationMs } from './duration.ts'
import type { Tags } from './metric-names.ts'
import { parseThreshold, problemsOfThreshold } from './thresholds.ts'

/** One thing to mend: where, what is wrong with which value, and what to do. */
export interface ProfileProblem {
  readonly path: string
  readonly message: string
  readonly hint: string
}

/** Which cells a mix may name. */
export interface ProfileContext {
  readonly flows: readonly { readonly id: string; readonly actors: readonly string[] }[]
  readonly actors: readonly { readonly id: string }[]
  /** Which windows and steps thresholds may name; a load test has none. */
  readonly windows?: readonly string[]
  readonly steps?: readonly string[]
}

const common = ['executor', 'startTime', 'gracefulStop', 'mix', 'thinkTime']
const open = [...common, 'timeUnit', 'preAllocatedVUs', 'maxVUs']
const counted = [...common, 'vus', 'iterations', 'maxDuration']
const fieldsOf: Readonly<Record<LoadExecutor['executor'], readonly string[]>> = {
  'constant-arrival-rate': [...open, 'rate', 'duration'],
  'ramping-arrival-rate': [...open, 'startRate', 'stages'],
  'constant-vus': [...common, 'vus', 'duration'],
  'ramping-vus': [...common, 'startVUs', 'stages'],
  'per-vu-iterations': counted,
  'shared-iterations': counted,
}
const needed: Readonly<Record<LoadExecutor['executor'], readonly string[]>> = {
  'constant-arrival-rate': ['rate', 'duration', 'preAllocatedVUs'],
  'ramping-arrival-rate': ['stages', 'preAllocatedVUs'],
  'constant-vus': ['duration'],
  'ramping-vus': ['stages'],
  'per-vu-iterations': [],
  'shared-iterations': [],
}
const profileFields = ['executors', 'mix', 'thinkTime', 'thresholds', 'connections']
const thresholdFields = ['threshold', 'abortOnFail', 'delayAbortEval']
const durations = ['startTime', 'gracefulStop', 'timeUnit', 'duration', 'maxDuration']
/** No more at once, so that a typing error does not take the machine down. */
const mostVus = 100_000
const wholeFromOne = ['vus', 'iterations', 'preAllocatedVUs', 'maxVUs']

/** Everything that is wrong with a profile, found without running it. Accepts any value. `path` is where it stands. */
export function validateProfile(
  value: unknown,
  context: ProfileContext,
  path = 'profile',
): ProfileProblem[] {
  if (!isObject(value)) return problem(path, `is ${show(value)}`, 'use { executors: { … } }')
  const executors = value['executors']
  const named = isObject(executors) ? Object.entries(executors) : []
  return [
    ...unknownFields(path, value, profileFields),
    ...(named.length > 0
      ? []
      : problem(`${path}.executors`, `is ${show(executors)}`, 'name at least one executor')),
    ...named.flatMap(([name, executor]) =>
      checkExecutor(`${path}.executors.${name}`, executor, context),
    ),
    ...checkMix(`${path}.mix`, value['mix'], context),
    ...checkThinkTime(`${path}.thinkTime`, value['thinkTime']),
    ...checkWhole(`${path}.connections`, value['connections'], 1),
    ...checkThresholds(`${path}.thresholds`, value['thresholds'], {
      flow: context.flows.map(({ id }) => id),
      actor: context.actors.map(({ id }) => id),
      executor: named.map(([name]) => name),
      window: context.windows ?? [],
      step: context.steps ?? [],
    }),
  ]
}

function checkExecutor(path: string, value: unknown, context: ProfileContext): ProfileProblem[] {
  if (!isObject(value)) return problem(path, `is ${show(value)}`, "use { executor: '…', … }")
  const kind = value['executor']
  if (typeof kind !== 'string' || !Object.hasOwn(fieldsOf, kind)) {
    const known = Object.keys(fieldsOf).join(', ')
    return problem(`${path}.executor`, `is ${show(kind)}`, `use one of ${known}`)
  }
  const executor = kind as LoadExecutor['executor']
  return [
    ...unknownFields(path, value, fieldsOf[executor]),
    ...needed[executor]
      .filter((name) => value[name] === undefined)
      .flatMap((name) => problem(`${path}.${name}`, 'is missing', `${executor} needs it`)),
    ...durations.flatMap((name) => checkDuration(`${path}.${name}`, value[name])),
    ...wholeFromOne.flatMap((name) => checkWhole(`${path}.${name}`, value[name], 1)),
    ...checkWhole(`${path}.startVUs`, value['startVUs'], 0),
    ...checkRates(path, value),
    ...checkStages(`${path}.stages`, value['stages'], executor),
    ...checkMix(`${path}.mix`, value['mix'], context),
    ...(executor.endsWith('arrival-rate') && value['thinkTime'] !== undefined
      ? problem(`${path}.thinkTime`, 'is given', `leave it out: with ${executor} nobody waits`)
      : checkThinkTime(`${path}.thinkTime`, value['thinkTime'])),
  ]
}

function checkRates(path: string, value: Readonly<Record<string, unknown>>): ProfileProblem[] {
  const { rate, startRate, maxVUs, preAllocatedVUs, timeUnit, duration } = value
  const isLess = typeof maxVUs === 'number' && maxVUs < Number(preAllocatedVUs)
  return [
    ...(rate === undefined || isOver(rate, 0)
      ? []
      : problem(`${path}.rate`, `is ${show(rate)}`, 'use a number over 0')),
    ...(startRate === undefined || startRate === 0 || isOver(startRate, 0)
      ? []
      : problem(`${path}.startRate`, `is ${show(startRate)}`, 'use a number from 0')),
    ...(isLess ? problem(`${path}.maxVUs`, `is ${maxVUs}`, 'use preAllocatedVUs or more') : []),
    ...(isNothing(timeUnit) ? problem(`${path}.timeUnit`, 'is 0', "use '1s'") : []),
    ...(isNothing(duration) ? problem(`${path}.duration`, 'is 0', "use '30s'") : []),
  ]
}

function isNothing(value: unknown): boolean {
  return (typeof value === 'string' || typeof value === 'number') && durationMs(value) === 0
}

function checkStages(
  path: string,
  value: unknown,
  executor: LoadExecutor['executor'],
): ProfileProblem[] {
  if (value === undefined) return []
  if (!Array.isArray(value) || value.length === 0) {
    return problem(path, `is ${show(value)}`, "use [{ target: 10, duration: '1m' }]")
  }
  const isWhole = executor === 'ramping-vus'
  const problems = (value as unknown[]).flatMap((stage, i) => {
    const at = `${path}[${i}]`
    if (!isObject(stage)) return problem(at, `is ${show(stage)}`, 'use { target, duration }')
    const { target, duration } = stage as Partial<LoadStage>
    return [
      ...unknownFields(at, stage, ['target', 'duration']),
      ...(isWhole && target !== undefined
        ? checkWhole(`${at}.target`, target, 0)
        : target === 0 || isOver(target, 0)
          ? []
          : problem(`${at}.target`, `is ${show(target)}`, 'use a number from 0')),
      ...(duration === undefined
        ? problem(`${at}.duration`, 'is missing', "use '1m'")
        : checkDuration(`${at}.duration`, duration)),
    ]
  })
  const total = (value as Partial<LoadStage>[]).reduce(
    (sum, stage) => sum + durationMs(stage?.duration ?? 0),
    0,
  )
  return total === 0
    ? [...problems, ...problem(path, 'takes no time', 'give a duration')]
    : problems
}

function checkMix(path: string, value: unknown, context: ProfileContext): ProfileProblem[] {
  if (value === undefined) return []
  if (!Array.isArray(value) || value.length === 0) {
    return problem(path, `is ${show(value)}`, "use [{ flow: '…', weight: 1 }]")
  }
  return (value as unknown[]).flatMap((share, i) => {
    const at = `${path}[${i}]`
    if (!isObject(share)) return problem(at, `is ${show(share)}`, "use { flow: '…' }")
    return checkShare(at, share, context)
  })
}

function checkShare(
  at: string,
  share: Readonly<Record<string, unknown>>,
  context: ProfileContext,
): ProfileProblem[] {
  const { flow: id, actor, weight } = share as Partial<LoadShare>
  const flow = context.flows.find((one) => one.id === id)
  const knownActors = new Set(context.actors.map((one) => one.id))
  const actors = (flow?.actors ?? []).filter((one) => knownActors.has(one))
  const knownFlows = context.flows.map((one) => one.id).join(', ')
  return [
    ...unknownFields(at, share, ['flow', 'actor', 'weight']),
    ...(flow ? [] : problem(`${at}.flow`, `is ${show(id)}`, `name one of ${knownFlows}`)),
    ...(flow && actor !== undefined && !actors.includes(actor)
      ? problem(`${at}.actor`, `is ${show(actor)}`, `'${id}' is done by ${actors.join(', ')}`)
      : []),
    ...(flow && actors.length === 0
      ? problem(`${at}.flow`, `is '${id}'`, 'nobody does that: name one with an actor')
      : []),
    ...(weight === undefined || isOver(weight, 0)
      ? []
      : problem(`${at}.weight`, `is ${show(weight)}`, 'use a number over 0')),
  ]
}

function checkThinkTime(path: string, value: unknown): ProfileProblem[] {
  if (!isObject(value)) return checkDuration(path, value)
  const { min, max } = value as Partial<Extract<ThinkTime, object>>
  const ends = [
    ...checkDuration(`${path}.min`, min ?? null),
    ...checkDuration(`${path}.max`, max ?? null),
  ]
  if (ends.length > 0) return ends
  return durationMs(min as LoadDuration) <= durationMs(max as LoadDuration)
    ? []
    : problem(path, `goes from ${min} to ${max}`, 'let min be the lower one')
}

function checkThresholds(
  path: string,
  value: unknown,
  known: Readonly<Record<keyof Tags, readonly string[]>>,
): ProfileProblem[] {
  if (value === undefined) return []
  if (!isObject(value)) return problem(path, `is ${show(value)}`, "use { metric: ['p(95)<300'] }")
  return Object.entries(value).flatMap(([selector, list]) => {
    const at = `${path}['${selector}']`
    if (!Array.isArray(list)) return problem(at, `is ${show(list)}`, 'use a list')
    return (list as unknown[]).flatMap((one) => {
      const isRight =
        typeof one === 'string' || (isObject(one) && typeof one['threshold'] === 'string')
      if (!isRight) return problem(at, `has ${show(one)}`, "use 'p(95)<300' or { threshold: '…' }")
      const parsed = parseThreshold(selector, one as string)
      return [
        ...(isObject(one) ? unknownFields(at, one, thresholdFields) : []),
        ...problemsOfThreshold(selector, one as string).flatMap((text) => {
          const [message = text, hint = ''] = text.split(/: (?=use )/)
          return problem(at, message, hint)
        }),
        ...(typeof parsed === 'string' ? [] : checkTags(at, parsed.tags, known)),
      ]
    })
  })
}

function checkTags(
  at: string,
  tags: Tags,
  known: Readonly<Record<keyof Tags, readonly string[]>>,
): ProfileProblem[] {
  return (Object.entries(tags) as [keyof Tags, string][]).flatMap(([tag, name]) => {
    const names = known[tag]
    if (names.includes(name)) return []
    return names.length === 0
      ? problem(
          at,
          `names the ${tag} '${name}'`,
          `leave it out: only load in a scenario has ${tag}s`,
        )
      : problem(at, `names the ${tag} '${name}'`, `use one of ${names.join(', ')}`)
  })
}

function checkDuration(path: string, value: unknown): ProfileProblem[] {
  if (value === undefined) return []
  const isRight =
    (typeof value === 'string' || typeof value === 'number') && Number.isFinite(durationMs(value))
  return isRight ? [] : problem(path, `is ${show(value)}`, "use '500ms', '1m30s' or a number of ms")
}

function checkWhole(path: string, value: unknown, from: number): ProfileProblem[] {
  if (value === undefined) return []
  const isCount = path.endsWith('.iterations')
  const most = isCount ? Number.MAX_SAFE_INTEGER : mostVus
  return Number.isInteger(value) && (value as number) >= from && (value as number) <= most
    ? []
    : problem(
        path,
        `is ${show(value)}`,
        `use a whole number from ${from}${isCount ? '' : ` to ${most}`}`,
      )
}

/** k6's fields that are not here, and why. */
const hintsOf: Readonly<Partial<Record<string, string>>> = {
  gracefulRampDown:
    'leave it out: a user that is no longer wanted ends the flow it is in, which its timeoutMs bounds',
}

function unknownFields(
  path: string,
  value: Readonly<Record<string, unknown>>,
  known: readonly string[],
): ProfileProblem[] {
  return Object.keys(value)
    .filter((name) => !known.includes(name))
    .flatMap((name) =>
      problem(`${path}.${name}`, 'is not known', hintsOf[name] ?? `known are ${known.join(', ')}`),
    )
}

function isOver(value: unknown, bound: number): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value > bound
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function show(value: unknown): string {
  if (value === undefined) return 'missing'
  return typeof value === 'function' ? 'a function' : JSON.stringify(value)
}

function problem(path: string, message: string, hint: string): ProfileProblem[] {
  return [{ path, message, hint }]
}

/** A cell with its share of the traffic. */
export interface WeightedCell {
  readonly flow: string
  readonly actor: string
  readonly weight: number
}

/** What an executor's users do: its own mix, else that of the profile, else every cell alike. The weight of a share without actor is spread over the actors of the flow. */
export function cellsOfMix(
  mix: readonly LoadShare[] | undefined,
  { flows, actors }: ProfileContext,
): WeightedCell[] {
  const known = new Set(actors.map(({ id }) => id))
  const actorsOf = (id: string) =>
    flows.find((flow) => flow.id === id)?.actors.filter((actor) => known.has(actor)) ?? []
  if (!mix) {
    return flows.flatMap(({ id }) => actorsOf(id).map((actor) => ({ flow: id, actor, weight: 1 })))
  }
  return mix.flatMap(({ flow, actor, weight = 1 }) => {
    const doers = actor === undefined ? actorsOf(flow) : [actor]
    return doers.map((one) => ({ flow, actor: one, weight: weight / doers.length }))
  })
}
