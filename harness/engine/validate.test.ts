import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { AmplificationLimit, Change, Scenario } from '../core/index.ts'
import { actors, change, flow, harmless, statusPage } from './test-run.ts'
import { TestSystem } from './test-system.ts'
import { assertValid, validateScenario } from './validate.ts'

const { stack } = new TestSystem()
const [service] = stack.services
const valid: Scenario = {
  id: 'test',
  title: 'A test',
  stack,
  actors,
  flows: [flow('read'), flow('post', { actors: ['web'] })],
  steps: [harmless],
  expect: { kind: 'holds' },
}

function withService(given: object): Partial<Scenario> {
  return { stack: { ...stack, services: [{ ...service, ...given }] } as Scenario['stack'] }
}

function withStep(given: Partial<Change>): Partial<Scenario> {
  return { steps: [{ ...harmless, ...given }] }
}

it('finds nothing wrong with a valid scenario', () => {
  expect(validateScenario(valid)).toEqual([])
  expect(
    validateScenario({
      ...valid,
      statusPage,
      seed: 2 ** 32 - 1,
      judgement: { detectRatio: 0.5 },
      expect: { kind: 'reproduces', broken: [{ flows: ['read'] }], statusPageLies: true },
      steps: [
        change(
          'effect',
          {},
          {
            effects: [{ flows: ['read'], becomes: '403/467' }],
            rollout: { kind: 'staged', stages: [1, 'all'] },
          },
        ),
        change('count', {}, { rollout: { kind: 'count', replicas: 2 } }),
      ],
    }),
  ).toEqual([])
})

