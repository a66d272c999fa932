import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { Redactor, type Actor, type Flow } from '../core/index.ts'
import { BatchWriter } from './batch.ts'
import { LoadConnections } from './load-client.ts'
import { LoadRunner } from './runner.ts'

const answer = Buffer.from(
  'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}',
)
const iterations = 3_000
const longest = '1s'

const flow: Flow = {
  id: 'warm-up',
  title: 'warm-up',
  actors: ['nobody'],
  run: async ({ http }) => void (await http.get('/')),
}
const actor: Actor = { id: 'nobody', title: 'nobody', headers: {} }

/**
 * Performs flows against a server of this thread, at most for a second: the compiler does its work before the load begins, and the first
 * flows of the load do not start late for it. Nothing of it reaches the system or the figures.
 */
export async function warmUp(signal: AbortSignal): Promise<void> {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('data', () => socket.write(answer))
    socket.on('error', () => socket.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const writer = new BatchWriter(() => undefined)
  const connections = new LoadConnections({
    frontDoors: { here: `http://127.0.0.1:${port}` },
    entry: 'here',
    proxyUrl: 'http://127.0.0.1:9',
    redactor: new Redactor(),
    connections: 16,
    onConnect: (ms) => writer.connected(ms),
  })
  try {
    const startedMs = performance.now()
    await new LoadRunner({
      executors: [
        {
          name: 'warm-up',
          executor: { executor: 'shared-iterations', vus: 16, iterations, maxDuration: longest },
          cells: [{ flow: flow.id, actor: actor.id, weight: 1 }],
        },
      ],
      flows: [flow],
      actors: [actor],
      clientFor: (_actor, deadline, onRequest) =>
        connections.client(actor.headers, deadline, onRequest),
      seed: 1,
      firstIteration: 0,
      index: 0,
      of: 1,
      elapsed: () => performance.now() - startedMs,
      writer,
    }).run(signal)
  } finally {
    await connections[Symbol.asyncDispose]()
    server.close()
    await once(server, 'close')
  }
}
