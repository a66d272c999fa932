import { expect, test } from 'vitest'
import type { Docker } from './engine.ts'
import type { Exits } from './exits.ts'
import type { Reaper } from './reaper-process.ts'
import { stopRun } from './stop-run.ts'

/** An engine that does what it is told at once, and a reaper that says what it is told. */
function setUp(
  endings: Readonly<Record<string, string>>,
  isLost = false,
  lists: () => Promise<object[]> = async () => [],
) {
  const done: string[] = []
  const docker = {
    getContainer: (id: string) => ({ stop: async () => void done.push(`stop ${id}`) }),
    listContainers: async () => {
      done.push('sweep')
      return lists()
    },
    listNetworks: async () => [],
    listVolumes: async () => ({ Volumes: [] }),
  } as unknown as Docker
  const reaper = {
    done: () => void done.push('done'),
    takeOver: async () => void done.push('take over'),
    [Symbol.asyncDispose]: async () => undefined,
  } as unknown as Reaper
  const exits = {
    isLost,
    detailOf: (id: string) => endings[id],
    [Symbol.dispose]: () => undefined,
  } as unknown as Exits
  const part = {
    containerId: 'a',
    logSettled: () => Promise.resolve(),
    stopping: () => undefined,
  }
  const run = { runId: 'r', scratch: '/tmp/r' }
  const told: string[] = []
  const given = { docker, run, reaper, exits, parts: [part] }
  const onProgress = (message: string) => void told.push(message)
  const stop = (limitMs?: number) =>
    stopRun({ ...given, fabricId: () => 'fabric', onProgress }, limitMs)
  return { stop, done, told }
}

test('a run is stopped, swept until nothing is found, and the reaper told so', async () => {
  const { stop, done, told } = setUp({})
  await stop()
  expect(done).toEqual(['stop a', 'sweep', 'sweep', 'done'])
  expect(told).toEqual([])
})

test.each([
  ['hangs', () => new Promise<never>(() => undefined), 'has not done so within 0.01 s'],
  ['fails', () => Promise.reject(new Error('no space left')), 'no space left'],
])('an engine that %s keeps nobody, and it is told what is left', async (_, lists, why) => {
  const { stop, done, told } = setUp({}, false, lists)
  await stop(10)
  expect(done).not.toContain('done')
  expect(told).toEqual([expect.stringContaining(why)])
  expect(told[0]).toContain('aftershock clean')
})

test('after a crash of a container the rest is removed at once', async () => {
  const { stop, done } = setUp({ a: 'exit code 3' })
  await stop()
  expect(done).toContain('done')
})

test.each([
  [
    'ends the containers, the fabric among them',
    { a: 'exit code 0', fabric: 'exit code 0' },
    false,
  ],
  ['has gone already', {}, true],
])(
  'nothing is removed when the engine %s: the reaper does it later',
  async (_, endings, isLost) => {
    const { stop, done } = setUp(endings as Record<string, string>, isLost)
    await stop()
    expect(done).toEqual(['take over'])
  },
)
