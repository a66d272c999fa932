import { describe, expect, it } from 'vitest'

import {
  HalfInjected,
  HarnessError,
  Redactor,
  type Fault,
  type JournalEvent,
  type Scenario,
} from '../core/index.ts'
import { breaksReading, change, flow, harmless, run, statusPage } from './test-run.ts'
import { TestSystem } from './test-system.ts'

/** That the system is as it was, and was stopped once. */
function expectRestored(system: TestSystem, behaviour: object = {}): void {
  for (const { config } of system.replicas) expect(config.document).toEqual(behaviour)
  expect(system.disposed).toBe(1)
}

function effect(becomes: string) {
  return [{ flows: ['read'], actors: ['web'], becomes }]
}

it('asks for each cell by every replica of the entry first, whatever the front door would choose', async () => {
  const system = new TestSystem({ replicas: 3 })
  await run(system, {})
  const asked = system.asked.filter(({ flow, actor }) => flow === 'read' && actor === 'web')
  const named = asked.map(({ replica }) => replica)
  expect(new Set(named.slice(0, 3))).toEqual(new Set(['gateway-1', 'gateway-2', 'gateway-3']))
  expect(named.length).toBeGreaterThan(3)
  expect(new Set(named.slice(3))).toEqual(new Set([undefined]))
})

describe('a change', () => {
  it('that nobody notices passes, and is undone', async () => {
    const system = new TestSystem()
    const { verdict, of } = await run(system, {})
    expect(verdict).toEqual({ kind: 'pass' })
    expect(of('window.opened').map(({ window }) => window.id)).toEqual([
      'baseline',
      'change:1',
      'recovery',
    ])
    expect(of('change.applied')).toMatchObject([
      {
        change: 'harmless',
        replicas: ['gateway-1', 'gateway-2'],
        explain: ['refuses: (absent) -> ["nothing"]'],
      },
    ])
    expect(of('state.hashed')[0]?.replicas).toEqual(of('state.hashed')[1]?.replicas)
    for (const { config } of system.replicas) expect(config.written).toHaveLength(2)
    expectRestored(system)
  })

  it('that breaks cells fails, naming them, and is undone', async () => {
    const system = new TestSystem()
    const { verdict, codes, of, events } = await run(system, { steps: [breaksReading] })
    expect(verdict).toMatchObject({
      kind: 'fail',
      reasons: [
        { cell: { flow: 'read', actor: 'web' } },
        { cell: { flow: 'read', actor: 'mobile' } },
      ],
    })
    expect(codes).toEqual(['broken', 'broken'])
    const failed = of('sample').find(({ window, ok }) => window === 'change:1' && !ok)
    expect(failed).toMatchObject({
      symptom: '403/467',
      exchange: { status: 403, responseBody: '{"code":467}' },
    })
    expect(indexOf(events, 'change.undone')).toBeLessThan(events.length - 1)
    expectRestored(system)
  })

  it('that breaks one replica of two fails', async () => {
    const system = new TestSystem()
    const one = change('one', { refuses: ['read'] }, { rollout: { kind: 'count', replicas: 1 } })
    const { verdict, of } = await run(system, { steps: [one] })
    expect(verdict?.kind).toBe('fail')
    expect(of('change.applied')[0]?.replicas).toEqual(['gateway-1'])
    expect(system.replicas[1]?.config.written).toEqual([])
    expectRestored(system)
  })

  it('with the effect that it declares passes', async () => {
    const system = new TestSystem()
    const declared = change('declared', { refuses: ['read/web'] }, { effects: effect('403/467') })
    const { verdict, of } = await run(system, { steps: [declared] })
    expect(verdict).toEqual({ kind: 'pass' })
    expect(of('cell.judged').filter(({ judgement }) => judgement === 'effect')).toMatchObject([
      { flow: 'read', actor: 'web', window: 'change:1', declared: '403/467' },
    ])
    expectRestored(system)
  })

  it.each<[string, string[], string, string[]]>([
    ['an effect that does not come', ['nothing'], '403/467', ['effect-absent']],
    ['another symptom than declared', ['read/web'], '429/88', ['broken']],
    ['more cells than declared', ['read'], '403/467', ['broken']],
  ])('with %s fails', async (_name, refuses, becomes, expected) => {
    const system = new TestSystem()
    const { codes } = await run(system, {
      steps: [change('declared', { refuses }, { effects: effect(becomes) })],
    })
    expect(codes).toEqual(expected)
    expectRestored(system)
  })

  it('is not applied when the baseline is broken', async () => {
    const system = new TestSystem({ behaviour: { refuses: ['read'] } })
    const { verdict, codes, of } = await run(system, {})
    expect(verdict?.kind).toBe('inconclusive')
    expect(codes).toEqual(['baseline-broken', 'baseline-broken'])
    expect(of('change.applied')).toEqual([])
    for (const { config } of system.replicas) expect(config.written).toEqual([])
    expectRestored(system, { refuses: ['read'] })
  })

  it('that a replica refuses fails, and is undone where it was applied', async () => {
    const system = new TestSystem()
    system.replicas[1]?.config.faults.push({ when: 'before', code: 'CONFIG_REFUSED' })
    const { verdict, reasons, of } = await run(system, {})
    expect(verdict?.kind).toBe('fail')
    expect(reasons[0]).toBe("change-refused: gateway-2 refused 'harmless': not taken")
    expect(of('change.applied')).toMatchObject([{ replicas: ['gateway-1'] }])
    expect(of('change.undone')).toMatchObject([{ replicas: ['gateway-1'] }])
    expect(system.replicas[0]?.config.written).toHaveLength(2)
    expectRestored(system)
  })

  it('whose answer is lost is inconclusive, and taken back', async () => {
    const system = new TestSystem()
    system.replicas[1]?.config.faults.push({ when: 'after', code: 'CONFIG_UNREACHABLE' })
    const { verdict, codes } = await run(system, { steps: [breaksReading] })
    expect(verdict?.kind).toBe('inconclusive')
    expect(codes).toEqual(['apply-failed'])
    expectRestored(system)
  })

  it('that alters nothing is inconclusive', async () => {
    const system = new TestSystem({ behaviour: { refuses: ['nothing'] } })
    const { verdict, codes } = await run(system, {})
    expect(verdict?.kind).toBe('inconclusive')
    expect(codes).toEqual(['change-is-noop'])
    expectRestored(system, { refuses: ['nothing'] })
  })
})

