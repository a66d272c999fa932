// Keeps lines: `set <name> <price>` and `get <name>`, one answer a line. `store.mjs ping` ends with 0 when it answers.
import { createServer, connect } from 'node:net'
import { createInterface } from 'node:readline'

const port = 7000

if (process.argv[2] === 'ping') {
  const socket = connect(port, '127.0.0.1')
  socket.on('connect', () => process.exit(0))
  socket.on('error', () => process.exit(1))
} else {
  const prices = new Map()
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    createInterface({ input: socket }).on('line', (line) => {
      const [verb, name, price] = line.split(' ')
      if (verb === 'set') prices.set(name, price)
      socket.write(`${prices.get(name) ?? '-'}\n`)
    })
  })
  server.listen(port)
  process.on('SIGTERM', () => process.exit(0))
}
