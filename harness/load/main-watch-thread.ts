/** Looks whether the main thread goes on. One that does not is broken off, and ended where that does not help. */
import { setTimeout as delay } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { whereMainIsBusy } from './where-busy.ts'
import type { WatchMessage, WatchOrder } from './main-watch.ts'

const { flows, silentMs, beats } = workerData as WatchOrder
const lookEveryMs = Math.min(1_000, silentMs / 5)
/** For what is done about it, and until another flow that does the same is broken off. */
const endsWithinMs = 60_000
const silentAgainMs = 5_000

const counts = new Int32Array(beats)
let told = false
let limitMs = silentMs
let endAt = Infinity
let last = Atomics.load(counts, 0)
let silentForMs = 0

for (;;) {
  await delay(lookEveryMs)
  const now = Atomics.load(counts, 0)
  const isDebugged = Atomics.load(counts, 1) === 1
  // Whoever debugs a flow may take their time.
  silentForMs = now === last && !isDebugged ? silentForMs + lookEveryMs : 0
  last = now
  // What would end the process properly does not get its turn.
  if (performance.now() > endAt) process.kill(process.pid, 'SIGKILL')
  if (silentForMs < limitMs) continue
  const place = await whereMainIsBusy((id) => flows.includes(id), { end: true })
  if (!told) parentPort?.postMessage({ place, silentMs: silentForMs } satisfies WatchMessage)
  told = true
  limitMs = Math.min(silentMs, silentAgainMs)
  endAt = Math.min(endAt, performance.now() + endsWithinMs)
  silentForMs = 0
}
