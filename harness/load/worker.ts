/** One thread of load: loads the flows from their module, and sends what it measured. */
import { parentPort, workerData } from 'node:worker_threads'
import { Redactor, describeError, type LoadTest } from '../core/index.ts'
import { BatchWriter } from './batch.ts'
import { startFlushing } from './flushing.ts'
import { LoadConnections } from './load-client.ts'
import { LoadRunner, cellsUnderWay } from './runner.ts'
import { sharedNow } from './shared-now.ts'
import { strayFault } from './stray-fault.ts'
import { TickClock } from './tick-clock.ts'
import { warmUp } from './warm-up.ts'
import type { WorkerMessage, WorkerOrder } from './worker-contract.ts'

const order = workerData as WorkerOrder
const stop = new AbortController()

function send(message: WorkerMessage): void {
  parentPort?.postMessage(message)
}

parentPort?.once('message', () => stop.abort())
process.on('uncaughtException', (error) => {
  const flows = new Set(cellsUnderWay(order.executors).map(({ flow }) => flow))
  send({ kind: 'fault', message: strayFault(error, [...flows]) })
  stop.abort()
})
try {
  const { default: test } = (await import(order.module)) as { default: LoadTest }
  const redactor = new Redactor()
  const actors = test.actors.map((actor) => {
    const headers = order.headers[actor.id] ?? actor.headers
    redactor.addHeaders(headers)
    return { ...actor, headers }
  })
  const writer = new BatchWriter((batch) => {
    // Given away and not copied.
    const { flows, requests, connectMs, dropped, cut, cutRequests } = batch
    const lists = [flows, requests, connectMs, dropped, cut, ...(cutRequests ? [cutRequests] : [])]
    parentPort?.postMessage(
      { kind: 'batch', batch } satisfies WorkerMessage,
      lists.map(({ buffer }) => buffer as ArrayBuffer),
    )
  })
  const { frontDoors, entry, proxyUrl, caCertificate, connections } = order
  await using open = new LoadConnections({
    frontDoors,
    entry,
    proxyUrl,
    redactor,
    ...(caCertificate === undefined ? {} : { caCertificate }),
    connections,
    onConnect: (durationMs) => writer.connected(durationMs),
  })
  await using ticks = await TickClock.startFor(order.executors)
  await warmUp(stop.signal)
  send({ kind: 'ready' })
  // The main thread sets the time once all are ready: until then this waits without load.
  const startAt = new Float64Array(order.startAt)
  while (startAt[0] === 0 && !stop.signal.aborted) {
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  const runner = new LoadRunner({
    executors: order.executors,
    flows: test.flows,
    actors,
    clientFor: (actor, deadline, onRequest) => open.client(actor.headers, deadline, onRequest),
    seed: order.seed,
    firstIteration: order.firstIteration,
    index: order.index,
    of: order.of,
    elapsed: () => sharedNow() - (startAt[0] ?? 0),
    writer,
    underWay: new Int32Array(order.underWay),
    ...(ticks ? { ticks } : {}),
  })
  using _flushing = startFlushing(writer)
  await runner.run(stop.signal)
} catch (error) {
  send({ kind: 'fault', message: describeError(error) })
} finally {
  send({ kind: 'done' })
  parentPort?.close()
}