describe('undoing', () => {
  it('is tried again, and passes when it works in the end', async () => {
    const system = new TestSystem()
    const { verdict } = await run(
      system,
      {},
      {
        onEvent(event) {
          if (event.kind !== 'change.applied') return
          const fault = { when: 'before', code: 'CONFIG_UNREACHABLE' } as const
          system.replicas[0]?.config.faults.push(fault, fault)
        },
      },
    )
    expect(verdict).toEqual({ kind: 'pass' })
    expectRestored(system)
  })

  it('takes back what was answered too late, and fails when it cannot', async () => {
    const lateOn = (system: TestSystem, failures: number) => {
      const lost = { when: 'after', code: 'CONFIG_UNREACHABLE' } as const
      const refused = { when: 'before', code: 'CONFIG_UNREACHABLE' } as const
      const more = Array.from({ length: failures }, () => refused)
      system.replicas[0]?.config.faults.push(lost, ...more)
    }
    const system = new TestSystem()
    lateOn(system, 2)
    const inTheEnd = await run(system, {})
    expect(inTheEnd.verdict?.kind).toBe('inconclusive')
    expect(inTheEnd.of('change.undone')).toMatchObject([{ replicas: ['gateway-2', 'gateway-1'] }])
    expectRestored(system)
    const stuck = new TestSystem()
    lateOn(stuck, 3)
    const never = await run(stuck, {})
    expect(never.verdict?.kind).toBe('fail')
    expect(never.codes).toContain('undo-failed')
  })

  it('that fails is said, goes on with the other replicas, and leaves a state that differs', async () => {
    const system = new TestSystem()
    const { verdict, reasons, of } = await run(
      system,
      {},
      {
        onEvent(event) {
          if (event.kind !== 'change.applied') return
          const fault = { when: 'before', code: 'CONFIG_UNREACHABLE' } as const
          system.replicas[1]?.config.faults.push(fault, fault, fault)
        },
      },
    )
    expect(verdict?.kind).toBe('fail')
    expect(reasons).toEqual([
      "undo-failed: 'harmless' could not be undone on gateway-2: not taken",
      'state-differs: after the undo the configuration of gateway-2 is not what it was',
    ])
    expect(of('change.undone')).toMatchObject([{ replicas: ['gateway-1'] }])
    expect(system.disposed).toBe(1)
  })

  it('that pretends to work is found out by the state, and by users who do not recover', async () => {
    const system = new TestSystem()
    const pretends = {
      ...breaksReading,
      apply: async (...given: Parameters<typeof harmless.apply>) => ({
        ...(await breaksReading.apply(...given)),
        undo: async () => undefined,
      }),
    }
    const { codes } = await run(system, { steps: [pretends], judgement: { windowMs: 700 } })
    expect(codes).toEqual(['broken', 'broken', 'state-differs', 'not-recovered', 'not-recovered'])
  })

  it('of several changes goes in reverse order, and so do the replicas of each', async () => {
    const system = new TestSystem()
    const second = change('second', { hangs: ['nothing'] })
    const { verdict, of } = await run(system, { steps: [harmless, second] })
    expect(verdict).toEqual({ kind: 'pass' })
    expect(of('change.applied').map((event) => event.change)).toEqual(['harmless', 'second'])
    expect(of('change.undone')).toMatchObject([
      { change: 'second', replicas: ['gateway-2', 'gateway-1'] },
      { change: 'harmless', replicas: ['gateway-2', 'gateway-1'] },
    ])
    expectRestored(system)
  })

  it('comes after the first change that breaks something; the ones behind it are not applied', async () => {
    const system = new TestSystem()
    const { codes, of } = await run(system, { steps: [breaksReading, harmless] })
    expect(codes).toContain('broken')
    expect(of('change.applied').map((event) => event.change)).toEqual(['break-reading'])
    expectRestored(system)
  })
})

