import { expect, test } from 'vitest'
import type { Bench, HandStep, StepInForce } from '../bench.ts'
import { writeConfig } from './write-config.ts'

type Document = Readonly<Record<string, unknown>>

/** A bench over these documents, by replica, on which steps come into force at once. */
function benchOf(documents: Record<string, Document>) {
  const inForce: StepInForce[] = []
  const applyTo = async (step: HandStep['step'], replicas: readonly string[]) => {
    const at = inForce.findIndex((one) => one.step.name === step.name)
    const byHand = inForce[at]?.byHand ?? made
    for (const id of replicas) {
      const config = {
        read: async () => ({ document: documents[id] }),
        write: async (document: Document) => {
          documents[id] = document
          return { document, hash: JSON.stringify(document) }
        },
      }
      if (step.kind !== 'change') throw new Error('no change')
      await step.apply({ id, service: 'app', config } as never, AbortSignal.timeout(1_000))
    }
    const on = [...(inForce[at]?.on ?? []), ...replicas]
    inForce.splice(at === -1 ? inForce.length : at, 1, { step, on, byHand })
  }
  let made: HandStep | undefined
  const bench = {
    within: (ms: number) => AbortSignal.timeout(ms),
    withoutGeneration: (_: string, document: unknown) => document,
    configsOf: () =>
      Object.keys(documents).map((id) => ({
        id,
        config: { read: async () => ({ document: documents[id] }) },
      })),
    inForce: () => inForce,
    nextName: () => `by-hand-${inForce.length + 1}`,
    put: async (step: HandStep, replicas: readonly string[]) => {
      made = step
      await applyTo(step.step, replicas)
    },
    applyTo,
  } as unknown as Bench
  const write = (document: Document, replicas: number) =>
    writeConfig.run(bench, { service: 'app', document, replicas })
  const steps = () => inForce.map(({ step, on }) => `${step.name} on ${on.join(', ')}`)
  return { write, steps, documents }
}

test('what was tried out on one replica goes to the others as the same step', async () => {
  const { write, steps, documents } = benchOf({ 'app-1': { v: 1 }, 'app-2': { v: 1 } })
  await write({ v: 5 }, 1)
  expect(documents).toEqual({ 'app-1': { v: 5 }, 'app-2': { v: 1 } })
  await write({ v: 5 }, 2)
  expect(documents).toEqual({ 'app-1': { v: 5 }, 'app-2': { v: 5 } })
  expect(steps()).toEqual(['by-hand-1 on app-1, app-2'])
  await expect(write({ v: 5 }, 2)).rejects.toThrow('nothing was altered')
})

test('what came into force since stays before what the others are given', async () => {
  const alike = { v: 1, d: 0 }
  const { write, steps, documents } = benchOf({ 'app-1': alike, 'app-2': alike })
  await write({ v: 5, d: 0 }, 1)
  await write({ v: 5, d: 3 }, 1)
  // Somebody else put that back.
  documents['app-1'] = { v: 5, d: 0 }
  await write({ v: 5, d: 0 }, 2)
  expect(steps()).toEqual(['by-hand-1 on app-1', 'by-hand-2 on app-1', 'by-hand-3 on app-2'])
})

test('what is written to all is on all afterwards, however they differed', async () => {
  const { write, steps, documents } = benchOf({ 'app-1': { v: 5, d: 0 }, 'app-2': { v: 1, x: 1 } })
  await write({ v: 5, d: 3 }, 2)
  expect(documents).toEqual({ 'app-1': { v: 5, d: 3 }, 'app-2': { v: 5, d: 3 } })
  expect(steps()).toEqual(['by-hand-1 on app-1, app-2'])
})
