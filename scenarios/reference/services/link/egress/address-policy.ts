import ipaddr from 'ipaddr.js'

export type Cidr = readonly [ipaddr.IPv4 | ipaddr.IPv6, number]

/** Comma-separated, e.g. `10.1.0.0/16,fd00::/8`. Throws on the first entry that is none. */
export function parseCidrs(list: string): Cidr[] {
  return list
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
    .map((item) => ipaddr.parseCIDR(item))
}

/** Global unicast addresses of the internet, and those that the operator allows. */
export function isAllowedAddress(text: string, allowed: readonly Cidr[]): boolean {
  if (!ipaddr.isValid(text)) return false
  // Unwraps ::ffff:a.b.c.d, so that an IPv4 address is judged as what it is.
  const address = ipaddr.process(text)
  if (allowed.some((cidr) => isWithin(address, cidr))) return true
  if (address.range() !== 'unicast') return false
  // Whatever has no name yet counts as unicast for the library, such as the old ::127.0.0.1.
  return address.kind() === 'ipv4' || isWithin(address, ipaddr.parseCIDR('2000::/3'))
}

function isWithin(address: ipaddr.IPv4 | ipaddr.IPv6, [network, bits]: Cidr): boolean {
  return address.kind() === network.kind() && address.match(network, bits)
}
