import { setTimeout as delay } from 'node:timers/promises'
import { expect, it, vi } from 'vitest'
import type { Flow, HttpClient } from '../core/index.ts'
import { Underway } from './deadline.ts'
import { FlowRun, type Failed } from './flow-run.ts'

const actor = { id: 'web', title: 'web', headers: {} }

/** A flow begun at 0 of a clock that stands at `nowMs`, until it has ended. */
async function performed(run: Flow['run'], nowMs: number) {
  const flow = { id: 'read', title: 'read', actors: ['web'], timeoutMs: 300, run }
  const begun = new FlowRun(flow, actor, Math.random, 0, 0, () => ({}) as HttpClient)
  const underway = new Underway(() => nowMs)
  underway.add(begun)
  using _watching = underway.watch()
  const ended = vi.fn<(failed?: Failed) => void>()
  begun.perform(ended)
  await vi.waitFor(() => expect(ended).toHaveBeenCalled(), { timeout: 20_000, interval: 5 })
  // Whatever else comes of it.
  await delay(30)
  return ended.mock.calls
}

const aborted = (signal: AbortSignal) =>
  new Promise((resolve) => signal.addEventListener('abort', resolve))

const fault = new Error('broken')
const timeout = expect.objectContaining({
  symptom: 'timeout',
  message: 'not done within 300 ms',
}) as Error

it.each<[string, Flow['run'], number, Failed | undefined]>([
  ['is done', async () => {}, 299, undefined],
  ['throws', () => Promise.reject(fault), 299, { error: fault }],
  // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- flows do it by mistake
  ['throws nothing', () => Promise.reject(), 299, { error: undefined }],
  [
    'throws before there is a promise',
    () => expect.fail('broken'),
    299,
    { error: expect.any(Error) as Error },
  ],
  ['never ends', () => new Promise(() => undefined), 300, { error: timeout }],
  [
    'ends after its time',
    ({ signal }) => aborted(signal).then(() => delay(25)),
    300,
    { error: timeout },
  ],
])('of a flow that %s is told once', async (_name, run, nowMs, told) => {
  expect(await performed(run, nowMs)).toEqual([[told]])
})

it('a flow may look at its signal, before and after its time is over', async () => {
  const seen: boolean[] = []
  await performed(async (ctx) => {
    seen.push(ctx.signal.aborted)
    await aborted(ctx.signal)
    seen.push(ctx.signal.aborted)
  }, 300)
  await vi.waitFor(() => expect(seen).toEqual([false, true]), { timeout: 20_000 })
})
