/** Waits for a moment more exactly than a timer of Node does, which knows whole milliseconds only, while the thread of load is in its event loop. */
import { parentPort, workerData } from 'node:worker_threads'
import { sharedNow } from './shared-now.ts'
import type { TickMemory } from './tick-contract.ts'

const { counter, moment } = workerData as TickMemory
const count = new Int32Array(counter)
const due = new Float64Array(moment)

parentPort?.postMessage('ready')
for (;;) {
  const seen = Atomics.load(count, 0)
  const dueAt = due[0] ?? -Infinity
  if (dueAt === -Infinity) break
  const leftMs = dueAt - sharedNow()
  if (leftMs > 0) {
    // Returns at once when the moment was changed since it was read.
    Atomics.wait(count, 0, seen, leftMs)
  } else {
    // One message for each moment that was asked for: they cannot pile up and keep I/O from its turn.
    parentPort?.postMessage('tick')
    Atomics.wait(count, 0, seen)
  }
}
parentPort?.close()
