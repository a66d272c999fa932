import { createSocket, type RemoteInfo } from 'node:dgram'
import { once } from 'node:events'

import { decode, encode, type DecodedPacket, type Packet, type Question } from 'dns-packet'

import type { OutsideLog } from './outside-log.ts'

/** Short, since an address that goes away with the run must not be kept. */
const ttlSeconds = 1
/** A resolver asks for several types of one name at once, and again when it hears nothing: within this time that is one lookup. */
const sameLookupMs = 2000
/** RFC 1035 §4.1.1 */
const responseCodes = { SERVFAIL: 2, NXDOMAIN: 3 } as const
const notImplemented = 4

export interface DnsOptions {
  /** Whether a site has this host name (lower case, without a final dot). */
  readonly isSite: (host: string) => boolean
  /** What sites resolve to. IPv4. */
  readonly address: string
  /** Who has this IP address. */
  readonly callerAt: (address: string) => string
  readonly log: OutsideLog
  /** How the look-up of a site fails this time, recorded; undefined when it does not. Asked once for a look-up. */
  readonly failLookup: (host: string, from: string) => keyof typeof responseCodes | undefined
}

/** Answers what is asked by UDP: sites have `address`, and nothing else exists. A name that does not is recorded, as a request that was refused. */
export class Resolver {
  readonly #options: DnsOptions
  readonly #recent = new Map<string, number>()

  constructor(options: DnsOptions) {
    this.#options = options
  }

  /** The answer to a packet; undefined when it is none that asks. */
  answer(packet: Buffer, from: string): Buffer | undefined {
    let query: DecodedPacket
    try {
      query = decode(packet)
    } catch {
      // No DNS: nobody waits for an answer that would be understood.
      return undefined
    }
    const [question] = query.questions ?? []
    if (query.type !== 'query' || !question) return undefined
    const reply: Packet = { type: 'response', id: query.id ?? 0, questions: [question] }
    const head = flagsOf(query)
    if (opcodeOf(query) !== 0) return encode({ ...reply, flags: head | notImplemented })
    const host = question.name.toLowerCase().replace(/\.$/, '')
    if (!this.#options.isSite(host)) {
      this.#record(host, question, from)
      return encode({ ...reply, flags: head | responseCodes.NXDOMAIN })
    }
    // Of the types that a resolver asks for at once only this one counts as a look-up.
    const failure =
      question.type === 'A'
        ? this.#options.failLookup(host, this.#options.callerAt(from))
        : undefined
    if (failure !== undefined) return encode({ ...reply, flags: head | responseCodes[failure] })
    const data = this.#options.address
    const answers =
      question.type === 'A'
        ? [{ type: 'A' as const, name: question.name, ttl: ttlSeconds, data }]
        : []
    return encode({ ...reply, flags: head, answers })
  }

  #record(host: string, { type }: Question, from: string): void {
    const atMs = Date.now()
    const caller = this.#options.callerAt(from)
    const key = `${caller} ${host}`
    const known = atMs - (this.#recent.get(key) ?? -Infinity) < sameLookupMs
    this.#recent.set(key, atMs)
    if (known) return
    const url = `dns://${host}/${type}`
    this.#options.log.add({
      atMs,
      from: caller,
      method: 'DNS',
      url,
      outcome: 'refused',
      note: 'unknown host',
    })
  }
}

/** 0 is a standard query (RFC 1035 §4.1.1). */
function opcodeOf({ flags = 0 }: DecodedPacket): number {
  return (flags >> 11) & 0xf
}

/** Authoritative answer, recursion as it was asked for and available: what stub resolvers expect of the server that they are told. */
function flagsOf({ flags = 0 }: DecodedPacket): number {
  const authoritative = 1 << 10
  const recursionDesired = flags & (1 << 8)
  const recursionAvailable = 1 << 7
  return authoritative | recursionDesired | recursionAvailable
}

export async function listenDns(
  resolver: Resolver,
  host: string,
  port: number,
): Promise<AsyncDisposable & { readonly port: number }> {
  const socket = createSocket('udp4')
  socket.on('message', (packet: Buffer, { address, port: to }: RemoteInfo) => {
    const reply = resolver.answer(packet, address)
    // Whoever asked may be gone.
    if (reply) socket.send(reply, to, address, () => undefined)
  })
  socket.bind(port, host)
  await once(socket, 'listening')
  return {
    port: socket.address().port,
    async [Symbol.asyncDispose]() {
      const closed = once(socket, 'close')
      socket.close()
      await closed
    },
  }
}
