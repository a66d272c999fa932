import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

import { CloseWhenIdle } from './close-when-idle.ts'
import { hostOf } from './outside-gate.ts'
import type { Outside } from './outside.ts'
import type { Struck } from './variant-board.ts'
import type { TlsVariant } from './variants/variant.ts'

/** One connection after CONNECT, from its opening to its close. */
export class Tunnel {
  readonly from: string
  /** What struck the handshake in it. */
  struck: Struck<TlsVariant> | undefined
  /** Why no request could come out of it. */
  failure: string | undefined
  readonly #outside: Outside
  readonly #idle: CloseWhenIdle
  readonly #authority: string
  #scheme: 'http' | 'https'
  /** Whether the log knows of it already: by a request, or by what went wrong. */
  #isRecorded = false

  constructor(outside: Outside, socket: Duplex, from: string, authority: string) {
    this.#outside = outside
    this.#idle = new CloseWhenIdle(() => socket.destroy())
    this.from = from
    this.#authority = authority
    this.#scheme = authority.endsWith(':443') ? 'https' : 'http'
  }

  isEncrypted(): void {
    this.#scheme = 'https'
  }

  get origin(): string {
    return new URL(`${this.#scheme}://${this.#authority}`).origin
  }

  get host(): string {
    return hostOf(new URL(this.origin))
  }

  get isToNowhere(): boolean {
    return this.#outside.refusalOf(new URL(this.origin)) !== undefined
  }

  /** A request came out of it. */
  begin(answer: ServerResponse): void {
    this.#isRecorded = true
    this.#idle.begin(answer)
  }

  closeWhenIdle(): void {
    this.#idle.close()
  }

  refuse(note: string): void {
    this.#isRecorded = true
    this.#outside.record({ ...this.#connect(), outcome: 'refused', note })
  }

  /** A tunnel to a site in which nothing was asked is no request; one to nowhere is, and so is one in which TLS failed. */
  closed(): void {
    if (this.#isRecorded) return
    this.#isRecorded = true
    const refusal = this.#outside.refusalOf(new URL(this.origin))
    if (refusal) {
      const why = this.failure ?? 'nothing was asked in the tunnel'
      this.#outside.record({
        ...this.#connect(),
        outcome: 'refused',
        note: `${refusal.reason}; ${why}`,
      })
    } else if (this.struck || this.failure !== undefined) {
      this.#outside.record({
        ...this.#connect(),
        outcome: 'answered',
        note: this.failure ?? 'the client closed the connection after the handshake',
        ...(this.struck ? { variant: this.struck.name } : {}),
      })
    }
  }

  #connect() {
    return { from: this.from, method: 'CONNECT', url: `${this.origin}/` }
  }
}
