import { expect, it } from 'vitest'
import { BatchWriter, unknownCell } from './batch.ts'
import type { Tags } from './metric-names.ts'
import { LoadMetrics } from './metrics.ts'

const rate = { kind: 'rate' } as const
const failure = { symptom: '500', message: 'answered 500' }
const answered = { waitingMs: 1, failed: false, sentBytes: 1, receivedBytes: 1 }

/** What a load of 10 s measured: each part is handed on before the next begins. */
function measured(...parts: ((writer: BatchWriter, metrics: LoadMetrics) => void)[]): LoadMetrics {
  const metrics = new LoadMetrics([
    {
      name: 'day',
      executor: { executor: 'constant-vus', duration: '10s' },
      cells: [{ flow: 'read', actor: 'web', weight: 1 }],
    },
  ])
  const writer = new BatchWriter((batch) => metrics.take(0, batch))
  for (const part of parts) {
    part(writer, metrics)
    writer.flush()
  }
  metrics.elapsedMs = 10_000
  return metrics
}

function flows(writer: BatchWriter, startMs: number, count: number, failed = 0): void {
  for (let i = 0; i < count; i += 1) {
    const times = { startMs, durationMs: 5, lateMs: 0 }
    writer.flow(0, 0, times, i < failed ? failure : undefined)
  }
}

it.each([3, 7, 10, 14, 58])('the share of checks is exact where %d of 100 failed', (failed) => {
  const metrics = measured((writer) => flows(writer, 0, 100, failed))
  expect(metrics.read('checks', {}, rate)).toBe((100 - failed) / 100)
})

it('the rate in a window is by how long that window was open, however often', () => {
  const metrics = measured(
    (writer, all) => {
      all.openWindow('baseline', 0)
      flows(writer, 0, 20)
    },
    (writer, all) => {
      all.openWindow('change:1', 4_000, 'swap')
      flows(writer, 4_000, 100)
      writer.dropped(0, 0)
    },
    (_, all) => all.openWindow('transition', 6_000),
    (writer, all) => {
      all.openWindow('change:1', 9_000, 'swap')
      flows(writer, 9_000, 50)
    },
  )
  const perSecond = (tags: Tags) => metrics.read('iterations', tags, rate)
  expect(perSecond({})).toBe(17)
  expect(perSecond({ window: 'baseline' })).toBe(5)
  expect(perSecond({ window: 'change:1' })).toBe(50)
  expect(perSecond({ step: 'swap' })).toBe(50)
  expect(metrics.read('dropped_iterations', { window: 'change:1' }, rate)).toBeCloseTo(1 / 3)
})

it('a window that is still to come has no requests, and no rate', () => {
  const metrics = measured((writer, all) => {
    all.openWindow('transition', 0)
    all.openWindow('baseline', 20_000)
    flows(writer, 100, 5)
    writer.request(0, 0, { ...answered, blockedMs: 0, durationMs: 5 })
  })
  expect(metrics.read('http_reqs', { window: 'transition' }, rate)).toBe(0.1)
  expect(metrics.read('http_reqs', { window: 'baseline' }, rate)).toBeUndefined()
})

it('a request that was cut off counts in the window in which it was made, as its flow does', () => {
  const window = (name: string) => ({ window: name })
  const metrics = measured(
    (writer, all) => {
      all.openWindow('change:1', 0)
      flows(writer, 100, 5)
      writer.request(0, 0, { ...answered, blockedMs: 0, durationMs: 5 })
    },
    (writer, all) => {
      all.elapsedMs = 5_000
      all.openWindow('transition', 4_900)
      writer.request(0, 0, { ...answered, blockedMs: 0, durationMs: 5 })
      writer.cutRequest(0, 0, 2_000, 0)
      writer.cutRequest(0, 0, 2, 0)
    },
  )
  const { overdue, readAtWorst } = metrics
  expect(overdue('http_req_failed', window('change:1'))).toBe(1)
  expect(overdue('http_req_failed', window('transition'))).toBe(0)
  expect(overdue('http_req_blocked', window('change:1'))).toBe(0)
  expect(readAtWorst('http_req_failed', window('change:1'), rate)).toBe(0.5)
  expect(readAtWorst('http_req_duration', window('change:1'), { kind: 'max' })).toBeGreaterThan(1e6)
  expect(readAtWorst('http_reqs', {}, { kind: 'count' })).toBe(2)
})

it('tells which requests waited longer for a connection than for the system', () => {
  const metrics = measured((writer) => {
    const figures: readonly [durationMs: number, blockedMs: number, failed?: boolean][] = [
      [100, 80],
      [100, 20],
      // Opening a connection is no such wait.
      [3, 2],
      // Nobody answered: connections are not what is missing.
      [5_000, 5_000, true],
    ]
    for (const [durationMs, blockedMs, isFailed = false] of figures) {
      writer.request(0, 0, { ...answered, durationMs, blockedMs, failed: isFailed })
    }
  })
  expect(metrics.takeStrain().short).toBeCloseTo(1 / 3)
  expect(metrics.takeStrain().short).toBe(0)
})

it('what failed or was dropped is told but for what has tags that are spoken of', () => {
  const metrics = measured((writer) => {
    flows(writer, 0, 10, 4)
    writer.dropped(0, 0, 3)
    writer.dropped(0, unknownCell, 75)
  })
  expect(metrics.besides('failed', [])).toBe(4)
  expect(metrics.besides('failed', [{ flow: 'write' }, { executor: 'night' }])).toBe(4)
  expect(metrics.besides('failed', [{ flow: 'read' }])).toBe(0)
  // Of which flow they would have been nobody knows.
  expect(metrics.besides('dropped', [{ flow: 'read' }])).toBe(75)
  expect(metrics.besides('dropped', [{ executor: 'day' }])).toBe(0)
})

it('requests of the whole load are told by their phases, and a phase of which nothing is known is not', () => {
  const metrics = measured((writer) => {
    const given = { failed: false, sentBytes: 100, receivedBytes: 1_000 }
    writer.request(0, 0, { ...given, durationMs: 9, blockedMs: 2, waitingMs: 6 })
    writer.request(0, 0, { ...given, durationMs: 30, blockedMs: 0, waitingMs: 30, failed: true })
  })
  const { phases, ...others } = metrics.requests() ?? {}
  expect(others).toEqual({ count: 2, failed: 1, sentBytes: 200, receivedBytes: 2_000 })
  const ms = (value: number) => expect.closeTo(value, 1) as number
  expect(phases).toMatchObject([
    { phase: 'wait', p50: 0, max: ms(2) },
    { phase: 'first byte', p50: ms(6), max: ms(30) },
    { phase: 'total', p50: ms(9), max: ms(30) },
  ])
  expect(measured().requests()).toBeUndefined()
})