describe('of a scenario', () => {
  it.each<[Partial<Scenario>, string]>([
    [{ id: 'A b' }, "id is 'A b': use lower case letters, digits and dashes, a letter first"],
    [{ stack: { ...stack, entry: 'web' } }, "stack.entry is 'web': name one of gateway"],
    [
      { stack: { ...stack, services: [...stack.services, ...stack.services] } },
      "stack.services has 'gateway' twice: give each a name of its own",
    ],
    [
      { stack: { ...stack, sites: ['./news.ts'] } },
      "stack.sites[0] is './news.ts': use new URL('…', import.meta.url).href",
    ],
    [
      withService({ replicas: 0 }),
      'stack.services[0].replicas is 0: use a whole number from 1 to 16',
    ],
    [
      withService({ replicas: 1.5 }),
      'stack.services[0].replicas is 1.5: use a whole number from 1 to 16',
    ],
    [
      withService({ ports: ['web', 'admin'] }),
      "stack.services[0].ports has no 'http': name the port that takes traffic http",
    ],
    [
      withService({ ports: ['http'] }),
      "stack.services[0].config.port is 'admin': name one of http",
    ],
    [
      withService({ connects: ['media'] }),
      "stack.services[0].connects has 'media': name services of the stack: gateway",
    ],
    [
      withService({ startsAfter: ['media'] }),
      "stack.services[0].startsAfter has 'media': name services of the stack: gateway",
    ],
    [
      withService({ startsAfter: ['gateway'] }),
      'stack.services wait for each other: gateway: take one away from startsAfter',
    ],
    [
      withService({ health: {} }),
      'stack.services[0].health.path is missing: say on which path a ready replica answers 2xx',
    ],
    [
      withService({ health: { path: '/', command: ['ping'] } }),
      'stack.services[0].health has a path and a command: leave one of them out',
    ],
    [
      withService({ health: { command: ['ping'] } }),
      'stack.services[0].health.command is [ping]: it runs in an image: use a path',
    ],
    [
      { actors: [...actors, ...actors.slice(0, 1)] },
      "actors has 'web' twice: give each a name of its own",
    ],
    [
      { flows: [flow('read'), flow('read')] },
      "flows has 'read' twice: give each a name of its own",
    ],
    [
      { flows: [flow('Read')] },
      "flows[0].id is 'Read': use lower case letters, digits and dashes, a letter first",
    ],
    [{ flows: [flow('read', { timeoutMs: 0 })] }, 'flows[0].timeoutMs is 0: use 1 to 60000 ms'],
    [
      { flows: [flow('read', { timeoutMs: 60_001 })] },
      'flows[0].timeoutMs is 60001: use 1 to 60000 ms',
    ],
    [
      { flows: [flow('read', { actors: ['nobody'] })] },
      'flows are performed by none of the actors: name ids of actors in flow.actors',
    ],
    ...['*.evil.example', 'https://x.example/', 'x.example:80'].map(
      (host): [Partial<Scenario>, string] => [
        { allowOutside: ['fine.example', '10.0.0.1', host] },
        `allowOutside[2] is '${host}': use a whole host in lower case, without scheme, port, path and wildcard`,
      ],
    ),
    [
      { outside: { maxRequests: [{ host: 'https://a.example', atMost: 1 }] } },
      "outside.maxRequests[0].host is 'https://a.example': use a host in lower case, without scheme, port and path",
    ],
    [
      { outside: { maxRequests: [{ host: 'a.example', path: '/a*b', atMost: 1 }] } },
      "outside.maxRequests[0].path is '/a*b': begin with '/', leave the query away, and use '*' at the end only",
    ],
    [
      { outside: { maxRequests: [{ host: 'a.example', atMost: -1 }] } },
      'outside.maxRequests[0].atMost is -1: use a whole number from 0',
    ],
    [
      { amplification: [{ service: 'gateway', atMost: 0 }] },
      'amplification[0].atMost is 0: use a number above 0',
    ],
    [
      { amplification: [{ service: 'mail', atMost: 1 }] },
      "amplification[0].service is 'mail': name one of gateway",
    ],
    [
      { amplification: [{ link: { from: 'actors', to: 'gateway' }, atMost: 1 }] },
      "amplification[0].link.from is 'actors', who get no requests: name one of gateway",
    ],
    [
      { amplification: [{ link: { from: 'gateway', to: 'media' }, atMost: 1 }] },
      "amplification[0].link.to is 'media', to which gateway does not connect: name one of outside",
    ],
    [
      { amplification: [{ atMost: 1 } as AmplificationLimit] },
      'amplification[0] has no link and no service: give one of the two',
    ],
    [
      {
        amplification: [
          { service: 'gateway', link: { from: 'gateway', to: 'outside' }, atMost: 1 },
        ],
      },
      'amplification[0] has both link and service: give one of the two',
    ],
    [
      { amplification: [{ service: 'gateway', atMost: '3' as unknown as number }] },
      "amplification[0].atMost is '3': use a number",
    ],
    [
      { expect: { kind: 'holds', statusPage: { admitsWithinMs: 1 } } },
      'expect.statusPage is given without a status page: add statusPage to the scenario',
    ],
    [
      { statusPage, expect: { kind: 'holds', statusPage: { admitsWithinMs: 19_000 } } },
      'expect.statusPage.admitsWithinMs is 19000, and a window ends after 20000 ms: give judgement.windowMs more than 20000',
    ],
    [
      { statusPage, expect: { kind: 'holds', statusPage: { neverFalselyRedForMs: -1 } } },
      'expect.statusPage.neverFalselyRedForMs is -1: use ms from 0',
    ],
    [
      { expect: { kind: 'holds', recoverWithinMs: 0 } },
      'expect.recoverWithinMs is 0: use ms above 0',
    ],
    [
      { safety: { maxBrokenCells: 0.5 } },
      'safety.maxBrokenCells is 0.5: use a whole number from 0',
    ],
    [{ safety: { stepTimeoutMs: 0 } }, 'safety.stepTimeoutMs is 0: use 1 to 3600000 ms'],
    [
      { safety: { maxBroken: 1 } as Scenario['safety'] & object },
      'safety.maxBroken is not known: use maxBrokenCells, stepTimeoutMs, thresholds',
    ],
    [{ steps: [] }, 'steps is empty: add a change, for instance mergePatch(…)'],
    [{ steps: [harmless, harmless] }, "steps has 'harmless' twice: give each a name of its own"],
    [withStep({ service: 'media' }), "steps[0].service is 'media': name one of gateway"],
    [
      withStep({ validate: () => ['changes a number into a text'] }),
      'steps[0] changes a number into a text: correct the change',
    ],
    [
      withStep({ effects: [{ flows: ['raed'], becomes: '403' }] }),
      "steps[0].effects[0].flows has 'raed': known are read, post",
    ],
    [
      withStep({ effects: [{ actors: ['tv'], becomes: '403' }] }),
      "steps[0].effects[0].actors has 'tv': known are web, mobile",
    ],
    [
      withStep({ effects: [{ flows: ['post'], actors: ['mobile'], becomes: '403' }] }),
      'steps[0].effects[0] selects no cell: no actor named performs a flow named',
    ],
    [
      withStep({ effects: [{ becomes: '' }] }),
      "steps[0].effects[0].becomes is empty: name the symptom, '403/467' for instance",
    ],
    [
      withStep({ rollout: { kind: 'count', replicas: 3 } }),
      "steps[0].rollout asks for 3 of 2 replicas: use 1 to 2, or 'all'",
    ],
    [
      withStep({ rollout: { kind: 'staged', stages: [0, 'all'] } }),
      "steps[0].rollout asks for 0 of 2 replicas: use 1 to 2, or 'all'",
    ],
    [
      withStep({ rollout: { kind: 'staged', stages: [] } }),
      'steps[0].rollout has the stages (none): let each stage have more replicas than the one before',
    ],
    [
      withStep({ rollout: { kind: 'staged', stages: ['all', 1] } }),
      'steps[0].rollout has the stages all, 1: let each stage have more replicas than the one before',
    ],
    [{ expect: { kind: 'hold' } as never }, "expect.kind is 'hold': use holds() or reproduces(…)"],
    [
      { expect: { kind: 'reproduces', broken: [] } },
      'expect.broken is empty: name the cells that break, or expect holds',
    ],
    [
      { expect: { kind: 'reproduces', broken: [{ flows: ['raed'] }] } },
      "expect.broken[0].flows has 'raed': known are read, post",
    ],
    [
      { expect: { kind: 'reproduces', broken: [{}], statusPageLies: true } },
      'expect.statusPageLies is given without a status page: add statusPage to the scenario',
    ],
    [
      { judgement: { toleratedRatio: 0 } },
      'judgement.toleratedRatio is 0: use a number above 0, at most 0.2',
    ],
    [
      { judgement: { detectRatio: 0.01 } },
      'judgement.detectRatio is 0.01: use a number above 0.01, at most 0.99',
    ],
    [
      { judgement: { falseAlarm: 0.2 } },
      'judgement.falseAlarm is 0.2: use a number above 0, at most 0.1',
    ],
    [{ judgement: { miss: 0.6 } }, 'judgement.miss is 0.6: use a number above 0, at most 0.5'],
    [
      { judgement: { windowMs: Number.NaN } },
      'judgement.windowMs is NaN: use a number above 0, at most 3600000',
    ],
    [
      { expct: {} } as object,
      'expct is not known: use id, title, description, stack, actors, flows, statusPage, steps, expect, safety, judgement, load, loadJudgement, allowOutside, outside, amplification, writes, seed, incident, demonstrates',
    ],
    [
      { expect: { kind: 'holds', recoverWithin: 5 } as never },
      'expect.recoverWithin is not known: use kind, broken, statusPageLies, underLoad, statusPage, recoverWithinMs, escapeRoute',
    ],
    [{ seed: -1 }, 'seed is -1: use a whole number from 0 to 4294967295'],
    [{ seed: 2 ** 32 }, 'seed is 4294967296: use a whole number from 0 to 4294967295'],
  ])('with %o it says where, what and what to do: %s', (given, expected) => {
    const problems = validateScenario({ ...valid, ...given })
    expect(problems.map(({ path, message, hint }) => `${path} ${message}: ${hint}`)).toContain(
      expected,
    )
  })

  const incident = {
    date: '2023-03-06',
    organisation: 'A site',
    durationText: 'an hour',
    mechanism: 'a plan without an exemption',
    caughtBy: ['one replica first'],
    sources: [{ title: 'A report', url: 'https://a.example/report', kind: 'press' as const }],
  }

  it('takes the facts of an incident', () => {
    expect(validateScenario({ ...valid, incident })).toEqual([])
  })

  it.each<[object, string]>([
    [{ date: '6 March' }, "incident.date is '6 March': use a day, '2023-03-06' for instance"],
    [{ date: '2023-02-30' }, "incident.date is '2023-02-30': use a day, '2023-03-06' for instance"],
    [{ mechanism: ' ' }, 'incident.mechanism is empty: say it, or leave the incident out'],
    [{ caughtBy: [] }, 'incident.caughtBy is empty: name what would have shown it before release'],
    [{ sources: [] }, 'incident.sources is empty: name where the facts are from'],
    [
      { sources: [{ title: 'A', url: 'http://a.example', kind: 'press' }] },
      "incident.sources[0].url is 'http://a.example': use an https address",
    ],
    [
      { sources: [{ title: 'A', url: 'https://a.example', kind: 'rumour' }] },
      "incident.sources[0].kind is 'rumour': use 'own report' or 'press'",
    ],
    [{ organisation: undefined }, 'incident.organisation is missing: use a text'],
  ])('with an incident with %o it says where, what and what to do: %s', (given, expected) => {
    const problems = validateScenario({ ...valid, incident: { ...incident, ...given } })
    expect(problems.map(({ path, message, hint }) => `${path} ${message}: ${hint}`)).toEqual([
      expected,
    ])
  })

  it.each<[object, string]>([
    [{ title: 5 }, 'title is 5: use a text'],
    [{ stack: undefined }, 'stack is missing: use an object'],
    [{ stack: { ...stack, sites: undefined } }, 'stack.sites is missing: use a list'],
    [withService({ ports: undefined }), 'stack.services[0].ports is missing: use a list'],
    [withService({ health: null }), 'stack.services[0].health is null: use an object'],
    [{ actors: [{ id: 'web', title: 'web' }] }, 'actors[0].headers is missing: use an object'],
    [{ flows: [{ ...flow('read'), run: 'go' }] }, "flows[0].run is 'go': use a function"],
    [{ steps: [{}] }, "steps[0].kind is missing: use 'change' or 'fault' or 'undo' or 'wait'"],
    [
      withStep({ rollout: { kind: 'some' } as never }),
      "steps[0].rollout.kind is 'some': use 'all' or 'count' or 'staged'",
    ],
    [{ expect: [] }, 'expect is a list: use an object'],
  ])('that is misshapen it says where: %o', (given, expected) => {
    const problems = validateScenario({ ...valid, ...given })
    expect(problems.map(({ path, message, hint }) => `${path} ${message}: ${hint}`)).toContain(
      expected,
    )
  })
})

