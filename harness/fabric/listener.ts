import { once } from 'node:events'
import { isIPv6, type AddressInfo, type Server, type Socket } from 'node:net'

/** A server that listens. Disposing it cuts every connection, upgraded and tunnelled ones too. */
export interface Listener extends AsyncDisposable {
  /** Without a trailing slash. */
  readonly url: string
}

/** On a port that the system chooses, unless one is given. */
export async function listen(server: Server, host: string, port = 0): Promise<Listener> {
  // closeAllConnections() forgets sockets that left HTTP by upgrade or CONNECT, so they are held here.
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.listen(port, host)
  await once(server, 'listening')
  const { port: taken } = server.address() as AddressInfo
  return {
    url: `http://${isIPv6(host) ? `[${host}]` : host}:${taken}`,
    async [Symbol.asyncDispose]() {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
