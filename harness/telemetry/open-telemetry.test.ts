import { afterEach, expect, test, vi } from 'vitest'
import type { JournalEvent } from '../core/index.ts'
import { openTelemetry } from './open-telemetry.ts'
import { OtlpReceiver, attributesOf } from './test-otlp-receiver.ts'
import { wantedSignals } from './wanted-signals.ts'

afterEach(() => vi.unstubAllEnvs())

const traceId = '0af7651916cd43dd8448eb211c80319c'
const window = { id: 'change:1', kind: 'change', change: 'refuse' }
const verdict = { kind: 'pass' }
const request = { spanId: '00f067aa0ba902b7', method: 'GET', url: 'http://127.0.0.1:1/post' }
const events = [
  { kind: 'run.started', atMs: 0, scenario: 'shop', title: 'Shop', runId: 'r', seed: 1 },
  { kind: 'change.applied', atMs: 20, change: 'refuse', replicas: [], explain: [], durationMs: 5 },
  { kind: 'window.opened', atMs: 21, window },
  {
    kind: 'sample',
    atMs: 60,
    flow: 'post',
    actor: 'web',
    window: 'change:1',
    ok: false,
    symptom: '403',
    startMs: 30,
    durationMs: 25,
    trace: {
      traceId,
      spanId: 'b7ad6b7169203331',
      requests: [{ ...request, status: 403, startMs: 31, durationMs: 20 }],
    },
  },
  { kind: 'change.undone', atMs: 70, change: 'refuse', replicas: [], durationMs: 1 },
  { kind: 'run.ended', atMs: 80, verdict, timings: { totalMs: 80 }, outsideRequests: 0 },
] as unknown as readonly JournalEvent[]

async function send(env: Readonly<Record<string, string>>): Promise<string[]> {
  const warnings: string[] = []
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
  const warn = (text: string) => void warnings.push(text)
  await using telemetry = await openTelemetry({ env: process.env, version: '1', warn })
  for (const event of events) telemetry?.listen(event)
  await telemetry?.[Symbol.asyncDispose]()
  return warnings
}

test('scenario, change, flow and request become spans with the ids that services got, and metrics', async () => {
  await using receiver = await OtlpReceiver.start()
  const warnings = await send({
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_HEADERS: 'x-key=of-the-collector',
    OTEL_SERVICE_NAME: 'nightly',
  })
  expect(warnings).toEqual([])
  expect(receiver.requests.map(({ path }) => path).toSorted()).toEqual([
    '/v1/metrics',
    '/v1/traces',
  ])
  expect(receiver.requests.every(({ key }) => key === 'of-the-collector')).toBe(true)
  expect([...receiver.services]).toEqual(['nightly'])
  const span = (name: string) => receiver.spans.find((one) => one.name === name)
  const [scenario, change] = [span('scenario shop'), span('change refuse')]
  expect(receiver.spans).toHaveLength(4)
  expect(change?.parentSpanId).toBe(scenario?.spanId)
  const flow = span('flow post')
  expect(flow).toMatchObject({ traceId, spanId: 'b7ad6b7169203331', status: { code: 2 } })
  expect(flow?.links?.map(({ spanId }) => spanId)).toEqual([scenario?.spanId, change?.spanId])
  const asked = span('GET')
  expect(asked).toMatchObject({ traceId, spanId: request.spanId, parentSpanId: flow?.spanId })
  expect(asked && attributesOf(asked)).toMatchObject({ 'http.response.status_code': '403' })
  const took = (of: typeof asked) =>
    BigInt(of?.endTimeUnixNano ?? 0) - BigInt(of?.startTimeUnixNano ?? 0)
  expect([took(flow), took(asked), took(change)].map((ns) => Math.round(Number(ns) / 1e6))).toEqual(
    [25, 20, 55],
  )
  const metric = receiver.metrics.find(({ name }) => name === 'aftershock.flow.duration')
  const [point] = metric?.histogram?.dataPoints ?? []
  expect(Number(point?.count)).toBe(1)
  expect(point && attributesOf(point)).toMatchObject({
    'error.type': '403',
    'aftershock.window': 'change',
  })
})

test('without a word about the protocol it is protobuf, and a signal that is turned off is not sent', async () => {
  await using receiver = await OtlpReceiver.start()
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url }
  expect(await send({ ...endpoint, OTEL_METRICS_EXPORTER: 'none' })).toEqual([])
  const kinds = receiver.requests.map(({ path, type }) => `${path} ${type}`)
  expect(kinds).toEqual(['/v1/traces application/x-protobuf'])
})

test('a collector that refuses, or never answers, is a line, after 3 s at the latest', async () => {
  await using receiver = await OtlpReceiver.start()
  receiver.answer = 400
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url }
  const [refused, ...others] = await send(endpoint)
  expect(refused).toMatch(/^telemetry was not sent in full: /)
  expect(others).toEqual([])
  receiver.answer = 'never'
  expect(await send(endpoint)).toEqual(['telemetry was not sent in full: not done within 3 s'])
})

const endpoint = 'OTEL_EXPORTER_OTLP_ENDPOINT'
const url = 'https://collector.example:4318'

test.each([
  [{}, {}, 0],
  [{ [endpoint]: ' ' }, {}, 0],
  [{ [endpoint]: url }, { traces: 'protobuf', metrics: 'protobuf' }, 0],
  [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url }, { traces: 'protobuf' }, 0],
  [{ [endpoint]: url, OTEL_TRACES_EXPORTER: 'console' }, { metrics: 'protobuf' }, 0],
  [{ [endpoint]: url, OTEL_SDK_DISABLED: 'true' }, {}, 0],
  [{ [endpoint]: url, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, {}, 1],
  [{ [endpoint]: 'collector:4318' }, {}, 1],
])('%j asks for %j, with %i problems', (env, signals, problems) => {
  const { problems: found, ...wanted } = wantedSignals(env)
  expect(wanted).toEqual(signals)
  expect(found).toHaveLength(problems)
})
