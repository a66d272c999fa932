import type { ServerResponse } from 'node:http'

/**
 * Lets the headers of an answer leave in one packet with the first bytes of its body when these follow at once,
 * and by themselves when they do not. `begun` says whether the body has begun.
 */
export function flushLateHeaders(answer: ServerResponse, begun: () => boolean): void {
  setImmediate(() => {
    if (!begun() && !answer.destroyed && !answer.writableEnded) answer.flushHeaders()
  })
}
