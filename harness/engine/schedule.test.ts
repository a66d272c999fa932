import { setTimeout as sleep } from 'node:timers/promises'

import { describe, expect, it } from 'vitest'

import {
  at,
  undo,
  wait,
  type Effect,
  type Fault,
  type JournalEvent,
  type Step,
} from '../core/index.ts'
import { breaksReading, change, harmless, run, statusPage } from './test-run.ts'
import { TestSystem } from './test-system.ts'
import { validateScenario } from './validate.ts'

const declared = change(
  'declared',
  { refuses: ['read/web'] },
  { effects: [{ flows: ['read'], actors: ['web'], becomes: '403/467' }] },
)
const second = change('second', { hangs: ['nothing'] })

it('a step that is undone in between is out of force from then on, and not undone again', async () => {
  const system = new TestSystem()
  const { verdict, of } = await run(system, { steps: [declared, undo('declared'), second] })
  expect(verdict).toEqual({ kind: 'pass' })
  expect(of('change.undone').map((event) => event.change)).toEqual(['declared', 'second'])
  const read = of('cell.judged').filter(({ flow, actor }) => flow === 'read' && actor === 'web')
  expect(read.map(({ judgement }) => judgement)).toEqual([
    'holds',
    'effect',
    'holds',
    'holds',
    'holds',
  ])
  for (const { config } of system.replicas) expect(config.document).toEqual({})
})

it('an undo in between that could not be done is tried again at the end', async () => {
  const system = new TestSystem()
  let isDown = true
  const later = {
    ...second,
    apply: async (...given: Parameters<typeof second.apply>) => {
      const applied = await second.apply(...given)
      const undoes = () =>
        isDown ? Promise.reject(new Error('it is down')) : applied.undo(given[1])
      return { ...applied, undo: undoes }
    },
  }
  const steps = [later, undo('second')]
  const onEvent = (event: JournalEvent) => {
    if (event.kind === 'undo.failed' && event.replica === 'gateway-1') isDown = false
  }
  const { codes, of } = await run(system, { steps }, { onEvent })
  expect(codes).toContain('undo-failed')
  expect(codes).not.toContain('state-differs')
  expect(of('change.undone')).toMatchObject([{ replicas: ['gateway-2', 'gateway-1'] }])
  for (const { config } of system.replicas) expect(config.document).toEqual({})
})

it('an undo in between that does not help fails', async () => {
  const system = new TestSystem()
  const pretends = {
    ...declared,
    apply: async (...given: Parameters<typeof declared.apply>) => ({
      ...(await declared.apply(...given)),
      undo: async () => undefined,
    }),
  }
  const { codes } = await run(system, {
    steps: [pretends, undo('declared'), second],
    judgement: { windowMs: 700 },
  })
  expect(codes).toContain('broken')
  expect(codes).toContain('state-differs')
})

it('what is waited for is watched once more with everything in force', async () => {
  const { verdict, of } = await run(new TestSystem(), {
    steps: [declared, wait('a-while', 200)],
  })
  expect(verdict).toEqual({ kind: 'pass' })
  const read = of('cell.judged').filter(({ flow, actor }) => flow === 'read' && actor === 'web')
  expect(read.map(({ judgement }) => judgement)).toEqual(['holds', 'effect', 'effect', 'holds'])
})

/** A system that stays as the change made it when that is undone, until the next configuration comes. */
const sticky: typeof declared = {
  ...change('sticky', { refuses: ['read'] }),
  apply: async (replica, signal) => {
    const applied = await change('sticky', { refuses: ['read'] }).apply(replica, signal)
    return { ...applied, undo: async () => undefined }
  },
}

it('steps go on while cells are broken that are to come back by a later one', async () => {
  const system = new TestSystem()
  const cure = change('cure', { refuses: [] })
  const { verdict, of } = await run(system, {
    steps: [sticky, undo('sticky'), wait('a-while', 100), cure, wait('then', 100)],
    expect: { kind: 'reproduces', broken: [{ flows: ['read'], until: 'cure' }] },
    judgement: { windowMs: 700 },
  })
  const read = of('cell.judged').filter(({ flow, actor }) => flow === 'read' && actor === 'web')
  expect(read.slice(0, -1).map(({ judgement }) => judgement)).toEqual([
    'holds',
    'broken',
    'broken',
    'broken',
    'holds',
    'holds',
  ])
  // The change was never undone, which the hash of the configuration shows.
  expect(verdict?.kind).toBe('fail')
})

