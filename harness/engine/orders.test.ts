import { describe, expect, it } from 'vitest'

import {
  at,
  during,
  everyOrder,
  repeat,
  undo,
  wait,
  type Change,
  type Step,
} from '../core/index.ts'
import { change, flow, harmless, run } from './test-run.ts'
import { TestSystem } from './test-system.ts'
import { validateScenario } from './validate.ts'

const names = (steps: readonly Step[]) => steps.map(({ name }) => name)

/** In this process there is one service: these differ in name only. */
function ofService(service: string, given: Change): Change {
  return { ...given, name: service }
}
const one = ofService('one', harmless)
const other = ofService('other', change('other', { hangs: ['nothing'] }))

describe('steps made by helpers', () => {
  it.each([0, 2.5, -1, Number.NaN, 1e9])('repeat is not given %d times', (times) => {
    const [first, second] = repeat(times, wait('a', 5), wait('b', 5))
    const stack = { name: 'a', entry: 'a', services: [], sites: [] }
    expect(first?.validate(stack)).toEqual([
      `repeat() is given ${times} times: use a whole number from 1 to 1000`,
    ])
    expect(second?.validate(stack)).toEqual([])
  })

  it('repeat gives each round names of its own, and undoes what is of the round', () => {
    const steps = repeat(2, harmless, wait('a', 5), undo('harmless'), undo('earlier'))
    expect(names(steps.slice(4))).toEqual([
      'harmless-2',
      'a-2',
      'undo-harmless-2',
      'undo-earlier-2',
    ])
    expect(steps.flatMap((step) => (step.kind === 'undo' ? [step.step] : []))).toEqual([
      'harmless',
      'earlier',
      'harmless-2',
      'earlier',
    ])
  })

  it('during holds a step for a span, and undoes it', () => {
    expect(names(during(50, harmless))).toEqual(['harmless', 'harmless-goes-on', 'undo-harmless'])
  })

  it('everyOrder applies in every order, and undoes in every order', () => {
    const steps = everyOrder(one, other)
    expect(names(steps)).toEqual([
      'order-1-one',
      'order-1-other',
      'order-1-undo-one',
      'order-1-undo-other',
      'order-2-other',
      'order-2-one',
      'order-2-undo-other',
      'order-2-undo-one',
    ])
    expect(new Set(steps.map(({ order }) => order))).toEqual(new Set(['round 1', 'round 2']))
  })

  it.each([2, 3, 4, 5])('everyOrder of %d takes each transition between two sets once', (n) => {
    const changes = Array.from({ length: n }, (_, i) => ofService(`service-${i}`, harmless))
    const steps = everyOrder(...changes)
    expect(steps).toHaveLength(n * 2 ** n)
    expect(new Set(names(steps)).size).toBe(steps.length)
    const inForce = new Map<string, string>()
    const taken = new Set<string>()
    let order: string | undefined
    for (const step of steps) {
      // Each round begins and ends with nothing in force.
      if (step.order !== order) expect(inForce.size).toBe(0)
      order = step.order
      const before = [...inForce.values()].toSorted().join()
      if (step.kind === 'undo') {
        expect(inForce.has(step.step)).toBe(true)
        taken.add(`${before} - ${inForce.get(step.step)}`)
        inForce.delete(step.step)
      } else {
        const change = step.name.replace(/^order-\d-(service-\d).*/, '$1')
        expect([...inForce.values()]).not.toContain(change)
        taken.add(`${before} + ${change}`)
        inForce.set(step.name, change)
      }
    }
    expect(inForce.size).toBe(0)
    expect(taken.size).toBe(n * 2 ** n)
    expect(new Set(steps.map(({ order: round }) => round)).size).toBe(n)
  })

  it.each([
    [everyOrder(one), 'is given 1 step: give it 2 to 5'],
    [
      everyOrder(
        ...'abcdef'.split('').map((name) => ofService(name, { ...harmless, service: name })),
      ),
      'is given 6 steps, which are 384 transitions: give it 2 to 5, which are 160',
    ],
    [everyOrder(one, other), 'two changes of one service'],
  ])('everyOrder says what it cannot do: %#', (steps, problem) => {
    const { stack } = new TestSystem()
    expect(steps.flatMap((step) => step.validate(stack)).join()).toContain(problem)
  })

  it.each([
    [[at(50, harmless), at(20, undo('harmless'))], 'steps[1].notBeforeMs is 20'],
    [[at(-1, harmless)], 'steps[0].notBeforeMs is -1'],
  ])('moments out of order are refused: %#', (steps, problem) => {
    const scenario = {
      id: 'a',
      title: 'a',
      stack: new TestSystem().stack,
      actors: [{ id: 'web', title: 'web', headers: {} }],
      flows: [{ ...flow('read'), actors: ['web'] }],
      steps,
      expect: { kind: 'holds' },
    }
    const problems = validateScenario(scenario).map(({ path, message }) => `${path} ${message}`)
    expect(problems).toEqual([problem])
  })
})

it('a step at a moment is not taken before it', async () => {
  const { verdict, of } = await run(new TestSystem(), { steps: [at(700, harmless)] })
  expect(verdict).toEqual({ kind: 'pass' })
  const baseline = of('window.closed')[0]?.atMs ?? Infinity
  const applied = of('change.applied')[0]?.atMs ?? 0
  expect(applied - baseline).toBeGreaterThan(690)
})

/** A system that bears `other` only after `one`. */
class Ordered extends TestSystem {
  readonly taken: string[] = []
  step(name: string): Change {
    return {
      ...ofService(name, harmless),
      apply: async () => {
        this.taken.push(name)
        const { config } = this.replicas[0] as TestSystem['replicas'][0]
        const isBad = () => this.taken.includes('other') && !this.taken.includes('one')
        const look = () => void (config.document = isBad() ? { refuses: ['read'] } : {})
        look()
        return {
          explain: [name],
          undo: async () => {
            this.taken.splice(this.taken.indexOf(name), 1)
            look()
          },
        }
      },
      validate: () => [],
    }
  }
}

describe('an order that breaks something', () => {
  it('is named, left, and does not keep the others from being tried', async () => {
    const system = new Ordered({ replicas: 1 })
    const { verdict, reasons, of } = await run(system, {
      steps: everyOrder(system.step('one'), system.step('other')),
    })
    expect(verdict?.kind).toBe('fail')
    // Undone in the order of application, 'other' stays behind alone; and applied first it is alone too.
    expect([...new Set(reasons)].map((text) => text.replace(/:? ?\d+ of.*/, ''))).toEqual([
      "broken: read × web: broke under 'order-1-undo-one' (round 1: undo 'one', with other in force)",
      "broken: read × mobile: broke under 'order-1-undo-one' (round 1: undo 'one', with other in force)",
      "broken: read × web: broke under 'order-2-other' (round 2: harmless)",
      "broken: read × mobile: broke under 'order-2-other' (round 2: harmless)",
    ])
    expect(of('change.applied').map((event) => event.change)).toEqual([
      'order-1-one',
      'order-1-other',
      'order-1-undo-one',
      'order-2-other',
    ])
    expect(of('window.closed').map(({ window }) => window.id)).toContain('recovery:3')
    expect(system.taken).toEqual([])
  })

  it('of which there is none passes, with every order watched', async () => {
    const system = new Ordered({ replicas: 1 })
    const steps = everyOrder(system.step('one'), system.step('third'))
    const { verdict, of } = await run(system, { steps })
    expect(verdict).toEqual({ kind: 'pass' })
    expect(of('change.applied')).toHaveLength(8)
  })
})
