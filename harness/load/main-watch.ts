import { url as inspectorUrl } from 'node:inspector'
import { Worker } from 'node:worker_threads'
import { HarnessError } from '../core/index.ts'
import type { BusyPlace } from './where-busy.ts'

/** What the thread that watches is given. */
export interface WatchOrder {
  /** Ids. */
  readonly flows: readonly string[]
  /** Silence after which the main thread does not come back by itself. */
  readonly silentMs: number
  /** Two Int32: beats of the main thread so far, and 1 while somebody debugs it. */
  readonly beats: SharedArrayBuffer
}

export type WatchMessage = { readonly place: BusyPlace | undefined; readonly silentMs: number }

const beatEveryMs = 200
const silentMs = 15_000

/**
 * Watches, from a thread of its own, whether the main thread comes back to its event loop, in which everything goes on that is no load: `for (;;);` in a
 * flow would keep everything from going on, Ctrl-C included. Then it is broken off, and `onBlocked` told where it was and in which flow. What was
 * under way may never end: little should be done, and the process ended. Dispose it to end the watching.
 */
export function watchMainThread(
  flows: readonly string[],
  onBlocked: (error: HarnessError) => void,
  given: Partial<Pick<WatchOrder, 'silentMs'>> = {},
): Disposable {
  const beats = new Int32Array(new SharedArrayBuffer(8))
  const beat = setInterval(() => {
    Atomics.add(beats, 0, 1)
    Atomics.store(beats, 1, inspectorUrl() === undefined ? 0 : 1)
  }, beatEveryMs)
  beat.unref()
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
  const workerData: WatchOrder = { flows, silentMs, ...given, beats: beats.buffer }
  const worker = new Worker(new URL(`./main-watch-thread${extension}`, import.meta.url), {
    workerData,
  })
  worker.unref()
  worker.once('message', (message: WatchMessage) => onBlocked(blocked(message)))
  // Without it everything goes on but for the watching.
  worker.on('error', () => undefined)
  return {
    [Symbol.dispose]() {
      clearInterval(beat)
      void worker.terminate()
    },
  }
}

function blocked({ place, silentMs: forMs }: WatchMessage): HarnessError {
  const who = place?.flow === undefined ? 'code of a flow' : `the flow '${place.flow}'`
  const where = place === undefined ? '' : `, busy at ${place.at}`
  return new HarnessError(
    'FLOW_BLOCKED',
    `${who} does not give its thread back: nothing else went on for ${Math.round(forMs / 1_000)} s${where}`,
    {
      hint: 'let it await what it waits for, and bound its loops: while it computes nothing else goes on',
    },
  )
}
