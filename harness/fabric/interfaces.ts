import { BlockList, isIPv4 } from 'node:net'
import { networkInterfaces } from 'node:os'

import { HarnessError } from '../core/index.ts'

/** The address that this machine has in a network (CIDR, IPv4). Throws FABRIC_FAILED when it has none. */
export function addressIn(network: string, interfaces = networkInterfaces()): string {
  const [base = '', bits = ''] = network.split('/')
  const range = new BlockList()
  range.addSubnet(base, Number(bits), 'ipv4')
  const addresses = Object.values(interfaces).flatMap((entries) =>
    (entries ?? []).map(({ address }) => address),
  )
  const found = addresses.find((address) => isIPv4(address) && range.check(address, 'ipv4'))
  if (found !== undefined) return found
  throw new HarnessError('FABRIC_FAILED', `no interface has an address in ${network}`, {
    hint: `there are ${addresses.join(', ')}: is the container connected to both networks?`,
  })
}
