import { createServer } from 'node:net'
import { once } from 'node:events'

/**
 * Ports for programs that must be told theirs lie below the range from which systems take ports for outgoing connections
 * (32768 on Linux, 49152 elsewhere), so that only another program told the same port can come between.
 */
const lowest = 20_000
const highest = 32_000
const tries = 50
const handedOut = new Set<number>()

/** A port of 127.0.0.1 that is free now and that this process did not hand out before. Whoever uses it must still expect it to be taken. */
export async function freePort(): Promise<number> {
  for (let i = 0; i < tries; i += 1) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest))
    if (!handedOut.has(port) && (await canListen(port))) {
      handedOut.add(port)
      return port
    }
  }
  throw new Error(`no free port found between ${lowest} and ${highest} in ${tries} tries`)
}

async function canListen(port: number): Promise<boolean> {
  const server = createServer()
  try {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return true
  } catch {
    // Taken: the caller tries another one.
    return false
  } finally {
    server.close()
  }
}
