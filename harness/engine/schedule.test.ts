import { expect, it } from 'vitest'

import { undo, wait } from '../core/index.ts'
import { change, harmless, run } from './test-run.ts'
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