it('names a later step as the end of what is broken', () => {
  const problems = validateScenario({
    id: 'a',
    title: 'a',
    stack: new TestSystem().stack,
    actors: [{ id: 'web', title: 'web', headers: {} }],
    flows: [{ id: 'read', title: 'read', actors: ['web'], run: async () => undefined }],
    steps: [harmless, undo('harmless')],
    expect: { kind: 'reproduces', broken: [{ flows: ['read'], until: 'harmless' }] },
  })
  expect(problems).toEqual([
    {
      path: 'expect.broken[0].until',
      message: "is 'harmless'",
      hint: 'name a step after the first: undo-harmless',
    },
  ])
})

it.each([
  [[undo('nothing'), harmless], "steps[0].step is 'nothing'"],
  [
    [harmless, undo('harmless'), { ...undo('harmless'), name: 'again' }],
    "steps[2].step is 'harmless'",
  ],
  [[harmless, wait('w', 0)], 'steps[1].durationMs is 0'],
])('a schedule that makes no sense is refused: %#', (steps, expected) => {
  const scenario = {
    id: 'a',
    title: 'a',
    stack: new TestSystem().stack,
    actors: [{ id: 'web', title: 'web', headers: {} }],
    flows: [{ id: 'read', title: 'read', actors: ['web'], run: async () => undefined }],
    steps,
    expect: { kind: 'holds' },
  }
  const problems = validateScenario(scenario).map(({ path, message }) => `${path} ${message}`)
  expect(problems).toEqual([expected])
})

describe('while time goes by', () => {
  /** Breaks reading as soon as the wait has begun, for so long. */
  async function withOutage(steps: readonly Step[], effects: readonly Effect[] = []) {
    const system = new TestSystem()
    const say = (refuses: readonly string[]) => {
      for (const { config } of system.replicas) {
        config.document = { ...(config.document as object), refuses }
      }
    }
    const timers: NodeJS.Timeout[] = []
    const result = await run(
      system,
      { steps: steps.map((step) => ({ ...step, effects })) },
      {
        onEvent(event) {
          if (event.kind !== 'phase' || !/wait for/.test(event.text)) return
          say(['read'])
          timers.push(setTimeout(() => say(['nothing']), 600))
        },
      },
    )
    for (const timer of timers) clearTimeout(timer)
    return result
  }

  it('an outage that is over before its end is seen, and ends it at once', async () => {
    const { codes, of } = await withOutage([harmless, wait('an-hour', 500_000)])
    expect(codes).toContain('broken')
    const broken = of('cell.judged').filter(({ judgement }) => judgement === 'broken')
    expect(broken.map(({ window, flow }) => `${window} ${flow}`)).toContain('change:2 read')
    expect(broken[0]?.evidence.note).toBe('it broke before the window opened')
  })

  it('and is none where the steps in force declare it', async () => {
    const effects = [{ flows: ['read'], becomes: '*', optional: true }]
    const { verdict } = await withOutage([harmless, wait('a-while', 900)], effects)
    expect(verdict).toEqual({ kind: 'pass' })
  })

  it('a break before a later step is told of the step before it, and the later one is not taken', async () => {
    const later = at(400_000, change('later', { hangs: ['nothing'] }))
    const pause = wait('a-moment', 50)
    const { codes, reasons, of } = await withOutage([harmless, pause, later])
    expect(codes).toContain('broken')
    expect(reasons[0]).toContain("broke under 'a-moment'")
    expect(of('change.applied').map((event) => event.change)).not.toContain('later')
  })
})

