import { DiagLogLevel, diag } from '@opentelemetry/api'
import {
  defaultResource,
  detectResources,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  serviceNameEnvDetector,
} from '@opentelemetry/resources'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import type { JournalEvent } from '../core/index.ts'
import { GivenIds } from './given-ids.ts'
import { RunMetrics } from './run-metrics.ts'
import { RunSpans } from './run-spans.ts'
import type { Encoding, WantedSignals } from './wanted-signals.ts'

export interface Exporting {
  take(event: JournalEvent): void
  /** Sends what is left. The first problem that there was on the way, if any. */
  close(): Promise<string | undefined>
}

const scope = 'aftershock'
const sendEveryMs = { spans: 1_000, metrics: 10_000 }
/** Of 512 spans each; at the end all are sent at once, and an exporter takes 30 at once. */
const mostBatches = 30

interface Provider {
  shutdown(): Promise<void>
}

/** Opens the exporters that are wanted; where to, with which headers and how compressed they read from the standard variables. */
export async function startExporting(
  { traces, metrics }: WantedSignals,
  version: string,
): Promise<Exporting> {
  let problem: string | undefined
  const note = (text: string) => (problem ??= text)
  diag.setLogger(
    { error: note, warn: note, info: ignore, debug: ignore, verbose: ignore },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  )
  const resource = defaultResource()
    .merge(resourceFromAttributes({ 'service.name': scope, 'service.version': version }))
    .merge(detectResources({ detectors: [resourceAttributesEnvDetector, serviceNameEnvDetector] }))
  const takers: ((event: JournalEvent) => void)[] = []
  const providers: Provider[] = []
  if (traces) {
    const idGenerator = new GivenIds()
    const exporter = await spanExporter(traces)
    const spans = new BatchSpanProcessor({
      exporter,
      scheduledDelayMillis: sendEveryMs.spans,
      maxQueueSize: mostBatches * 512,
    })
    const provider = new TracerProvider({ resource, idGenerator, spanProcessors: [spans] })
    providers.push(provider)
    takers.push(new RunSpans(provider.getTracer(scope, version), idGenerator).take)
  }
  if (metrics) {
    const exporter = await metricExporter(metrics)
    const reader = new PeriodicExportingMetricReader({
      exporter,
      exportIntervalMillis: sendEveryMs.metrics,
      exportTimeoutMillis: sendEveryMs.metrics,
    })
    const provider = new MeterProvider({ resource, readers: [reader] })
    providers.push(provider)
    takers.push(new RunMetrics(provider.getMeter(scope, version)).take)
  }
  return {
    take: (event) => {
      for (const take of takers) take(event)
    },
    close: async () => {
      await Promise.all(providers.map((provider) => provider.shutdown()))
      return problem
    },
  }
}

async function spanExporter(encoding: Encoding) {
  const { OTLPTraceExporter } =
    encoding === 'json'
      ? await import('@opentelemetry/exporter-trace-otlp-http')
      : await import('@opentelemetry/exporter-trace-otlp-proto')
  return new OTLPTraceExporter()
}

async function metricExporter(encoding: Encoding) {
  const { OTLPMetricExporter } =
    encoding === 'json'
      ? await import('@opentelemetry/exporter-metrics-otlp-http')
      : await import('@opentelemetry/exporter-metrics-otlp-proto')
  return new OTLPMetricExporter()
}

function ignore(): void {
  // Of no interest to who runs a scenario.
}
