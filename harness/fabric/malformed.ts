import type { Server } from 'node:http'
import type { Duplex } from 'node:stream'

import { endWithFault } from './faults.ts'
import type { Outside } from './outside.ts'
import { isDisconnect } from './tls/accept.ts'

const maxMethodLength = 20

/** What a request says of itself, as far as it can be read although it is not HTTP. */
export interface Malformed {
  readonly method: string
  readonly target: string
  /** The value of a header; undefined where there is none. */
  header(name: string): string | undefined
}

interface ParseError extends Error {
  readonly code?: string
  readonly rawPacket?: Buffer
}

/**
 * Answers and records what the parser of node:http does not take for a request: by itself node:http answers without a word, and whoever
 * asked takes that for the answer of the site. `originOf` gives the site of a request that names a path only, `callerOf` who asks.
 */
export function tellMalformed(
  server: Server,
  outside: Outside,
  originOf: (request: Malformed, socket: Duplex) => string | undefined,
  callerOf: (request: Malformed, socket: Duplex) => string,
): void {
  server.on('clientError', (error: ParseError, socket) => {
    if (isDisconnect(error) || error.code === 'HPE_INVALID_EOF_STATE' || !socket.writable) {
      return void socket.destroy()
    }
    const request = readMalformed(error.rawPacket)
    const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400
    const problem = `the request is not HTTP/1.1 as it should be: ${error.message}`
    outside.record({
      from: callerOf(request, socket),
      method: request.method,
      url: URL.parse(request.target, originOf(request, socket))?.href ?? '',
      outcome: 'answered',
      status,
      note: problem,
    })
    endWithFault(socket, status, `${problem} (this is no answer of a site)`)
  })
}

function readMalformed(packet: Buffer | undefined): Malformed {
  const text = packet?.toString('utf8') ?? ''
  const [, method = '', target = ''] = /^(\S+) (\S+)/.exec(text) ?? []
  return {
    method: method.slice(0, maxMethodLength),
    target,
    header: (name) => new RegExp(`^${name}:[ \\t]*(.*?)[ \\t]*$`, 'im').exec(text)?.[1],
  }
}
