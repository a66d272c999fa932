import { createLogUpdate } from 'log-update'
import type { JournalEvent } from '../core/index.ts'
import { createPlainLog, initialLiveState, reduce, renderLive } from '../report/index.ts'
import { say } from '../session/index.ts'
import { renderOptionsFor } from './screen.ts'

const framesEveryMs = 100

/** Shows a run while it goes on: in place on a terminal, as lines elsewhere. Dispose it to leave the screen clean. */
export interface Progress extends Disposable {
  readonly take: (event: JournalEvent) => void
}

export function showProgress(stream: NodeJS.WriteStream): Progress {
  return stream.isTTY && process.env['TERM'] !== 'dumb' ? liveView(stream) : plainLines(stream)
}

/** For output that only machines read. */
export const noProgress: Progress = { take: () => undefined, [Symbol.dispose]: () => undefined }

function plainLines(stream: NodeJS.WriteStream): Progress {
  const lineOf = createPlainLog(renderOptionsFor(stream).width)
  return {
    take(event) {
      const line = lineOf(event)
      if (line !== null) say(`${line}\n`, stream)
    },
    [Symbol.dispose]: () => undefined,
  }
}

function liveView(stream: NodeJS.WriteStream): Progress {
  const update = createLogUpdate(stream)
  const startMs = performance.now()
  let state = initialLiveState()
  const draw = () => {
    const options = renderOptionsFor(stream)
    const height = Math.max(6, (stream.rows ?? 24) - 1)
    update(renderLive(state, { ...options, height, nowMs: performance.now() - startMs }))
  }
  const timer = setInterval(draw, framesEveryMs)
  const stderr = stayAbove(update.clear)
  return {
    take(event) {
      state = reduce(state, event)
    },
    [Symbol.dispose]() {
      clearInterval(timer)
      stderr[Symbol.dispose]()
      update.clear()
      update.done()
    },
  }
}

/** What is printed meanwhile, by flows for instance, stands above a view that is drawn anew. */
function stayAbove(clear: () => void): Disposable {
  const { stderr } = process
  if (!stderr.isTTY) return { [Symbol.dispose]: () => undefined }
  const { write } = stderr
  const above = (...given: Parameters<typeof write>) => {
    clear()
    return write.apply(stderr, given)
  }
  stderr.write = above as typeof write
  return {
    [Symbol.dispose]: () => {
      stderr.write = write
    },
  }
}
