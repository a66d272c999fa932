import { constants, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { createSecureContext, type SecureContext } from 'node:tls'

import { makeCertificate } from './certificate.ts'

/** What can be wrong with the certificate of a host. */
export type CertificateFlaw = 'expired' | 'wrong-host' | 'self-signed'

const dayMs = 86_400_000
/** Validity begins a little earlier than now: the clock of a service may be behind. */
const beforeMs = dayMs
const afterMs = 7 * dayMs
const authorityName = 'aftershock CA of one run'
/** The name on a certificate that is for somebody else; nobody can own it (RFC 2606). */
const anotherHost = 'another-host.invalid'
/** Names come from requests, so their number has no bound of its own. */
const maxCached = 512

/**
 * The certificate authority of one run. Its private key exists in this object only: who has the certificate can check what the
 * fabric shows, and make nothing. Certificates of hosts are made when first asked for.
 */
export class CertificateAuthority {
  /** As PEM: what clients are to trust. */
  readonly certificate: string
  readonly #keys = generateKeys()
  /** One key serves all hosts: who could tell them apart is the fabric itself. */
  readonly #hostKeys = generateKeys()
  readonly #hostPrivateKey = this.#hostKeys.privateKey.export({ type: 'pkcs8', format: 'pem' })
  readonly #contexts = new Map<string, SecureContext>()
  readonly #now: () => number

  constructor(now: () => number = Date.now) {
    this.#now = now
    this.certificate = makeCertificate({
      subject: authorityName,
      publicKey: this.#keys.publicKey,
      issuer: { name: authorityName, ...this.#keys },
      ...this.#validity(),
    })
  }

  /** What a server of `host` needs for TLS, in order or with the flaw. */
  contextFor(host: string, flaw?: CertificateFlaw): SecureContext {
    const key = `${host} ${flaw ?? ''}`
    const known = this.#contexts.get(key)
    if (known) return known
    const context = createSecureContext({
      cert: this.certificateFor(host, flaw),
      key: this.#hostPrivateKey,
      minVersion: 'TLSv1.2',
      // A resumed session shows no certificate, so that a flaw would not be seen.
      secureOptions: constants.SSL_OP_NO_TICKET,
    })
    this.#contexts.set(key, context)
    const [oldest] = this.#contexts.keys()
    if (this.#contexts.size > maxCached && oldest !== undefined) this.#contexts.delete(oldest)
    return context
  }

  /** As PEM. */
  certificateFor(host: string, flaw?: CertificateFlaw): string {
    const isSelfSigned = flaw === 'self-signed'
    return makeCertificate({
      subject: host,
      host: flaw === 'wrong-host' ? anotherHost : host,
      publicKey: this.#hostKeys.publicKey,
      issuer: isSelfSigned
        ? { name: host, ...this.#hostKeys }
        : { name: authorityName, ...this.#keys },
      ...this.#validity(flaw === 'expired' ? -dayMs : afterMs),
    })
  }

  #validity(untilMs = afterMs): { readonly notBefore: Date; readonly notAfter: Date } {
    const now = this.#now()
    return {
      notBefore: new Date(now + Math.min(untilMs, 0) - beforeMs),
      notAfter: new Date(now + untilMs),
    }
  }
}

function generateKeys(): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' })
}
