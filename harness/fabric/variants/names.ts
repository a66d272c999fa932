import type { NameVariant } from './variant.ts'

export const dnsNxdomain: NameVariant = {
  on: 'name',
  title: 'has no entry in DNS (NXDOMAIN)',
  responseCode: 'NXDOMAIN',
}

export const dnsServfail: NameVariant = {
  on: 'name',
  title: 'has a DNS server that fails (SERVFAIL)',
  responseCode: 'SERVFAIL',
}
