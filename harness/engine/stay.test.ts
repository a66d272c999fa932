import { expect, it } from 'vitest'

import {
  during,
  repeat,
  undo,
  wait,
  type Change,
  type JournalEvent,
  type Scenario,
  type Step,
} from '../core/index.ts'
import { Experiment } from './experiment.ts'
import { takeStepsToStay } from './run.ts'
import { actors, breaksReading, change, flow, harmless, optionsFor } from './test-run.ts'
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
  const { experiment } = experimentOn(system, steps, expected)
  await experiment.start()
  expect(await experiment.baseline()).toBe(true)
  await takeStepsToStay(experiment)
  expect([...new Set(experiment.inForce.map(({ step }) => step))]).toEqual(inForce)
  await experiment.undo()
  await experiment.finish()
})

it('what is asked to be undone, and cannot be, stays in force, to be undone at the end', async () => {
  const system = new TestSystem()
  let isInTheWay = true
  const stubborn: Change = {
    ...harmless,
    name: 'stubborn',
    apply: async (replica, signal) => {
      const { explain, undo } = await harmless.apply(replica, signal)
      const tried = (inTime: AbortSignal) =>
        isInTheWay ? Promise.reject(new Error('something is in the way')) : undo(inTime)
      return { explain, undo: tried }
    },
  }
  const { experiment, events } = experimentOn(system, [stubborn])
  await experiment.start()
  await experiment.baseline()
  await takeStepsToStay(experiment)
  await expect(experiment.undoOne('stubborn')).rejects.toThrow(
    /^'stubborn' is still in force on .*: something is in the way/,
  )
  expect(experiment.inForce).not.toEqual([])
  isInTheWay = false
  await experiment.undo()
  expect(experiment.inForce).toEqual([])
  await experiment.finish()
  expect(events.map(({ kind }) => kind)).not.toContain('undo.failed')
})

it('what altered nothing is not in force', async () => {
  const { experiment } = experimentOn(new TestSystem(), [change('nothing', {})])
  await experiment.start()
  await experiment.baseline()
  await takeStepsToStay(experiment)
  expect(experiment.inForce).toEqual([])
  await experiment.finish()
})

function experimentOn(
  system: TestSystem,
  steps: readonly Step[],
  expected: Scenario['expect'] = { kind: 'holds' },
) {
  const events: JournalEvent[] = []
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
      ...optionsFor(system, (event) => events.push(event), new AbortController().signal),
      idlePauseMs: 5,
    },
  )
  return { experiment, events }
}
