import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server of a test on a port of its own; disposing it ends its connections too. */
export interface TestServer extends AsyncDisposable {
  /** Without a slash at the end. */
  readonly url: string
  /** Requests so far, in order. */
  readonly asked: readonly IncomingMessage[]
}

export async function serve(listener: RequestListener): Promise<TestServer> {
  const asked: IncomingMessage[] = []
  const server = createServer((request, response) => {
    asked.push(request)
    listener(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async [Symbol.asyncDispose]() {
      if (!server.listening) return
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
