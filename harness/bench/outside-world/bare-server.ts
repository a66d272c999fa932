/** A server of node:http that has the answer ready: what nothing of this kind can be faster than. Prints its port. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { body } from './body.ts'

const server = createServer((_, answer) => {
  answer.writeHead(200, { 'content-type': 'text/html', 'content-length': body.length })
  answer.end(body)
}).listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`)
})