it('goes on declaring the effect of a change while the next one is watched', async () => {
  const system = new TestSystem()
  const declared = change('declared', { refuses: ['read/web'] }, { effects: effect('403/467') })
  const next = change('next', { hangs: ['nothing'] })
  const { verdict } = await run(system, { steps: [declared, next] })
  expect(verdict).toEqual({ kind: 'pass' })
  expectRestored(system)
})

it('reproduces an incident by the last of several changes', async () => {
  const system = new TestSystem()
  const { verdict } = await run(system, {
    steps: [harmless, breaksReading],
    expect: { kind: 'reproduces', broken: [{ flows: ['read'], symptom: '403/467' }] },
  })
  expect(verdict).toEqual({ kind: 'pass' })
  expectRestored(system)
})

describe('a staged rollout', () => {
  const staged = { rollout: { kind: 'staged', stages: [1, 'all'] } } as const

  it('stops at the first stage that breaks something', async () => {
    const system = new TestSystem({ replicas: 3 })
    const { codes, of } = await run(system, {
      steps: [change('staged', { refuses: ['read'] }, staged)],
    })
    expect(codes).toEqual(['broken', 'broken'])
    expect(of('change.applied')).toMatchObject([{ stage: 1, replicas: ['gateway-1'] }])
    expect(of('window.opened').map(({ window }) => window.id)).toEqual([
      'baseline',
      'change:1:stage:1',
      'recovery',
    ])
    expect(system.replicas.map(({ config }) => config.written.length)).toEqual([2, 0, 0])
    expectRestored(system)
  })

  it('goes on to the other replicas when all holds, and lets an effect be partial until then', async () => {
    const system = new TestSystem({ replicas: 3 })
    const declared = { ...staged, effects: effect('403/467') }
    const { verdict, of } = await run(system, {
      steps: [change('staged', { refuses: ['read/web'] }, declared)],
    })
    expect(verdict).toEqual({ kind: 'pass' })
    expect(of('change.applied')).toMatchObject([
      { stage: 1, replicas: ['gateway-1'] },
      { stage: 2, replicas: ['gateway-2', 'gateway-3'] },
    ])
    expectRestored(system)
  })
})

