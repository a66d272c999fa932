import type { Random } from '../../core/index.ts'
import type { CertificateFlaw } from '../tls/authority.ts'

/** A failure mode of a site that can be put in force while it runs. `title` says in a few words what clients meet. */
export type Variant = AnswerVariant | TlsVariant | NameVariant

/** Strikes requests: changes, delays or replaces what the site answers. */
export interface AnswerVariant {
  readonly on: 'answer'
  readonly title: string
  /** Leads to another host, which has to be said with it. */
  readonly needsTo?: true
  /** Reject with BrokenOff to end the connection; anything else that is thrown counts as a fault of the variant. */
  answer(strike: Strike): Promise<Response>
}

/** Strikes TLS handshakes; requests over plain http do not notice. */
export interface TlsVariant {
  readonly on: 'tls'
  readonly title: string
  readonly flaw: CertificateFlaw | 'hangs'
}

/**
 * Strikes the look-up of the name. Who asks through a proxy leaves that to the proxy, and is told of it by its answer 502
 * (RFC 9209 §2.3.2); who looks names up itself is answered by the fabric's DNS.
 */
export interface NameVariant {
  readonly on: 'name'
  readonly title: string
  readonly responseCode: 'NXDOMAIN' | 'SERVFAIL'
}

/** One request that is struck. */
export interface Strike {
  readonly request: Request
  /** What the site answers by itself. Throws what its handler throws. */
  respond(): Promise<Response>
  /** Seeded. */
  readonly random: Random
  /** Fires when the client hangs up, and when the variant is taken back. */
  readonly signal: AbortSignal
  /** Host to lead to; set where the variant needs one. */
  readonly to: string
}

/** Ends a connection in the middle: `reset` as by a crash (RST), `close` as by a server that says goodbye too early (FIN). */
export class BrokenOff extends Error {
  readonly how: 'reset' | 'close'

  constructor(how: 'reset' | 'close', message: string) {
    super(message)
    this.name = 'BrokenOff'
    this.how = how
  }
}
