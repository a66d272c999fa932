import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { describe, expect, it } from 'vitest'

import { CertificateAuthority } from './authority.ts'

const authority = new CertificateAuthority()
const root = new X509Certificate(authority.certificate)
const leaf = (
  host: string,
  ...flaw: Parameters<typeof authority.certificateFor> extends [string, ...infer F] ? F : never
) => new X509Certificate(authority.certificateFor(host, ...flaw))

describe('the certificate of the authority', () => {
  it('is its own issuer and may sign others', () => {
    expect(root.ca).toBe(true)
    expect(root.verify(root.publicKey)).toBe(true)
    expect(root.checkIssued(root)).toBe(true)
  })

  it('is another one in each run', () => {
    const other = new X509Certificate(new CertificateAuthority().certificate)
    expect(other.fingerprint256).not.toBe(root.fingerprint256)
    expect(leaf('news.example').verify(other.publicKey)).toBe(false)
  })
})

describe('the certificate of a host', () => {
  it.each([
    'news.example',
    'a-very-long-label-in-a-very-long-name.that-has-more-than-64-letters-in-it.example',
    '127.0.0.1',
    '2001:db8::7f00:1',
    '::1',
  ])('is for %s only, from the authority, and valid now', (host) => {
    const certificate = leaf(host)
    const check = (name: string) =>
      name.includes(':') || /^[\d.]+$/.test(name)
        ? certificate.checkIP(name)
        : certificate.checkHost(name)
    expect(certificate.verify(root.publicKey)).toBe(true)
    expect(certificate.checkIssued(root)).toBe(true)
    expect(certificate.ca).toBe(false)
    expect(check(host)).toBeDefined()
    expect(check('other.example')).toBeUndefined()
    expect(Date.parse(certificate.validFrom)).toBeLessThan(Date.now())
    expect(Date.parse(certificate.validTo)).toBeGreaterThan(Date.now() + 86_400_000)
  })

  it('has a serial number of its own each time', () => {
    expect(leaf('a.example').serialNumber).not.toBe(leaf('a.example').serialNumber)
  })

  it('that is expired is right in all else', () => {
    const certificate = leaf('news.example', 'expired')
    expect(Date.parse(certificate.validTo)).toBeLessThan(Date.now())
    expect(Date.parse(certificate.validFrom)).toBeLessThan(Date.parse(certificate.validTo))
    expect(certificate.verify(root.publicKey)).toBe(true)
    expect(certificate.checkHost('news.example')).toBeDefined()
  })

  it('that is for another host is right in all else', () => {
    const certificate = leaf('news.example', 'wrong-host')
    expect(certificate.checkHost('news.example')).toBeUndefined()
    expect(certificate.verify(root.publicKey)).toBe(true)
  })

  it('that is self-signed does not come from the authority', () => {
    const certificate = leaf('news.example', 'self-signed')
    expect(certificate.verify(root.publicKey)).toBe(false)
    expect(certificate.verify(certificate.publicKey)).toBe(true)
    expect(certificate.checkHost('news.example')).toBeDefined()
  })

  it('is made once, and what was made is forgotten before it fills the memory', () => {
    const first = authority.contextFor('first.example')
    expect(authority.contextFor('first.example')).toBe(first)
    expect(authority.contextFor('first.example', 'expired')).not.toBe(first)
    for (let i = 0; i < 600; i += 1) authority.contextFor(`host-${i}.example`)
    expect(authority.contextFor('first.example')).not.toBe(first)
  })
})

it('openssl finds nothing wrong with them, by its strict rules', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'aftershock-tls-'))
  try {
    const caFile = join(folder, 'ca.pem')
    const leafFile = join(folder, 'leaf.pem')
    writeFileSync(caFile, authority.certificate)
    writeFileSync(leafFile, authority.certificateFor('news.example'))
    const args = [
      'verify',
      '-x509_strict',
      '-purpose',
      'sslserver',
      '-verify_hostname',
      'news.example',
    ]
    const { stdout } = await promisify(execFile)('openssl', [...args, '-CAfile', caFile, leafFile])
    expect(stdout).toBe(`${leafFile}: OK\n`)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
