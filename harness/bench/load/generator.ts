/** A load by the embedded engine in a process of its own: `url`, profile as JSON. Prints its figures as a line of JSON. */
import { Redactor, type LoadProfile } from '../../core/index.ts'
import { runEmbeddedLoad } from '../../load/index.ts'
import { actors, flows } from './fixtures/flow.ts'

const [url = '', profile = ''] = process.argv.slice(2)
const marks: { cpuMs: number; requests: number; rssMiB: number }[] = []
let requests = 0
const { metrics, selfCheck, durationMs } = await runEmbeddedLoad({
  profile: JSON.parse(profile) as LoadProfile,
  flows,
  actors,
  module: new URL('fixtures/flow.ts', import.meta.url).href,
  frontDoors: { target: url },
  entry: 'target',
  // Nothing goes there.
  proxyUrl: 'http://127.0.0.1:9',
  redactor: new Redactor(),
  seed: 1,
  threads: 1,
  signal: new AbortController().signal,
  onSecond: (second) => {
    requests += second.requests
    const { user, system } = process.cpuUsage()
    marks.push({
      cpuMs: (user + system) / 1_000,
      requests,
      rssMiB: process.memoryUsage.rss() / 2 ** 20,
    })
  },
})
const read = (
  percentile: number,
  metric: 'iteration_duration' | 'http_req_waiting' = 'iteration_duration',
) => metrics.read(metric, {}, { kind: 'p', percentile })
const result = {
  marks,
  durationMs,
  count: metrics.read('iterations', {}, { kind: 'count' }),
  dropped: metrics.read('dropped_iterations', {}, { kind: 'count' }),
  failed: metrics.cells().reduce((sum, { failed }) => sum + failed, 0),
  p50: read(50),
  p99: read(99),
  p999: read(99.9),
  waiting: { p50: read(50, 'http_req_waiting'), p99: read(99, 'http_req_waiting') },
  selfCheck,
}
process.stdout.write(`${JSON.stringify(result)}\n`)
