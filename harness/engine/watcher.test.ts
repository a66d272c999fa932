import { expect, it } from 'vitest'
import type { WindowInfo } from '../core/index.ts'
import { defaultJudgement } from '../judge/index.ts'
import { monotonicClock } from './clock.ts'
import { Watcher, type WatcherOptions } from './watcher.ts'

const cell = { flow: 'read', actor: 'web' }
const why = 'the threshold checks: rate>0.9 ended the load'

/** A watcher of one cell beside a load that is over. */
function watcher(isFaulted = false) {
  const notes: Record<string, string | undefined> = {}
  const sampler: { window?: { close: (note: string) => void }; faulted: Promise<void> } = {
    faulted: isFaulted ? Promise.resolve() : new Promise(() => undefined),
  }
  const load = {
    over: isFaulted ? new Promise(() => undefined) : Promise.resolve(),
    whyOver: why,
    open: () => ({ settled: new Promise(() => undefined) }),
    close(note: string) {
      notes['load'] = note
    },
  }
  const emit = (kind: string, body: { evidence?: { note?: string } }) => {
    if (kind === 'cell.judged') notes['cell'] = body.evidence?.note
  }
  const options = {
    scenario: { steps: [], expect: { kind: 'holds' } },
    cells: [cell],
    judgement: { ...defaultJudgement, windowMs: 60 },
    journal: { emit, lastJudged: [] },
    breakage: { readings: 0 },
    safety: { isTooMuch: false, tooMuch: () => new Promise(() => undefined) },
    system: { sampler, load, links: undefined, lost: new Promise(() => undefined) },
    clock: monotonicClock(),
    signal: new AbortController().signal,
  } as unknown as WatcherOptions
  const made = new Watcher(options)
  return { watch: (info: WindowInfo) => made.watch(info, []), made, notes }
}

it('ends a window when the load is over, and says that it is why', async () => {
  const { watch, notes } = watcher()
  await watch({ id: 'change:1', kind: 'change', change: 'swap' })
  expect(notes).toEqual({ load: why, cell: why })
})

it('watches whether cells come back when there is no load any more', async () => {
  const { watch, notes } = watcher()
  await watch({ id: 'recovery', kind: 'recovery' })
  expect(notes).toEqual({ load: why, cell: 'the window of 60 ms ended' })
})

it.each([
  ['the load is over', false],
  ['sampling broke off', true],
])('lets no more time go by when %s', async (_, isFaulted) => {
  const { made } = watcher(isFaulted)
  let ended: AbortSignal | undefined
  await made.meanwhile((signal) => {
    ended = signal
    return new Promise(() => undefined)
  }, [])
  expect(ended?.aborted).toBe(true)
})
