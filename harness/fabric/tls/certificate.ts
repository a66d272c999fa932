import { createHash, randomBytes, sign, type KeyObject } from 'node:crypto'
import { isIP } from 'node:net'

import {
  bitString,
  explicit,
  implicit,
  integer,
  isTrue,
  octetString,
  oid,
  sequence,
  set,
  time,
  utf8String,
} from './der.ts'

/** What is certified by whom. Keys are of the curve P-256. */
export interface CertificatePlan {
  readonly subject: string
  readonly publicKey: KeyObject
  /** For itself when these are its own name and key. */
  readonly issuer: {
    readonly name: string
    readonly publicKey: KeyObject
    readonly privateKey: KeyObject
  }
  readonly notBefore: Date
  readonly notAfter: Date
  /** Absent: a certificate authority. */
  readonly host?: string
}

const commonName = '2.5.4.3'
const ecdsaWithSha256 = '1.2.840.10045.4.3.2'
const extensions = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
} as const
const serverAuth = '1.3.6.1.5.5.7.3.1'
/** The longest common name that X.520 allows. */
const maxNameLength = 64

/** An X.509 v3 certificate (RFC 5280) as PEM, signed by its issuer. */
export function makeCertificate(plan: CertificatePlan): string {
  const algorithm = sequence(oid(ecdsaWithSha256))
  const toBeSigned = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(randomBytes(16)),
    algorithm,
    nameOf(plan.issuer.name),
    sequence(time(plan.notBefore), time(plan.notAfter)),
    nameOf(plan.subject),
    spkiOf(plan.publicKey),
    explicit(3, sequence(...extensionsOf(plan))),
  )
  const signature = sign('sha256', toBeSigned, plan.issuer.privateKey)
  return asPem(sequence(toBeSigned, algorithm, bitString(signature)))
}

function extensionsOf(plan: CertificatePlan): Buffer[] {
  const identifiers = [
    extension(extensions.subjectKeyIdentifier, octetString(keyIdentifier(plan.publicKey))),
    extension(
      extensions.authorityKeyIdentifier,
      sequence(implicit(0, keyIdentifier(plan.issuer.publicKey))),
    ),
  ]
  if (plan.host === undefined) {
    const nothingBelowLeaves = integer(Buffer.from([0]))
    const signsCertificates = bitString(Buffer.from([0b0000_0100]), 2)
    return [
      extension(extensions.basicConstraints, sequence(isTrue, nothingBelowLeaves), 'critical'),
      extension(extensions.keyUsage, signsCertificates, 'critical'),
      ...identifiers,
    ]
  }
  const signsHandshakes = bitString(Buffer.from([0b1000_0000]), 7)
  return [
    extension(extensions.basicConstraints, sequence(), 'critical'),
    extension(extensions.keyUsage, signsHandshakes, 'critical'),
    extension(extensions.extendedKeyUsage, sequence(oid(serverAuth))),
    extension(extensions.subjectAltName, sequence(alternativeName(plan.host))),
    ...identifiers,
  ]
}

function extension(id: string, value: Buffer, critical?: 'critical'): Buffer {
  return sequence(oid(id), ...(critical ? [isTrue] : []), octetString(value))
}

/** dNSName is [2], iPAddress [7], four or sixteen bytes (RFC 5280 §4.2.1.6). */
function alternativeName(host: string): Buffer {
  switch (isIP(host)) {
    case 4:
      return implicit(7, Buffer.from(host.split('.').map(Number)))
    case 6:
      return implicit(7, ipv6Bytes(host))
    default:
      return implicit(2, Buffer.from(host))
  }
}

function ipv6Bytes(host: string): Buffer {
  const [left = '', right = ''] = host.split('::')
  const groups = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
  const head = groups(left)
  const tail = groups(right)
  const all = [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail]
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 0xff]))
}

function nameOf(name: string): Buffer {
  return sequence(set(sequence(oid(commonName), utf8String(name.slice(0, maxNameLength)))))
}

function spkiOf(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' })
}

/** The first 160 bits of a hash of the key (RFC 7093 §2, method 4). */
function keyIdentifier(key: KeyObject): Buffer {
  return createHash('sha256').update(spkiOf(key)).digest().subarray(0, 20)
}

function asPem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}
