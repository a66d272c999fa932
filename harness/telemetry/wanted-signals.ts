export type Environment = Readonly<Record<string, string | undefined>>
export type SignalName = 'traces' | 'metrics'
export type Encoding = 'protobuf' | 'json'

/** How each signal that is asked for is sent, and what in the variables cannot be followed. */
export interface WantedSignals {
  readonly traces?: Encoding
  readonly metrics?: Encoding
  readonly problems: readonly string[]
}

const encodings: Readonly<Record<string, Encoding>> = {
  'http/protobuf': 'protobuf',
  'http/json': 'json',
}

/**
 * What OpenTelemetry's variables ask for: a signal is sent where an endpoint is set for it or for all, unless it has another exporter
 * than `otlp`, or all is disabled. What is wrong is told, and its signal not sent: a default such as localhost was not meant then.
 */
export function wantedSignals(env: Environment): WantedSignals {
  if (env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true') return { problems: [] }
  const [traces, metrics] = [encodingOf('traces', env), encodingOf('metrics', env)]
  return {
    ...(traces.encoding ? { traces: traces.encoding } : {}),
    ...(metrics.encoding ? { metrics: metrics.encoding } : {}),
    problems: [...new Set([...traces.problems, ...metrics.problems])],
  }
}

function encodingOf(
  signal: SignalName,
  env: Environment,
): { readonly encoding?: Encoding; readonly problems: readonly string[] } {
  const endpoint = setting(signal, 'ENDPOINT', env)
  if (!endpoint) return { problems: [] }
  const exporter = env[`OTEL_${signal.toUpperCase()}_EXPORTER`]
  if (exporter && !exporter.split(',').some((one) => one.trim() === 'otlp')) return { problems: [] }
  const protocol = setting(signal, 'PROTOCOL', env)
  const encoding = encodings[protocol?.value ?? 'http/protobuf']
  const problems = [
    ...(/^https?:$/.test(URL.parse(endpoint.value)?.protocol ?? '')
      ? []
      : [`${endpoint.name} is '${endpoint.value}', and has to be an http or https URL`]),
    ...(encoding
      ? []
      : [`${protocol?.name} is '${protocol?.value}': use ${Object.keys(encodings).join(' or ')}`]),
  ]
  return encoding && problems.length === 0 ? { encoding, problems } : { problems }
}

/** The variable of the signal, else that of all signals. Empty ones count as not set. */
function setting(
  signal: SignalName,
  what: 'ENDPOINT' | 'PROTOCOL',
  env: Environment,
): { readonly name: string; readonly value: string } | undefined {
  for (const prefix of [`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}`, 'OTEL_EXPORTER_OTLP']) {
    const value = env[`${prefix}_${what}`]?.trim()
    if (value) return { name: `${prefix}_${what}`, value }
  }
  return undefined
}