describe('before a step whose time has not come', () => {
  const later = at(2_000, change('later', { hangs: ['nothing'] }))

  /** Refuses so much once the first step was watched, until all is undone. */
  const refusing = (system: TestSystem, refuses: readonly string[], first: string) => ({
    onEvent(event: JournalEvent) {
      const isBreaking = event.kind === 'window.closed' && event.window.id === 'change:1'
      const isEnd = event.kind === 'change.undone' && event.change === first
      for (const { config } of system.replicas) {
        if (isBreaking) config.document = { ...(config.document as object), refuses }
        if (isEnd) config.document = {}
      }
    },
  })

  it('something breaks that may, and the step is taken all the same', async () => {
    const system = new TestSystem()
    const steps = [harmless, later, change('cure', { refuses: [] })]
    const { of } = await run(
      system,
      {
        steps,
        expect: { kind: 'reproduces', broken: [{ flows: ['read'], until: 'cure' }] },
      },
      refusing(system, ['read'], 'harmless'),
    )
    const applied = new Set(of('change.applied').map((event) => event.change))
    expect([...applied]).toEqual(steps.map(({ name }) => name))
  })

  it('something breaks, and a fault that comes and goes is not asked to be there always', async () => {
    const system = new TestSystem()
    const comesAndGoes: Fault = {
      kind: 'fault',
      name: 'comes-and-goes',
      title: 'comes and goes',
      summary: 'comes and goes',
      intermittent: true,
      effects: [{ flows: ['read'], becomes: '403/467' }],
      validate: () => [],
      async inject() {
        const [one] = system.replicas
        if (one) one.config.document = { refuses: ['read'] }
        return { on: ['gateway'], explain: ['one refuses'], heal: async () => undefined }
      },
    }
    const { of, codes } = await run(
      system,
      { steps: [comesAndGoes, later] },
      {
        onEvent(event) {
          const isBreaking = event.kind === 'window.closed' && event.window.id === 'change:1'
          for (const [i, { config }] of system.replicas.entries()) {
            if (isBreaking) config.document = { refuses: i === 0 ? ['read', 'post'] : ['post'] }
            if (event.kind === 'change.undone') config.document = {}
          }
        },
      },
    )
    expect(codes).toContain('broken')
    expect(of('cell.judged').map(({ judgement }) => judgement)).not.toContain('effect-partial')
  })
})

describe('a cell that held', () => {
  /** Breaks reading for the web as soon as it was judged in this window, which stays open for the status page. */
  async function breaksLater(window: string) {
    const system = new TestSystem()
    return run(
      system,
      { statusPage },
      {
        onEvent(event) {
          if (event.kind !== 'cell.judged' || event.window !== window) return
          if (event.flow !== 'read' || event.actor !== 'web' || event.judgement !== 'holds') return
          for (const { config } of system.replicas) {
            config.document = { ...(config.document as object), refuses: ['read/web'] }
          }
        },
      },
    )
  }

  it.each([
    ['change:1', 'fail', 'broken'],
    ['baseline', 'inconclusive', 'baseline-broken'],
    ['recovery', 'fail', 'not-recovered'],
  ])('and breaks while the window %s is open is broken', async (window, kind, code) => {
    const { verdict, codes } = await breaksLater(window)
    expect(verdict?.kind).toBe(kind)
    expect(codes).toContain(code)
  })
})

describe('while a step is applied', () => {
  /** Refuses reading for as long as it takes. */
  const restart = (system: TestSystem, effects: readonly Effect[]): Fault => ({
    kind: 'fault',
    name: 'restart',
    title: 'it is restarted',
    summary: 'it is restarted',
    effects,
    validate: () => [],
    async inject() {
      const before = system.replicas.map(({ config }) => config.document)
      for (const { config } of system.replicas) config.document = { refuses: ['read'] }
      await sleep(700)
      for (const [i, { config }] of system.replicas.entries()) config.document = before[i]
      return { on: ['gateway'], explain: ['it was restarted'], heal: async () => undefined }
    },
  })

  it('a cell that fails is broken, though all is well when the step is done', async () => {
    const system = new TestSystem()
    const { codes, reasons } = await run(system, { steps: [restart(system, [])] })
    expect(codes).toContain('broken')
    expect(reasons[0]).toContain("broke under 'restart'")
  })

  it('a cell that is to be back by then is not excused', async () => {
    const system = new TestSystem()
    const cure = change('cure', { refuses: [] })
    const { reasons } = await run(system, {
      steps: [breaksReading, cure, restart(system, [])],
      expect: { kind: 'reproduces', broken: [{ flows: ['read'], until: 'cure' }] },
    })
    expect(reasons[0]).toContain("broke under 'restart'")
  })

  it('what the step declares may suffer', async () => {
    const system = new TestSystem()
    const effects = [{ flows: ['read'], becomes: '*', optional: true }]
    const { verdict } = await run(system, { steps: [restart(system, effects)] })
    expect(verdict).toEqual({ kind: 'pass' })
  })
})

it('a later step takes nothing away from what an earlier one is declared to do', async () => {
  const also = change(
    'also',
    { hangs: ['nothing'] },
    { effects: [{ flows: ['read'], actors: ['web'], becomes: '502', optional: true }] },
  )
  const { verdict, of } = await run(new TestSystem(), { steps: [declared, also] })
  expect(verdict).toEqual({ kind: 'pass' })
  const last = of('cell.judged').filter((cell) => cell.window === 'change:2' && cell.declared)
  expect(last.map((cell) => `${cell.actor} ${cell.judgement} ${cell.declared}`)).toEqual([
    'web effect 403/467 or 502',
  ])
})