it('names every problem at once', () => {
  const problems = validateScenario({
    ...valid,
    id: '1',
    seed: 0.5,
    flows: [flow('read', { timeoutMs: -1 })],
    ...withStep({ service: 'media', effects: [{ becomes: '' }] }),
  })
  expect(problems.map(({ path }) => path)).toEqual([
    'id',
    'flows[0].timeoutMs',
    'steps[0].service',
    'steps[0].effects[0].becomes',
    'seed',
  ])
})

it('throws one error that lists them, with the file', () => {
  expect(() => assertValid({ ...valid, id: '1', seed: 0.5 }, 'a.scenario.ts')).toThrow(
    expect.objectContaining({
      code: 'INVALID_SCENARIO',
      message: [
        'a.scenario.ts: 2 problems',
        "  id is '1'. use lower case letters, digits and dashes, a letter first.",
        '  seed is 0.5. use a whole number from 0 to 4294967295.',
      ].join('\n'),
      hint: 'nothing was started',
    }) as Error,
  )
})

it('finds something wrong with any value that is no scenario, and never throws', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      expect(validateScenario(value).length).toBeGreaterThan(0)
    }),
  )
})

it('never throws, whichever member of a scenario is replaced by whatever', () => {
  const paths = pathsOf(valid)
  fc.assert(
    fc.property(fc.constantFrom(...paths), fc.anything(), (path, value) => {
      expect(Array.isArray(validateScenario(replaced(valid, path, value)))).toBe(true)
    }),
    { numRuns: 500 },
  )
})

function pathsOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path]
  const below = Object.entries(value).flatMap(([key, item]) => pathsOf(item, [...path, key]))
  return path.length === 0 ? below : [path, ...below]
}

function replaced(within: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value
  const below = replaced((within as Record<string, unknown>)[key], rest, value)
  if (Array.isArray(within))
    return within.map((item: unknown, i) => (String(i) === key ? below : item))
  return { ...(within as object), [key]: below }
}

describe('of load in a scenario', () => {
  const executors = {
    a: { executor: 'constant-arrival-rate', rate: 5, duration: '1m', preAllocatedVUs: 5 },
  } as const
  const problems = (given: object) =>
    validateScenario({ ...valid, ...given }).map(({ path, message }) => `${path} ${message}`)

  it('all is told at once, the mistakes of the profile and those of how it is judged', () => {
    const load = { executors: { a: { ...executors.a, rate: 0 } }, profile: 1 }
    expect(problems({ load, loadJudgement: { baselineMs: 10, slowerby: 3 } })).toEqual([
      'load.profile is not known',
      'load.executors.a.rate is 0',
      'loadJudgement.slowerby is not known',
      'loadJudgement.baselineMs is 10',
    ])
  })

  it('has to go on with something when its stages are over', () => {
    const ending = (target: number) => ({
      executor: 'ramping-arrival-rate',
      stages: [
        { target: 20, duration: '1s' },
        { target, duration: '1s' },
      ],
      preAllocatedVUs: 5,
    })
    const judgement = { windowMs: 60_000 }
    const load = (target: number, more = {}) => ({
      judgement,
      load: { executors: { spike: ending(target), ...more } },
    })
    expect(problems(load(0))).toEqual([
      'load.executors all end with a stage to 0, and in a scenario load goes on as it ends',
    ])
    expect(problems(load(5))).toEqual([])
    expect(problems(load(0, executors))).toEqual([])
  })

  it('its baseline begins when it is steady, for which there must be time', () => {
    const stages = [{ target: 100, duration: '10m' }] as const
    const ramp = { executor: 'ramping-arrival-rate', stages, preAllocatedVUs: 5 } as const
    expect(problems({ load: { executors: { ramp } } })).toEqual([
      expect.stringMatching(
        /^judgement\.windowMs is \d+, and the baseline of the load takes 6\d{5} ms \(it is steady after 600000\)$/,
      ),
    ])
  })

  it('thresholds may name its windows and its steps', () => {
    const steps = [
      change('first', {}, { rollout: { kind: 'staged', stages: [1, 'all'] } }),
      change('second', {}),
    ]
    const known = ['baseline', 'change:1:stage:1', 'change:1:stage:2', 'change:2', 'recovery']
    const tags = [...known.map((window) => `window:${window}`), 'step:first', 'step:second']
    const load = (all: readonly string[]) => ({
      executors,
      thresholds: Object.fromEntries(all.map((tag) => [`checks{${tag}}`, ['rate>0.9']])),
    })
    expect(problems({ steps, load: load(tags) })).toEqual([])
    expect(problems({ steps, load: load(['window:change:1', 'step:third']) })).toEqual([
      "load.thresholds['checks{window:change:1}'] names the window 'change:1'",
      "load.thresholds['checks{step:third}'] names the step 'third'",
    ])
  })
})
