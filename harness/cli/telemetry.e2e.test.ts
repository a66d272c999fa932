import { expect, test } from 'vitest'
import { eventsIn, TestProject, startWith } from './test-cli.ts'
import { OtlpReceiver, attributesOf, type ReceivedSpan } from '../telemetry/test-otlp-receiver.ts'

const breaking = { breaking: `patch: { refuse: ['/post'] }` }

function run(project: TestProject, env: Readonly<Record<string, string>>) {
  const out = project.path('out')
  return startWith(project, env, 'run', 'breaking', '--out', out).finished
}

test('a run is sent as spans of scenario, change, flows and requests, and as metrics, with the ids that services got', async () => {
  await using receiver = await OtlpReceiver.start()
  using project = new TestProject(breaking)
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_HEADERS: 'x-key=of-the-collector',
    OTEL_SERVICE_NAME: 'nightly',
  }
  const { code, stderr } = await run(project, env)
  expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
  expect(receiver.requests.every(({ key }) => key === 'of-the-collector')).toBe(true)
  expect([...receiver.services]).toEqual(['nightly'])

  const named = (name: string) => receiver.spans.filter((span) => span.name === name)
  const [scenario, ...others] = named('scenario breaking')
  const [change] = named('change change')
  if (!scenario || !change) throw new Error('there is no span of the scenario, or of its change')
  expect(others).toEqual([])
  expect(attributesOf(scenario)).toMatchObject({ 'aftershock.verdict': 'fail' })
  expect(scenario.status.code).toBe(2)
  expect(scenario.events?.map(({ name }) => name)).toContain('cell broken')
  expect(change.parentSpanId).toBe(scenario.spanId)
  expect(isWithin(change, scenario)).toBe(true)

  const samples = eventsIn(project.path('out'), 'sample')
  const flows = [...named('flow read'), ...named('flow post')]
  expect(flows).toHaveLength(samples.length)
  for (const sample of samples) {
    const flow = flows.find(({ spanId }) => spanId === sample.trace?.spanId)
    if (!flow) throw new Error(`there is no span of ${JSON.stringify(sample)}`)
    expect(flow.traceId).toBe(sample.trace?.traceId)
    expect(flow.status.code === 2).toBe(!sample.ok)
    expect(flow.links?.map(({ spanId }) => spanId)).toContain(scenario.spanId)
    const requests = receiver.spans.filter(({ parentSpanId }) => parentSpanId === flow.spanId)
    expect(requests).toHaveLength(1)
    expect(requests[0]).toMatchObject({ name: 'GET', kind: 3, traceId: flow.traceId })
    expect(attributesOf(requests[0] as ReceivedSpan)['http.response.status_code']).toBe(
      sample.ok ? '200' : '403',
    )
    if (sample.exchange) {
      const sent = `00-${flow.traceId}-${requests[0]?.spanId}-01`
      expect(sample.exchange.requestHeaders['traceparent']).toBe(sent)
      expect(sample.exchange.traceId).toBe(flow.traceId)
    }
  }
  const underChange = flows.find((span) => attributesOf(span)['aftershock.window'] === 'change:1')
  expect(underChange?.links?.map(({ spanId }) => spanId)).toContain(change.spanId)

  const metric = (name: string) => receiver.metrics.find((one) => one.name === name)
  const failed = metric('aftershock.flow.duration')?.histogram?.dataPoints.filter(
    (point) => attributesOf(point)['error.type'] === '403',
  )
  const counted = (failed ?? []).reduce((sum, { count }) => sum + Number(count), 0)
  expect(counted).toBe(samples.filter(({ ok }) => !ok).length)
  expect(metric('http.client.request.duration')?.histogram?.dataPoints.length).toBeGreaterThan(0)
  const [runs] = metric('aftershock.runs')?.sum?.dataPoints ?? []
  expect(runs && attributesOf(runs)).toMatchObject({ 'aftershock.verdict': 'fail' })
})

test('without a word about the protocol it is protobuf, and a signal that is turned off is not sent', async () => {
  await using receiver = await OtlpReceiver.start()
  using project = new TestProject(breaking)
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_METRICS_EXPORTER: 'none' }
  expect(await run(project, env)).toMatchObject({ code: 1, stderr: '' })
  const kinds = new Set(receiver.requests.map(({ path, type }) => `${path} ${type}`))
  expect([...kinds]).toEqual(['/v1/traces application/x-protobuf'])
})

test('a collector that never answers, refuses, or is not there changes neither verdict nor exit code, and is said in a line', async () => {
  await using receiver = await OtlpReceiver.start()
  using project = new TestProject(breaking)
  receiver.answer = 'never'
  const hanging = await run(project, { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url })
  expect(hanging.code).toBe(1)
  expect(hanging.stderr).toBe('aftershock: telemetry was not sent in full: not done within 3 s\n')
  receiver.answer = 400
  const refusing = await run(project, { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url })
  expect(refusing.code).toBe(1)
  expect(refusing.stderr).toMatch(/^aftershock: telemetry was not sent in full: .*\n$/)
  const gone = receiver.url
  await receiver[Symbol.asyncDispose]()
  const absent = await run(project, { OTEL_EXPORTER_OTLP_ENDPOINT: gone })
  expect(absent.code).toBe(1)
  expect(absent.stderr).toMatch(/^aftershock: telemetry was not sent in full: .*\n$/)
})

test('variables that cannot be followed are said, and where none is set flows are no traces', async () => {
  using project = new TestProject(breaking)
  const wrong = await run(project, { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' })
  expect(wrong).toMatchObject({
    code: 1,
    stderr:
      "aftershock: no telemetry is sent: OTEL_EXPORTER_OTLP_ENDPOINT is 'collector:4318', and has to be an http or https URL\n",
  })
  expect(eventsIn(project.path('out'), 'sample').some((sample) => 'trace' in sample)).toBe(false)
})

function isWithin(inner: ReceivedSpan, outer: ReceivedSpan): boolean {
  return (
    BigInt(inner.startTimeUnixNano) >= BigInt(outer.startTimeUnixNano) &&
    BigInt(inner.endTimeUnixNano) <= BigInt(outer.endTimeUnixNano)
  )
}