describe('a fault', () => {
  const slowSite = (name: string): Fault => ({
    kind: 'fault',
    name,
    title: name,
    effects: [],
    summary: name,
    validate: () => [],
    async inject({ sites }, signal) {
      await sites.setVariant('news.example', { name }, signal)
      return {
        on: ['news.example'],
        explain: [`news.example is ${name}`],
        heal: (s) => sites.setVariant('news.example', undefined, s),
      }
    },
  })

  it('is injected, watched and healed, in order with changes', async () => {
    const system = new TestSystem()
    const { verdict, of } = await run(system, { steps: [slowSite('slow'), harmless] })
    expect(verdict).toEqual({ kind: 'pass' })
    expect(system.variants).toEqual(['news.example slow', 'news.example -'])
    expect(of('change.undone').map((event) => event.change)).toEqual(['harmless', 'slow'])
  })

  it('that strikes a share only may have its effect now and then, and any other must have it always', async () => {
    const half: Fault = {
      ...slowSite('half'),
      effects: effect('403/467'),
      async inject() {
        const [first] = system.replicas
        if (first) first.config.document = { refuses: ['read/web'] }
        return {
          on: ['gateway-1'],
          explain: ['half of it'],
          heal: async () => {
            if (first) first.config.document = {}
          },
        }
      },
    }
    let system = new TestSystem({ replicas: 3 })
    expect((await run(system, { steps: [{ ...half, intermittent: true }] })).codes).toEqual([])
    system = new TestSystem({ replicas: 3 })
    expect((await run(system, { steps: [half] })).codes).toEqual(['effect-partial'])
  })

  it('that did nothing while it was in force proves nothing', async () => {
    const idle: Fault = {
      ...slowSite('idle'),
      inject: async () => ({
        on: ['media-2'],
        explain: ['it is down'],
        heal: async () => 'nobody came by',
      }),
    }
    const { reasons } = await run(new TestSystem(), { steps: [idle, harmless] })
    expect(reasons).toEqual(["change-is-noop: 'idle' did nothing: nobody came by"])
  })

  it('that cannot be healed fails the run, and the stack is discarded', async () => {
    const system = new TestSystem()
    let tries = 0
    const stuck: Fault = {
      ...slowSite('stuck'),
      inject: async () => ({
        on: ['media-2'],
        explain: ['it is down'],
        heal: () => {
          tries += 1
          return Promise.reject(new HarnessError('REPLICA_FAILED', 'media-2 does not start'))
        },
      }),
    }
    const { verdict, reasons, of } = await run(system, { steps: [stuck, harmless] })
    expect(verdict?.kind).toBe('fail')
    expect(reasons).toEqual([
      "undo-failed: 'stuck' could not be undone on media-2: media-2 does not start",
    ])
    expect(of('change.undone').map(({ change }) => change)).toEqual(['harmless'])
    expect(tries).toBe(3)
    expect(system.disposed).toBe(1)
    expectRestored(system)
  })

  it('whose healing does not end fails the run when its time is over, and no second try runs beside it', async () => {
    const system = new TestSystem()
    let tries = 0
    const endless: Fault = {
      ...slowSite('endless'),
      inject: async () => ({
        on: ['media-2'],
        explain: ['it is down'],
        healTimeoutMs: 20,
        heal: () => {
          tries += 1
          return new Promise(() => undefined)
        },
      }),
    }
    const { verdict, reasons } = await run(system, { steps: [endless] })
    expect(verdict?.kind).toBe('fail')
    expect(reasons).toEqual([
      "undo-failed: 'endless' could not be undone on media-2: it was not done in time, and did not stop when it was told to",
    ])
    expect(tries).toBe(1)
    expect(system.disposed).toBe(1)
  })

  it.each([
    ['is healed, and is inconclusive', 1, 'inconclusive'],
    ['and cannot be healed fails the run', 3, 'fail'],
  ] as const)('that comes in part %s', async (_, failures, verdict) => {
    const system = new TestSystem()
    let tries = 0
    const partly: Fault = {
      ...slowSite('partly'),
      inject: () => {
        const heal = () => {
          tries += 1
          return tries <= failures ? Promise.reject(new Error('no answer')) : Promise.resolve()
        }
        throw new HalfInjected(new Error('media-2 cannot be paused'), { on: ['media-1'], heal })
      },
    }
    const result = await run(system, { steps: [harmless, partly] })
    expect(result.verdict?.kind).toBe(verdict)
    expect(result.of('change.failed')).toMatchObject([{ message: 'media-2 cannot be paused' }])
    expect(tries).toBe(Math.min(3, failures + 1))
    expectRestored(system)
  })

  it('that cannot be injected is inconclusive', async () => {
    const system = new TestSystem()
    const broken: Fault = {
      ...slowSite('slow'),
      inject: () => Promise.reject(new HarnessError('FABRIC_FAILED', 'no such variant')),
    }
    const { verdict, codes } = await run(system, { steps: [broken] })
    expect(verdict?.kind).toBe('inconclusive')
    expect(codes).toContain('apply-failed')
  })
})

