import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'

import {
  deriveSeed,
  isHttpToxic,
  seededRandom,
  toxicName,
  type Random,
  type Toxic,
} from '../core/index.ts'
import { ConnectionCut, resetConnection } from './connection-reset.ts'
import { Tap } from './tap.ts'
import { matchesRequest } from './toxic-match.ts'
import { toxicKinds } from './toxics/index.ts'
import type { AttributesOf, ByteKind, Cut, HttpKind, Pipe, Strike } from './toxics/toxic.ts'

interface InForce {
  readonly toxic: Toxic
  readonly random: Random
  /** How many more requests are looked at. */
  left: number
  /** How many requests, or connections, it struck. */
  struck: number
}

/** An open connection: `near` from a caller to the listener, `far` from it to a replica. */
interface Connection {
  readonly side: 'near' | 'far'
  /** Who calls, of a near one; whom it leads to, of a far one. */
  readonly replica: string
  readonly tap: Tap
  readonly pipes: Map<string, { readonly toxic: Toxic; readonly pipe: Pipe }>
}

/** The toxics of one listener, and the connections that they are on. */
export class ToxicBoard {
  readonly #edge: string
  readonly #seed: number
  readonly #inForce = new Map<string, InForce>()
  readonly #connections = new Set<Connection>()
  #strikesRequests = false

  constructor(edge: string, seed: number) {
    this.#edge = edge
    this.#seed = seed
  }

  /** Puts a toxic in force, in the place of one with its name. The same toxic draws the same chances again. */
  set(toxic: Toxic): void {
    const name = toxicName(toxic)
    this.remove(name)
    const random = seededRandom(deriveSeed(this.#seed, `${this.#edge} ${name}`))
    const left = (isHttpToxic(toxic) ? toxic.first : undefined) ?? Infinity
    const entry = { toxic, random, left, struck: 0 }
    this.#inForce.set(name, entry)
    this.#strikesRequests ||= isHttpToxic(toxic)
    for (const connection of this.#connections) {
      if (this.#meet(connection, name, entry)) this.#refresh(connection)
    }
  }

  /** The number of requests, or connections, that it struck; undefined when there is none of the name. */
  remove(name: string): number | undefined {
    const entry = this.#inForce.get(name)
    if (!entry) return undefined
    this.#inForce.delete(name)
    this.#strikesRequests = [...this.#inForce.values()].some(({ toxic }) => isHttpToxic(toxic))
    for (const connection of this.#connections) {
      if (connection.pipes.delete(name)) this.#refresh(connection)
    }
    return entry.struck
  }

  list(): Toxic[] {
    return [...this.#inForce.values()].map(({ toxic }) => toxic)
  }

  /** Takes a connection that a caller has opened. `ends` is told when it is closed with toxics on it: by one of these ('error'), or by the caller. `isDeaf`: what was sent to the caller got lost. */
  watchNear(
    socket: Socket,
    caller: string,
    ends: (how: 'error' | 'abandoned') => void = () => undefined,
  ): { readonly isDeaf: boolean } {
    let isCut = false
    const cut = (how: Cut): void => {
      isCut = true
      ends('error')
      // What was sent in full is let go before the connection is closed.
      if (how === 'reset') resetConnection(socket)
      else socket.destroySoon()
    }
    const { pipes } = this.#watch(socket, 'near', caller, cut, () => void socket.destroy())
    socket.once('close', () => {
      if (!isCut && pipes.size > 0) ends('abandoned')
    })
    return {
      get isDeaf() {
        return [...pipes.values()].some(({ toxic, pipe }) => !isUpstream(toxic) && pipe.hasLost)
      },
    }
  }

  /** Takes a connection that was opened to a replica. */
  watchFar(socket: Socket, replica: string): void {
    this.#watch(socket, 'far', replica, (how) => socket.destroy(new ConnectionCut(how)))
  }

  /** What strikes this request; undefined, and next to no work, where nothing does. Each call counts as one request. */
  strikes(request: IncomingMessage, replica: string, caller = ''): Strike[] | undefined {
    if (!this.#strikesRequests) return undefined
    const strikes = [...this.#inForce.values()].flatMap((entry): Strike[] => {
      const { toxic, random } = entry
      if (!isHttpToxic(toxic) || entry.left === 0) return []
      if (toxic.replica !== undefined && toxic.replica !== replica) return []
      if (toxic.caller !== undefined && toxic.caller !== caller) return []
      if (!matchesRequest(toxic.match ?? {}, request)) return []
      entry.left -= 1
      if (random() >= (toxic.toxicity ?? 1)) return []
      entry.struck += 1
      const kind = toxicKinds[toxic.type] as HttpKind<typeof toxic.type>
      const { stream = 'downstream' } = toxic
      return [kind.strike(toxic.attributes as AttributesOf<typeof toxic.type>, { stream, random })]
    })
    return strikes.length > 0 ? strikes : undefined
  }

  #watch(
    socket: Socket,
    side: Connection['side'],
    replica: string,
    cut: (how: Cut) => void,
    gone?: () => void,
  ): Connection {
    const tap = new Tap(socket, cut, gone)
    const connection: Connection = { side, replica, tap, pipes: new Map() }
    this.#connections.add(connection)
    socket.once('close', () => this.#connections.delete(connection))
    const met = [...this.#inForce].map(([name, entry]) => this.#meet(connection, name, entry))
    if (met.includes(true)) this.#refresh(connection)
    return connection
  }

  /** Whether the toxic strikes the connection: it is of the right kind, and chance has it. */
  #meet(connection: Connection, name: string, entry: InForce): boolean {
    const { toxic, random } = entry
    if (isHttpToxic(toxic)) return false
    const side = toxic.replica === undefined ? 'near' : 'far'
    const wanted = side === 'near' ? toxic.caller : toxic.replica
    if (connection.side !== side || connection.replica !== (wanted ?? connection.replica))
      return false
    if (random() >= (toxic.toxicity ?? 1)) return false
    entry.struck += 1
    const kind = toxicKinds[toxic.type] as ByteKind<typeof toxic.type>
    const attributes = (toxic.attributes ?? {}) as AttributesOf<typeof toxic.type>
    const pipe = kind.start(attributes as never, { startMs: performance.now(), random })
    connection.pipes.set(name, { toxic, pipe })
    return true
  }

  #refresh({ side, tap, pipes }: Connection): void {
    const up = [...pipes.values()].flatMap((one) => (isUpstream(one.toxic) ? one.pipe : []))
    const down = [...pipes.values()].flatMap((one) => (isUpstream(one.toxic) ? [] : one.pipe))
    // A caller sends us what goes upstream; to a replica we send it.
    tap.set(side === 'near' ? { sent: down, received: up } : { sent: up, received: down })
  }
}

function isUpstream({ stream = 'downstream' }: Toxic): boolean {
  return stream === 'upstream'
}
