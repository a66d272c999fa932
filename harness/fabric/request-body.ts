import type { IncomingMessage } from 'node:http'

import { LetGo } from './let-go.ts'

/** A request's body as a web stream, at the pace of its reader. */
export interface RequestBody {
  readonly stream: ReadableStream<Uint8Array>
  /** Lets the rest pass by unread, so that the connection can take its next request. */
  discard(): void
}

/** Unlike Readable.toWeb(), a body left half read can be discarded without cutting the connection. */
export function streamBody(incoming: IncomingMessage): RequestBody {
  let discarded = false
  const discard = (): void => {
    discarded = true
    incoming.resume()
  }
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      incoming.on('data', (chunk: Buffer) => {
        if (discarded) return
        controller.enqueue(chunk)
        if ((controller.desiredSize ?? 0) <= 0) incoming.pause()
      })
      incoming.once('end', () => {
        if (!discarded) controller.close()
      })
      incoming.once('close', () => {
        if (!discarded && !incoming.complete) controller.error(new LetGo('the client broke off'))
      })
      // Listening for data starts the flow; nothing is read before the first pull.
      incoming.pause()
    },
    pull() {
      incoming.resume()
    },
    cancel: discard,
  })
  return { stream, discard }
}
