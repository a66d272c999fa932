import {
  count,
  describeTarget,
  outsideName,
  wait,
  type AmplificationLimit,
  type Flow,
  type OutsideLimit,
  type Scenario,
} from '../core/index.ts'
import type { Runtime } from '../engine/index.ts'
import { bare } from './bare.ts'
import type { RunMutant } from './run-mutant.ts'

const timesMore = 20
/** A flow asks so often at most each time. */
const mostAtOnce = 50

/** Steps that do nothing, after which all holds. */
const nothing: Pick<Scenario, 'steps' | 'expect'> = {
  steps: [wait('mutant-nothing', 100)],
  expect: { kind: 'holds' },
}

/** Mutants of limits on how often something is asked, each with nothing else that could fail. */
export function limitMutants(scenario: Scenario): RunMutant[] {
  return [
    ...(scenario.amplification ?? []).map((limit) => askedAgain(scenario, limit)),
    ...(scenario.outside?.maxRequests ?? []).map((limit) => askedByAll(scenario, limit)),
  ]
}

/** As if each request over the link were sent again and again: what is counted of it is multiplied. */
function askedAgain(scenario: Scenario, limit: AmplificationLimit): RunMutant {
  const isMeant = (from: string, to: string) =>
    'link' in limit ? from === limit.link.from && to === limit.link.to : from === limit.service
  const services = new Map<string, string>()
  const onRuntime = (runtime: Runtime): Runtime => ({
    ...runtime,
    async start(stack, options) {
      const running = await runtime.start(stack, options)
      const { counted } = running
      if (!counted) return running
      for (const { id, service } of running.replicas) services.set(id, service)
      const read: typeof counted = async (signal) =>
        (await counted.call(running, signal)).map((one) =>
          isMeant(services.get(one.from) ?? one.from, one.to)
            ? { ...one, requests: one.requests * timesMore }
            : one,
        )
      return { ...running, counted: read }
    },
  })
  return {
    hypothesis: `${describeTarget(limit)} amplifies at most ${count(limit.atMost, 'time')}${inWindow(limit)}`,
    on: `each request is sent ${timesMore} times`,
    code: 'amplification',
    scenario: { ...bare(scenario), amplification: [limit], ...nothing },
    onRuntime,
    advice: `name a link that flows use${'link' in limit && limit.link.to === outsideName ? ', and not only now and then' : ''}, with a limit below ${timesMore} times what they ask of it`,
  }
}

/** Limits that differ by it only are not the same. */
function inWindow({ window }: Pick<OutsideLimit, 'window'>): string {
  return window === undefined ? '' : ` in ${window}`
}

/** A flow beside the others that asks the site itself, as often as it takes. */
function askedByAll(scenario: Scenario, limit: OutsideLimit): RunMutant {
  const { host, path = '/', atMost } = limit
  const asks: Flow = {
    id: 'mutant-asks',
    title: 'a flow that asks the site',
    actors: scenario.actors.slice(0, 1).map(({ id }) => id),
    timeoutMs: 60_000,
    async run({ http }) {
      const url = `http://${host}${path.replace(/\*$/, '')}`
      const times = Math.min(mostAtOnce, Math.ceil(atMost / 4) + 1)
      for (let i = 0; i < times; i += 1) await http.get(url).catch(() => undefined)
    },
  }
  return {
    hypothesis: `${host}${limit.path ?? ''} is asked at most ${count(atMost, 'time')}${inWindow(limit)}`,
    on: 'a flow that asks it all the time',
    code: 'outside-limit',
    scenario: {
      ...bare(scenario),
      flows: [...scenario.flows, asks],
      outside: { maxRequests: [limit] },
      ...nothing,
    },
    advice: `give atMost a number that a run can reach: flows are run some ten times in a window`,
  }
}