describe('an interrupt', () => {
  const isWindow = (id: string) => (event: JournalEvent) =>
    event.kind === 'window.opened' && event.window.id === id
  const isPhase = (phase: string) => (event: JournalEvent) =>
    event.kind === 'phase' && event.phase === phase

  it.each<[string, (event: JournalEvent) => boolean]>([
    ['before the stack is ready', isPhase('starting')],
    ['during the baseline', isWindow('baseline')],
    ['when the change is about to be applied', isPhase('applying')],
    ['when the change has just been applied', (event) => event.kind === 'change.applied'],
    ['while the change is watched', isWindow('change:1')],
    ['while it is undone', isPhase('undoing')],
    ['during recovery', isWindow('recovery')],
  ])('%s undoes what was done, and is inconclusive', async (_name, isMoment) => {
    const system = new TestSystem()
    const { verdict, fault, codes, of } = await run(
      system,
      {},
      {
        onEvent(event, interrupt) {
          if (isMoment(event)) interrupt()
        },
      },
    )
    expect(fault).toBeUndefined()
    expect(verdict?.kind).toBe('inconclusive')
    expect(codes[0]).toBe('interrupted')
    expect(of('interrupted')).toMatchObject([{ signal: 'SIGINT' }])
    expectRestored(system)
  })

  it('while the stack starts is no fault of the harness', async () => {
    const system = new TestSystem()
    system.onStart = ({ signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new HarnessError('ABORTED', 'interrupted')))
      })
    const { verdict, fault, codes } = await run(
      system,
      {},
      {
        onEvent(event, interrupt) {
          if (event.kind === 'phase') setTimeout(interrupt, 5)
        },
      },
    )
    expect(fault).toBeUndefined()
    expect(verdict?.kind).toBe('inconclusive')
    expect(codes).toEqual(['interrupted', 'no-data'])
  })
})

describe('the system', () => {
  it('that loses a replica fails', async () => {
    const system = new TestSystem()
    const { reasons } = await run(
      system,
      {},
      {
        onEvent(event) {
          if (event.kind === 'change.applied') {
            system.options?.onExit({ replica: 'gateway-2', detail: 'exit code 1' })
          }
        },
      },
    )
    expect(reasons).toEqual(['replica-died: gateway-2 ended by itself: exit code 1'])
    expectRestored(system)
  })

  it.each([
    ['refused', [], ['outside-traffic']],
    ['refused', ['evil.example'], []],
    ['answered', [], []],
  ] as const)(
    'that asks the outside, %s, %j being allowed',
    async (outcome, allowOutside, expected) => {
      const system = new TestSystem()
      const { codes, of } = await run(
        system,
        { allowOutside },
        {
          onEvent(event) {
            if (event.kind === 'change.applied') system.ask('https://evil.example/a', outcome)
          },
        },
      )
      expect(codes).toEqual(expected)
      expect(of('outside')).toHaveLength(1)
      expect(of('run.ended')[0]?.outsideRequests).toBe(1)
    },
  )
})

