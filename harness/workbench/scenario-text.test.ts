import { expect, it } from 'vitest'

import type { Effect } from '../core/index.ts'
import type { Bench } from './bench.ts'
import { harmfulBeforeTheLast, scenarioText } from './scenario-text.ts'

const plan = 'plan'
const hangs = 'news-hangs'
const image = { flow: 'view-image', actor: 'web', symptom: '403/467', sometimes: false }

/** These steps in force, in order, of which the change was seen to break viewing images. */
function bench(order: readonly string[], effects: readonly Effect[] = []): Bench {
  const steps = order.map((name) => ({
    step: { kind: name === plan ? 'change' : 'fault', name, title: name, effects },
    on: [],
  }))
  return {
    inForce: () => steps,
    failingUnder: new Map([[plan, [image]]]),
  } as unknown as Bench
}

it.each<[string, Bench, string | undefined]>([
  ['a change that broke something, with a fault after it', bench([plan, hangs]), plan],
  ['such a change in the end', bench([hangs, plan]), undefined],
  [
    'a change that did what it declares',
    bench([plan, hangs], [{ flows: ['view-image'], becomes: '403/467' }]),
    undefined,
  ],
])('%s', (_, given, name) => {
  expect(harmfulBeforeTheLast(given)?.step.name).toBe(name)
})

it('load by hand is over the cells that it was on, beside that of the scenario', () => {
  const load = { executors: { 'by-hand': {} }, mix: [{ flow: 'view-image' }] }
  const saved = (own: object) =>
    scenarioText(
      {
        scenario: { id: 'x', steps: [], ...own },
        options: { load: { ratePerSecond: 20 } },
        experiment: { cells: [image, { flow: 'sign-in', actor: 'web' }] },
        recent: { failing: () => [] },
        inForce: () => [],
      } as unknown as Bench,
      'x-by-hand',
      './x.scenario.ts',
    )
  const text = saved({ load })
  expect(text).toContain("...original.load?.executors, 'by-hand-2': {")
  expect(text).toMatch(/mix: \[\s+\{\s+flow: 'view-image',[^]*flow: 'sign-in',/)
  expect(saved({})).not.toContain('mix')
})

it('what a scenario cannot do is not saved: a change on another replica than the first ones', () => {
  const only = {
    scenario: { id: 'x', steps: [] },
    inForce: () => [{ step: { kind: 'change', title: 'delay', effects: [] }, on: ['app-2'] }],
    replicasOf: () => ['app-1', 'app-2'],
  } as unknown as Bench
  expect(() => scenarioText(only, 'x-by-hand', './x.scenario.ts')).toThrow(
    `'delay' is on app-2 only`,
  )
})

it('where a part of the replicas has the change no way to fail is laid down, and no luck is left to what is spared', () => {
  const effects = [
    { flows: ['read'], becomes: '403' },
    { flows: ['sign-in'], becomes: '401' },
  ]
  const step = { kind: 'change', name: plan, title: plan, service: 'app', effects }
  const text = scenarioText(
    {
      scenario: { id: 'x', steps: [step] },
      options: { load: { ratePerSecond: 0 } },
      failingUnder: new Map(),
      recent: {
        failing: () => [
          { ...image, sometimes: true },
          { flow: 'read', actor: 'web', sometimes: true },
          { flow: 'sign-in', actor: 'web', symptom: '401', sometimes: false },
          { flow: 'post', actor: 'web', symptom: '503', sometimes: false },
        ],
      },
      inForce: () => [{ step, on: ['app-1'] }],
      replicasOf: () => ['app-1', 'app-2'],
      isPartial: () => true,
    } as unknown as Bench,
    'x-by-hand',
    './x.scenario.ts',
  )
  expect(text).toMatch(/flows: \[\s+'read'\s+\],\s+becomes: '\*'/)
  expect(text).toContain("becomes: '401'")
  expect(text).toContain("symptom: '503'")
  expect(text).not.toContain('403/467')
  expect(text).toContain("failing: 'some'")
  expect(text).toContain('judgement: { ...original.judgement, miss: 0.0005 },')
})
