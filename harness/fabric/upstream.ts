import { Agent } from 'node:http'
import { connect, Socket } from 'node:net'
import type { Duplex } from 'node:stream'

import type { Random } from '../core/index.ts'
import type { UpstreamAddress } from './contract.ts'
import { Spread } from './spread.ts'

/** Opens a connection to a replica. The place for whatever sits between a link and its replica. */
export type Dial = (address: UpstreamAddress) => Duplex

export const dialTcp = ({ host, port, refuses }: UpstreamAddress): Socket => {
  if (refuses) return refused(host, port)
  const socket = connect({ host, port })
  socket.setNoDelay(true)
  return socket
}

function refused(host: string, port: number): Socket {
  const error = new Error(`connect ECONNREFUSED ${host}:${port}`)
  return new Socket().destroy(Object.assign(error, { code: 'ECONNREFUSED' }))
}

/** Under the 5 s after which Node's servers close an idle connection, so that requests seldom meet a closing one. */
const idleConnectionMs = 4000
const maxIdleConnections = 256

class DialAgent extends Agent {
  readonly #open: () => Duplex

  constructor(open: () => Duplex) {
    super({ keepAlive: true, maxFreeSockets: maxIdleConnections, timeout: idleConnectionMs })
    this.#open = open
  }

  override createConnection(): Duplex {
    return this.#open()
  }
}

/** One replica and the connections to it. */
export class Upstream {
  readonly address: UpstreamAddress
  readonly agent: Agent
  readonly #dial: Dial

  constructor(address: UpstreamAddress, dial: Dial) {
    this.address = address
    this.#dial = dial
    this.agent = new DialAgent(() => this.connect())
  }

  /** A connection outside of the pool of kept ones. */
  connect(): Duplex {
    return this.#dial(this.address)
  }

  /** Requests in flight. */
  get busy(): number {
    return Object.values(this.agent.sockets).reduce(
      (sum, sockets) => sum + (sockets?.length ?? 0),
      0,
    )
  }

  /** Requests in flight finish; their connections are closed after them, idle ones now. */
  retire(): void {
    this.agent.maxFreeSockets = 0
    for (const sockets of Object.values(this.agent.freeSockets)) {
      for (const socket of sockets ?? []) socket.destroy()
    }
  }
}

/** The replicas that one listener spreads over. */
export class Upstreams {
  readonly #dial: Dial
  readonly #spread: Spread<Upstream>
  #current = new Map<string, Upstream>()
  #retired: Upstream[] = []

  constructor(random: Random, dial: Dial) {
    this.#dial = dial
    this.#spread = new Spread(random)
  }

  /** Replicas that stay keep their connections. */
  set(addresses: readonly UpstreamAddress[]): void {
    const next = new Map(
      addresses.map((address) => {
        const key = `${address.id} ${address.host} ${address.port} ${address.refuses ?? false}`
        return [key, this.#current.get(key) ?? new Upstream(address, this.#dial)]
      }),
    )
    for (const [key, upstream] of this.#current) {
      if (next.has(key)) continue
      upstream.retire()
      this.#retired.push(upstream)
    }
    this.#current = next
    this.#spread.set([...next.values()])
  }

  /** Requests in flight to replicas that are no longer among these. */
  get draining(): number {
    this.#retired = this.#retired.filter(({ busy }) => busy > 0)
    return this.#retired.reduce((sum, { busy }) => sum + busy, 0)
  }

  /** The one with the id `wanted` if it is among these, else the next in turn. */
  next(wanted?: string | readonly string[]): Upstream | undefined {
    const named = wanted && [...this.#current.values()].find(({ address }) => address.id === wanted)
    return named || this.#spread.next()
  }
}
