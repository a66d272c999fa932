import { check, sleep } from 'k6'
import exec from 'k6/execution'
import { Counter, Trend } from 'k6/metrics'
import { clearTimeout, setTimeout } from 'k6/timers'
import {
  FlowFailure,
  describeError,
  isFlowFailure,
  type Actor,
  type Flow,
  type Random,
} from '../../../core/index.ts'
import { thinkMs } from '../../think.ts'
import { Schedule } from '../../schedule.ts'
import { k6Client } from './client.ts'
import { begunMetric, failureMetric, flowMetric, type ScriptPlan } from './plan.ts'

const defaultTimeoutMs = 5_000
const signInTimeoutMs = 10_000
/** Of each kind, by each of k6's users. */
const mostExamples = 2
const messageLength = 300

/** Headers of each actor, by id. */
export type Sessions = Readonly<Record<string, Readonly<Record<string, string>>>>

const begun = new Counter(begunMetric)
const flowDuration = new Trend(flowMetric, true)
const failures = new Counter(failureMetric)
const schedules = new Map<string, Schedule>()
const examples = new Map<string, number>()

/** Signs each actor in, once, before the load. */
export async function signIn(plan: ScriptPlan, actors: readonly Actor[]): Promise<Sessions> {
  const sessions: Record<string, Readonly<Record<string, string>>> = {}
  for (const { id, headers, prepare } of actors) {
    const endsAt = Date.now() + signInTimeoutMs
    const http = k6Client({ plan, headers, tags: {}, leftMs: () => endsAt - Date.now() })
    sessions[id] = { ...headers, ...(await prepare?.(http)) }
  }
  return sessions
}

/** One flow by one actor: which, says the seed. */
export async function perform(
  plan: ScriptPlan,
  flows: readonly Flow[],
  actors: readonly Actor[],
  sessions: Sessions,
): Promise<void> {
  const { name, iterationInTest } = exec.scenario
  const planned = plan.executors[name]
  if (!planned) return exec.test.abort(`the script has no plan for '${name}'`)
  const { cell, random } = scheduleOf(plan, name).pick(iterationInTest)
  const chosen = planned.cells[cell]
  const flow = flows.find(({ id }) => id === chosen?.flow)
  const actor = actors.find(({ id }) => id === chosen?.actor)
  if (!flow || !actor) return exec.test.abort(`the script lacks ${chosen?.flow} or its actor`)
  const headers = sessions[actor.id] ?? actor.headers
  const iteration = planned.firstIteration + iterationInTest
  await once(plan, flow, { ...actor, headers }, iteration, random)
  if (planned.thinkTime !== undefined) sleep(thinkMs(planned.thinkTime, random) / 1_000)
}

async function once(
  plan: ScriptPlan,
  flow: Flow,
  actor: Actor,
  iteration: number,
  random: Random,
): Promise<void> {
  const tags = { flow: flow.id, actor: actor.id }
  exec.vu.metrics.tags['flow'] = flow.id
  exec.vu.metrics.tags['actor'] = actor.id
  const timeoutMs = flow.timeoutMs ?? defaultTimeoutMs
  const startMs = exec.instance.currentTestRunDuration
  const sinceMs = () => exec.instance.currentTestRunDuration - startMs
  const http = k6Client({ plan, headers: actor.headers, tags, leftMs: () => timeoutMs - sinceMs() })
  // Of one that k6 interrupts nothing else is told.
  begun.add(1, tags)
  const failure = await failureOf(
    () => flow.run({ http, actor, random, iteration, signal: neverAborted }),
    timeoutMs,
  )
  const symptom = failure?.symptom ?? ''
  flowDuration.add(sinceMs(), { ...tags, symptom })
  check(null, { [flow.id]: () => failure === undefined }, tags)
  if (failure) tell(failure, tags)
}

async function failureOf(
  run: () => Promise<void>,
  timeoutMs: number,
): Promise<FlowFailure | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_resolve, reject) => {
    const fail = () => reject(new FlowFailure('timeout', `not done within ${timeoutMs} ms`))
    timer = setTimeout(fail, timeoutMs)
  })
  try {
    await Promise.race([run(), late])
    return undefined
  } catch (error) {
    if (isFlowFailure(error)) return error
    // A fault of the flow, and not of the system: nothing must be blamed on that.
    exec.test.abort(describeError(error))
    return undefined
  } finally {
    // k6 waits for timers.
    if (timer !== undefined) clearTimeout(timer)
  }
}

/** A few of each kind say what was seen. */
function tell(failure: FlowFailure, tags: Readonly<Record<string, string>>): void {
  const key = `${tags['flow']} ${tags['actor']} ${failure.symptom}`
  const told = examples.get(key) ?? 0
  if (told >= mostExamples) return
  examples.set(key, told + 1)
  const { exchange } = failure
  failures.add(1, {
    ...tags,
    symptom: failure.symptom,
    message: failure.message.slice(0, messageLength),
    ...(exchange?.traceId === undefined ? {} : { trace: exchange.traceId }),
    ...(exchange?.servedBy === undefined ? {} : { replica: exchange.servedBy }),
  })
}

function scheduleOf(plan: ScriptPlan, name: string): Schedule {
  const known = schedules.get(name)
  if (known) return known
  const schedule = new Schedule(plan.seed, name, plan.executors[name]?.cells ?? [])
  schedules.set(name, schedule)
  return schedule
}

/** k6 has no AbortSignal, and nothing aborts a flow there: requests end by their own time. */
const neverAborted = {
  aborted: false,
  reason: undefined,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
  throwIfAborted: () => undefined,
} as unknown as AbortSignal
