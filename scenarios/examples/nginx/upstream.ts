/** What stands behind the gateway: answers below PREFIX with a small body of the type TYPE, and 404 elsewhere. */
import { createServer } from 'node:http'

const { HOST = '127.0.0.1', PORT = '0', PREFIX = '/', TYPE = 'text/plain' } = process.env

const server = createServer((request, answer) => {
  const path = request.url ?? '/'
  if (path === '/healthz') return void answer.end('ok')
  const isServed = path.startsWith(PREFIX)
  answer.writeHead(isServed ? 200 : 404, { 'content-type': TYPE })
  answer.end(isServed ? `${TYPE} at ${path}` : 'not here')
})

server.listen(Number(PORT), HOST)
process.once('SIGTERM', () => server.close(() => process.exit(0)))
