import { readFileSync } from 'node:fs'

const everyMs = 20
/** Of `st` in /proc/net/tcp (proc(5)): opening, and open. */
const states = new Set(['01', '02'])

/** The connections of clients to a port of this machine, looked at again and again until disposed. Linux only. */
export class OpenConnections implements Disposable {
  /** The most that were seen at a time. */
  most = 0
  /** Resolves when the first is there. */
  readonly first: Promise<void>
  readonly #timer: NodeJS.Timeout

  constructor(port: number) {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.first = promise
    this.#timer = setInterval(() => {
      const open = connectionsTo(port)
      this.most = Math.max(this.most, open)
      if (open > 0) resolve()
    }, everyMs)
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }
}

/** The kernel is asked and not the server, which may stand still. */
function connectionsTo(port: number): number {
  const to = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , remote = '', state = '']) => remote.endsWith(to) && states.has(state)).length
}