it('that asks a site more often than allowed fails, in windows of the kind that is named', async () => {
  const system = new TestSystem()
  const limit = { host: 'news.example', atMost: 1 }
  const { codes } = await run(
    system,
    {
      outside: {
        maxRequests: [
          { ...limit, window: 'change' },
          { ...limit, window: 'baseline' },
        ],
      },
    },
    {
      onEvent(event) {
        if (event.kind !== 'window.opened' || event.window.kind !== 'change') return
        const atMs = Date.parse('2026-11-24T00:00:00.000Z') + event.atMs + 1
        for (let i = 0; i < 2; i += 1) system.ask('https://news.example/a', 'answered', atMs)
      },
    },
  )
  expect(codes).toEqual(['outside-limit'])
  expectRestored(system)
})

it('writes 5,000 requests to the outside down and counts the others, and loses none', async () => {
  const system = new TestSystem()
  const limit = { host: 'news.example', atMost: 6_000 }
  const { verdict, of } = await run(
    system,
    { outside: { maxRequests: [limit, { ...limit, atMost: 5_999 }] } },
    {
      onEvent(event) {
        if (event.kind !== 'change.applied') return
        for (let i = 0; i < 6_000; i += 1) system.ask('https://news.example/a', 'answered')
      },
    },
  )
  expect(of('outside')).toHaveLength(5_000)
  expect(of('outside.counted')).toMatchObject([{ counts: [{ count: 1_000 }], lost: 0 }])
  expect(of('run.ended')[0]?.outsideRequests).toBe(6_000)
  expect(verdict).toMatchObject({ kind: 'fail', reasons: [{ code: 'outside-limit' }] })
})

describe('a flow', () => {
  it('that gets no answer is cut off and shows a timeout', async () => {
    const system = new TestSystem()
    const { verdict, of } = await run(system, {
      flows: [flow('read', { timeoutMs: 1_000 })],
      steps: [change('hang', { hangs: ['read'] })],
    })
    expect(verdict?.kind).toBe('fail')
    const failed = of('sample').filter(({ window, ok }) => window === 'change:1' && !ok)
    expect(new Set(failed.map(({ symptom }) => symptom))).toEqual(new Set(['timeout']))
    expect(failed[0]?.exchange).toMatchObject({
      error: expect.stringContaining('in time') as string,
    })
    expectRestored(system)
  })

  it('that does not look at its signal is left behind', async () => {
    const system = new TestSystem()
    const { verdict, reasons } = await run(system, {
      flows: [flow('read', { timeoutMs: 50, run: () => new Promise(() => undefined) })],
    })
    expect(verdict?.kind).toBe('inconclusive')
    expect(reasons[0]).toContain('timeout')
    expectRestored(system)
  })

  it('that throws anything else has a fault of its own, with what it threw', async () => {
    const system = new TestSystem()
    const { verdict, of } = await run(system, {
      flows: [
        flow('read', {
          run: () => {
            throw new TypeError('x is not a function')
          },
        }),
      ],
    })
    expect(verdict?.kind).toBe('inconclusive')
    expect(of('sample')[0]).toMatchObject({
      symptom: 'fault in the flow',
      message: "the flow 'read' threw x is not a function",
    })
    expectRestored(system)
  })

  it('that asks for a service which is not there ends the run as a fault of the scenario', async () => {
    const system = new TestSystem()
    const { fault } = await run(system, {
      flows: [
        flow('read', { run: async ({ http }) => void (await http.get('/', { service: 'x' })) }),
      ],
      judgement: { windowMs: 200 },
    })
    expect(fault).toMatchObject({ code: 'INVALID_SCENARIO' })
    expectRestored(system)
  })

  it('draws the same random numbers in each run with the same seed, its own in each cell', async () => {
    const drawn = async (seed: number) => {
      const numbers = new Map<string, number>()
      const draws = flow('read', {
        async run({ actor, iteration, random }) {
          const value = random()
          if (iteration === 0) numbers.set(actor.id, value)
        },
      })
      await run(new TestSystem(), { flows: [draws] }, { seed })
      return numbers
    }
    const first = await drawn(7)
    expect(await drawn(7)).toEqual(first)
    expect(await drawn(8)).not.toEqual(first)
    expect(first.get('web')).not.toBe(first.get('mobile'))
  })
})

