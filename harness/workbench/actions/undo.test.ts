import { expect, test } from 'vitest'
import { mergePatch } from '../../changes/index.ts'
import { HarnessError, type Change } from '../../core/index.ts'
import { Bench, type BenchOptions, type HandStep } from '../bench.ts'
import { undo } from './undo.ts'
import { undoStep } from './undo-step.ts'

const plan = mergePatch('plan', { service: 'app', patch: { limit: 1 } })
const edit = mergePatch('by-hand-1', {
  service: 'app',
  title: 'limit: 1 -> 2',
  patch: { limit: 2 },
})

/** A bench on which a plan is in force, and perhaps an edit of the same service; `stuck` are steps that cannot be undone. */
async function benchWith(stuck: readonly string[], isEdited: boolean) {
  const done: string[] = []
  const inForce: Change[] = [plan]
  const experiment = {
    scenario: { steps: [plan], stack: {} },
    journal: { history: [] },
    get inForce() {
      return inForce.map(({ name }) => ({ step: name, on: ['app-1'] }))
    },
    applyUnwatched: async (step: Change) => inForce.push(step) > 0,
    undoOne: async (name: string) => {
      if (stuck.includes(name)) throw new HarnessError('UNDO_FAILED', `'${name}' is still in force`)
      inForce.splice(
        inForce.findIndex((one) => one.name === name),
        1,
      )
      done.push(name)
    },
    recover: async () => void done.push('recover'),
  }
  const bench = new Bench({ experiment } as unknown as BenchOptions)
  const step = { ...edit, validate: () => [] }
  if (isEdited) await bench.put({ step, maker: 'jsonPatch', options: {} } satisfies HandStep)
  return { bench, done }
}

test('the change is undone and watched where nothing else is in force', async () => {
  const { bench, done } = await benchWith([], false)
  await undo.run(bench, {})
  expect(done).toEqual(['plan', 'recover'])
})

test('over a step by hand it is undone, and nobody watches', async () => {
  const { bench, done } = await benchWith([], true)
  await undo.run(bench, {})
  expect(done).toEqual(['plan'])
  expect(bench.inForce()).toMatchObject([{ step: { name: 'by-hand-1' } }])
})

test('what could not be undone is in force, is not watched, and says what came after it', async () => {
  const { bench, done } = await benchWith(['plan'], true)
  const why = "'plan' is still in force; turn off first what came after it: 'limit: 1 -> 2'"
  await expect(undo.run(bench, {})).rejects.toThrow(why)
  await expect(undoStep.run(bench, { step: 'plan' })).rejects.toThrow(why)
  expect(bench.inForce().map(({ step }) => step.name)).toEqual(['plan', 'by-hand-1'])
  expect(done).toEqual([])
})
