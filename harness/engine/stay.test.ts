import { expect, it } from 'vitest'

import { during, repeat, undo, wait, Redactor, type Scenario, type Step } from '../core/index.ts'
import { monotonicClock } from './clock.ts'
import { Experiment } from './experiment.ts'
import { takeStepsToStay } from './run.ts'
import { actors, breaksReading, change, flow, harmless } from './test-run.ts'
import { TestSystem } from './test-system.ts'

const second = change('second', { hangs: ['nothing'] })
const cure = change('cure', { refuses: [] })
const isOver = { broken: [{ flows: ['read'], until: 'cure' }] }

it.each<[string, Step[], string[], typeof isOver?]>([
  ['what broke something', [harmless, breaksReading, second], ['harmless', 'break-reading']],
  [
    'what is undone later, to no avail',
    [breaksReading, wait('looking', 5), undo('break-reading'), wait('more', 5), cure],
    ['break-reading'],
    isOver,
  ],
  ['what is mended later', [breaksReading, cure, wait('then', 5)], ['break-reading'], isOver],
  ['what comes for a while', during(5, harmless), ['harmless']],
  ['what comes again', repeat(2, harmless, undo('harmless')), ['harmless-2']],
  ['the last of several', [harmless, undo('harmless'), second, undo('second')], ['second']],
])('whoever looks around finds %s in force', async (_, steps, inForce, reproduced) => {
  const system = new TestSystem()
  const expected: Scenario['expect'] = reproduced
    ? { kind: 'reproduces', ...reproduced }
    : { kind: 'holds' }
  const experiment = new Experiment(
    {
      id: 'test',
      title: 'A test',
      stack: system.stack,
      actors,
      flows: [flow('read'), flow('post')],
      steps,
      expect: expected,
    },
    {
      runtime: system,
      runId: 'test-run',
      seed: 1,
      logDir: '/nowhere',
      redactor: new Redactor(),
      clock: monotonicClock(),
      listeners: [],
      provenance: { startedAt: '2026-11-24T00:00:00.000Z', args: [], versions: {} },
      signal: new AbortController().signal,
      idlePauseMs: 5,
    },
  )
  await experiment.start()
  expect(await experiment.baseline()).toBe(true)
  await takeStepsToStay(experiment)
  expect([...new Set(experiment.inForce.map(({ step }) => step))]).toEqual(inForce)
  await experiment.undo()
  await experiment.finish()
})