describe('a run that cannot go on', () => {
  it('when the stack does not start says why, and leaves a journal', async () => {
    const system = new TestSystem()
    system.faults.start = new HarnessError('START_FAILED', 'gateway-1 ended while starting', {
      hint: 'see above',
    })
    const { fault, of } = await run(system, {})
    expect(fault).toBe(system.faults.start)
    expect(of('run.ended')[0]?.verdict).toEqual({
      kind: 'inconclusive',
      reasons: [
        {
          code: 'run-failed',
          message: 'the system did not start: gateway-1 ended while starting\n(see above)',
        },
      ],
    })
  })

  it('when an actor cannot be made ready stops the stack', async () => {
    const system = new TestSystem()
    const error = new TypeError('no such account')
    const { fault } = await run(system, {
      actors: [{ id: 'web', title: 'web', headers: {}, prepare: () => Promise.reject(error) }],
    })
    expect(fault).toMatchObject({
      code: 'START_FAILED',
      message: 'web could not sign in: no such account',
    })
    expectRestored(system)
  })

  it('when a flow asks for what the stack does not have ends at once, not when the window does', async () => {
    const system = new TestSystem()
    const { fault } = await run(system, {
      judgement: { windowMs: 3_000_000 },
      flows: [
        {
          id: 'read',
          title: 'read',
          actors: ['web'],
          run: async ({ http }) => void (await http.get('/', { service: 'nobody' })),
        },
      ],
    })
    expect(fault).toMatchObject({ code: 'INVALID_SCENARIO' })
    expectRestored(system)
  })

  it('when traffic to the outside cannot be read any more undoes, tears down and says so', async () => {
    const system = new TestSystem()
    const { fault } = await run(
      system,
      { steps: [breaksReading] },
      {
        onEvent(event) {
          if (event.kind === 'change.applied')
            system.faults.outside = new Error('the fabric is gone')
        },
      },
    )
    expect(fault).toBe(system.faults.outside)
    expectRestored(system)
  })

  it('goes on when traffic to the outside cannot be read for a moment', async () => {
    const system = new TestSystem()
    const { verdict, fault } = await run(
      system,
      { statusPage },
      {
        onEvent(event) {
          if (event.kind === 'stack.ready') system.faults.outside = new Error('busy')
          if (event.kind === 'window.opened' && event.window.id === 'recovery') {
            system.ask('https://evil.example/', 'refused')
            delete system.faults.outside
          }
        },
      },
    )
    expect(fault).toBeUndefined()
    expect(verdict).toMatchObject({ reasons: [{ code: 'outside-traffic' }] })
  })

  it('when the teardown fails says so, after the verdict is in the journal', async () => {
    const system = new TestSystem()
    system.faults.dispose = new Error('a process is left')
    const { fault, of } = await run(system, {})
    expect(fault).toBe(system.faults.dispose)
    expect(of('run.ended')[0]?.verdict).toEqual({ kind: 'pass' })
  })
})

