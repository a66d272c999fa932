/** A load by the embedded engine in a process of its own: `url`, profile as JSON. Prints its figures as a line of JSON. */
import { Redactor, type LoadProfile } from '../../core/index.ts'
import { runEmbeddedLoad } from '../../load/index.ts'
import { actors, flows } from './fixtures/flow.ts'
import { markNow, type Mark } from './mark.ts'
import type { OurFigures } from './tools.ts'

const [url = '', profile = ''] = process.argv.slice(2)
const marks: Mark[] = []
let requests = 0
const { metrics, selfCheck } = await runEmbeddedLoad({
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
    marks.push(markNow(requests))
  },
})
const waited = (percentile: number) =>
  metrics.read('iteration_duration', {}, { kind: 'p', percentile })
const figures: OurFigures = {
  marks,
  count: metrics.read('iterations', {}, { kind: 'count' }) ?? 0,
  dropped: metrics.read('dropped_iterations', {}, { kind: 'count' }) ?? 0,
  p99: waited(99) ?? NaN,
  p999: waited(99.9) ?? NaN,
  selfCheck,
}
process.stdout.write(`${JSON.stringify(figures)}\n`)
