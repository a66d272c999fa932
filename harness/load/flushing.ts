import type { BatchWriter } from './batch.ts'

const flushEveryMs = 200
const probeEveryMs = 10

/** Sends what a writer has, from time to time, and looks how late the event loop is. Dispose it to send the rest and end. */
export function startFlushing(writer: BatchWriter): Disposable {
  let wantedAt = performance.now() + probeEveryMs
  const probe = setInterval(() => {
    const now = performance.now()
    writer.lagged(Math.max(0, now - wantedAt))
    wantedAt = now + probeEveryMs
  }, probeEveryMs)
  const flush = setInterval(() => writer.flush(), flushEveryMs)
  return {
    [Symbol.dispose]() {
      clearInterval(probe)
      clearInterval(flush)
      writer.flush()
    },
  }
}
