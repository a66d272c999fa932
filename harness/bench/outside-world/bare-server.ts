/** A server of node:http that has the answer ready: what nothing of this kind can be faster than. `/bytes/<n>` has so many bytes. Prints its port. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'

import { body } from './body.ts'

const piece = Buffer.alloc(64 * 1024, 'x')

function* bytes(count: number): Generator<Buffer> {
  for (let left = count; left > 0; left -= piece.length) yield piece.subarray(0, left)
}

// Its connections stay while others are measured, however long that takes.
const server = createServer({ keepAliveTimeout: 600_000 }, ({ url = '' }, answer) => {
  const count = /^\/bytes\/(\d+)$/.exec(url)?.[1]
  if (count !== undefined) {
    answer.writeHead(200, { 'content-length': count })
    return void Readable.from(bytes(Number(count))).pipe(answer)
  }
  answer.writeHead(200, { 'content-type': 'text/html', 'content-length': body.length })
  answer.end(body)
}).listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`)
})
