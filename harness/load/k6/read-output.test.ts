import { expect, it } from 'vitest'

import { Redactor } from '../../core/index.ts'
import { LoadMetrics } from '../metrics.ts'
import type { PlannedExecutor } from '../runner.ts'
import { K6Output } from './read-output.ts'

const executors: readonly PlannedExecutor[] = [
  {
    name: 'day',
    executor: { executor: 'constant-vus', duration: '1s' },
    cells: [
      { flow: 'read', actor: 'web', weight: 1 },
      { flow: 'write', actor: 'web', weight: 1 },
    ],
  },
]

const start = Date.parse('2026-05-09T14:34:45.000Z')

function point(metric: string, value: number, atMs: number, tags: Record<string, string> = {}) {
  // Nanoseconds and an offset, as k6 writes them.
  const time = new Date(start + atMs).toISOString().replace('Z', '625742+00:00')
  return JSON.stringify({ metric, type: 'Point', data: { time, value, tags } })
}

const read = { scenario: 'day', flow: 'read', actor: 'web', group: '' }

function request(atMs: number, durationMs: number, tags = read): string[] {
  const names = ['blocked', 'connecting', 'tls_handshaking', 'sending', 'waiting', 'receiving']
  const values: Record<string, number> = { blocked: 3, connecting: 2, waiting: 4 }
  return [
    point('http_reqs', 1, atMs, tags),
    point('http_req_duration', durationMs, atMs, tags),
    ...names.map((name) => point(`http_req_${name}`, values[name] ?? 0, atMs, tags)),
    point('http_req_failed', 0, atMs, tags),
  ]
}

function metricsOf(lines: readonly string[], redactor = new Redactor()) {
  const output = new K6Output(executors, redactor)
  for (const line of lines) output.take(line)
  const metrics = new LoadMetrics(executors)
  metrics.take(0, output.batch())
  metrics.elapsedMs = 1_000
  return { output, metrics }
}

const declared =
  '{"type":"Metric","data":{"type":"gauge","contains":"default","tainted":null,"thresholds":[],"submetrics":null},"metric":"vus"}'

it('counts flows and requests by flow and actor, with their times', () => {
  const { metrics, output } = metricsOf([
    declared,
    point('vus', 5, 0),
    ...request(100, 40),
    point('aftershock_flow_duration', 50, 100, { ...read, symptom: '' }),
    point('data_sent', 120, 100, read),
    point('data_received', 340, 100, read),
  ])
  const tags = { flow: 'read', executor: 'day' }
  expect(metrics.read('iterations', tags, { kind: 'count' })).toBe(1)
  expect(metrics.read('iteration_duration', tags, { kind: 'max' })).toBeCloseTo(50, 0)
  expect(metrics.read('http_req_duration', tags, { kind: 'max' })).toBeCloseTo(40, 0)
  expect(metrics.read('http_req_waiting', tags, { kind: 'max' })).toBeCloseTo(4, 0)
  expect(metrics.read('http_req_failed', tags, { kind: 'rate' })).toBe(0)
  expect(metrics.read('http_req_connecting', {}, { kind: 'max' })).toBe(2)
  expect(metrics.read('data_sent', tags, { kind: 'count' })).toBe(120)
  expect(metrics.read('data_received', tags, { kind: 'count' })).toBe(340)
  expect(metrics.read('checks', { flow: 'write' }, { kind: 'rate' })).toBeUndefined()
  expect(metrics.inFlight).toBe(5)
  expect(output.strangeLines).toBe(0)
})

it('knows symptoms, with what was seen first, and tells no secret', () => {
  const redactor = new Redactor()
  redactor.addValue('s3cr3t-of-the-run')
  const failed = { ...read, symptom: '403/467' }
  const { metrics } = metricsOf(
    [
      point('aftershock_flow_duration', 50, 100, failed),
      point('aftershock_failures', 1, 100, {
        ...failed,
        message: 'GET / answered 403/467 to s3cr3t-of-the-run',
      }),
    ],
    redactor,
  )
  expect(metrics.cells()).toMatchObject([{ failed: 1, symptoms: { '403/467': 1 } }])
  expect(metrics.examples).toHaveLength(1)
  expect(metrics.examples[0]?.message).toMatch(/^GET \/ answered 403\/467 to (?!s3cr3t)/)
})

it('counts what was dropped, of which nobody knows which flow it would have been', () => {
  const { metrics } = metricsOf([point('dropped_iterations', 3, 10, { scenario: 'day' })])
  expect(metrics.read('dropped_iterations', { executor: 'day' }, { kind: 'count' })).toBe(3)
  expect(metrics.cells()).toEqual([])
})

it('takes flows that were begun and never ended as cut off, and each for a request of its own', () => {
  const begun = (atMs: number, tags = read) => point('aftershock_flows_begun', 1, atMs, tags)
  const ended = (atMs: number) => point('aftershock_flow_duration', 50, atMs, read)
  const { output, metrics } = metricsOf([
    ...[0, 100, 200, 2_995].map((atMs) => begun(atMs)),
    ...[51, 249].flatMap((atMs) => [...request(atMs, 40), ended(atMs)]),
    point('vus', 2, 3_000),
  ])
  metrics.take(0, output.cutOff())
  // The one that was begun at 100 hung; the other had hardly begun.
  expect(metrics.cut).toBe(2)
  expect(metrics.overdue('checks', { flow: 'read' })).toBe(1)
  expect(metrics.overdue('http_req_failed', { flow: 'read' })).toBe(1)
  const worst = metrics.readAtWorst('http_req_failed', {}, { kind: 'rate' })
  expect(worst).toBeCloseTo(1 / 3)
})

it('leaves out what signing in asked for', () => {
  const { metrics } = metricsOf(request(1, 5, { ...read, group: '::setup' }))
  expect(metrics.read('http_reqs', {}, { kind: 'count' })).toBeUndefined()
})

it.each(['{"type":"Point"', 'level=info', '{"type":"Point","metric":"x","data":{"value":"1"}}'])(
  'counts %s as strange, and goes on',
  (line) => {
    const { output, metrics } = metricsOf([line, point('aftershock_flow_duration', 5, 10, read)])
    expect(output.strangeLines).toBe(1)
    expect(metrics.read('iterations', {}, { kind: 'count' })).toBe(1)
  },
)
