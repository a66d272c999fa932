import type { TlsVariant } from './variant.ts'

export const tlsExpired: TlsVariant = {
  on: 'tls',
  title: 'shows a certificate that ended yesterday',
  flaw: 'expired',
}

export const tlsWrongHost: TlsVariant = {
  on: 'tls',
  title: 'shows a certificate for another host',
  flaw: 'wrong-host',
}

export const tlsSelfSigned: TlsVariant = {
  on: 'tls',
  title: 'shows a certificate that no authority signed',
  flaw: 'self-signed',
}

export const tlsHangs: TlsVariant = {
  on: 'tls',
  title: 'accepts the connection and never answers the handshake',
  flaw: 'hangs',
}
