export type MetricType = 'trend' | 'rate' | 'counter'

/** What is measured: k6's names where k6 has it. Trends are in ms. */
export const metricTypes = {
  /** A flow, from its intended start. */
  iteration_duration: 'trend',
  iterations: 'counter',
  /** Flows that could not be started, since maxVUs were under way. */
  dropped_iterations: 'counter',
  /** Share of flows in which the user got what they came for. */
  checks: 'rate',
  http_reqs: 'counter',
  /** A request, from asking for a connection to the last byte. */
  http_req_duration: 'trend',
  /** Waiting for a free connection. */
  http_req_blocked: 'trend',
  /** Opening connections. Has no tags. */
  http_req_connecting: 'trend',
  /** From sending to the first byte. */
  http_req_waiting: 'trend',
  /** Share of requests without an answer, or with a status from 400. */
  http_req_failed: 'rate',
  data_sent: 'counter',
  data_received: 'counter',
} as const satisfies Record<string, MetricType>

export type MetricName = keyof typeof metricTypes

/** `window` and `step` (the change or fault that the window is about) are of loads in a scenario. */
export const tagNames = ['flow', 'actor', 'executor', 'window', 'step'] as const

export type Tags = Readonly<Partial<Record<(typeof tagNames)[number], string>>>