describe('an actor', () => {
  it('signs in before the baseline, and its session goes with each request', async () => {
    const system = new TestSystem({ behaviour: { refuses: ['read/web'] } })
    const { verdict, events } = await run(system, {
      actors: [
        {
          id: 'web',
          title: 'web',
          headers: { 'x-actor': 'web', authorization: 'Bearer first-s3cret' },
          prepare: async (http) => {
            await http.post('/sign-in')
            return { 'x-actor': 'guest', 'x-session-token': 'second-s3cret' }
          },
        },
      ],
      flows: [flow('read', { actors: ['web'] })],
    })
    expect(verdict).toEqual({ kind: 'pass' })
    expect(JSON.stringify(events)).not.toContain('s3cret')
  })

  it('that cannot sign in goes on without', async () => {
    const system = new TestSystem()
    const { verdict, of } = await run(system, {
      actors: [
        {
          id: 'web',
          title: 'The web app',
          headers: {},
          prepare: async (http) => void (await http.get('/status')).json() as never,
        },
      ],
    })
    expect(verdict).toEqual({ kind: 'pass' })
    expect(of('phase').map(({ text }) => text)).toContainEqual(
      expect.stringMatching(/^The web app could not sign in: the answer is not JSON/),
    )
  })

  it('may have a key that is the name of something: cells stay what they are', async () => {
    const system = new TestSystem()
    const { verdict, of } = await run(system, {
      actors: [{ id: 'mobile', title: 'm', headers: { 'x-api-key': 'mobile' } }],
      flows: [flow('read', { actors: ['mobile'] })],
    })
    expect(verdict).toEqual({ kind: 'pass' })
    expect(of('cell.judged')[0]).toMatchObject({ flow: 'read', actor: 'mobile' })
  })
})

it('sees a state that differs, although the replica is called like a secret', async () => {
  const system = new TestSystem({ service: 'token-store' })
  const alters = change('alters', { refuses: ['nothing'] }, { service: 'token-store' })
  const { codes } = await run(
    system,
    { steps: [alters] },
    {
      onEvent(event) {
        if (event.kind !== 'change.undone') return
        const config = system.replicas[0]?.config
        if (config) config.document = { other: true }
      },
    },
  )
  expect(codes).toEqual(['state-differs'])
})

it('removes registered secrets from every event', async () => {
  const redactor = new Redactor()
  redactor.addValue('hunter-22')
  const system = new TestSystem()
  const { events } = await run(
    system,
    { steps: [change('leaks', { refuses: ['hunter-22'] })] },
    { redactor },
  )
  expect(JSON.stringify(events)).toContain('[redacted]')
  expect(JSON.stringify(events)).not.toContain('hunter-22')
})

describe('the status page', () => {
  const incident: Partial<Scenario> = { statusPage, steps: [breaksReading] }
  const broken = [{ flows: ['read'], symptom: '403/467' }]

  it('that stays green is known to have lied', async () => {
    const system = new TestSystem()
    const { verdict, of } = await run(system, {
      ...incident,
      expect: { kind: 'reproduces', broken, statusPageLies: true },
    })
    expect(verdict).toEqual({ kind: 'pass' })
    const [finding] = of('status.judged')
    expect(finding?.falseGreenMs).toBeGreaterThan(0)
    expect(finding?.admitMs).toBeUndefined()
  })

  it('that admits is known to have told the truth', async () => {
    const system = new TestSystem()
    const { verdict } = await run(
      system,
      { ...incident, expect: { kind: 'reproduces', broken, statusPageLies: false } },
      {
        onEvent(event) {
          if (event.kind === 'change.applied') system.status = 'outage'
          if (event.kind === 'change.undone') system.status = 'operational'
        },
      },
    )
    expect(verdict).toEqual({ kind: 'pass' })
  })

  it('that cannot be read is unknown, with the reason', async () => {
    const system = new TestSystem()
    const { of } = await run(system, {
      statusPage: { title: 'page', read: () => Promise.reject(new Error('no such element')) },
    })
    expect(of('status.read')[0]).toMatchObject({ overall: 'unknown', error: 'no such element' })
  })
})

function indexOf(events: readonly JournalEvent[], kind: JournalEvent['kind']): number {
  const index = events.findIndex((event) => event.kind === kind)
  expect(index).toBeGreaterThanOrEqual(0)
  return index
}
