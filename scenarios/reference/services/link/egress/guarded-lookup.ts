import type { LookupAddress, LookupOptions } from 'node:dns'
import { lookup } from 'node:dns/promises'
import type { LookupFunction } from 'node:net'
import { isAllowedAddress, type Cidr } from './address-policy.ts'
import { EgressRefusedError } from './target-policy.ts'

export type Resolve = (hostname: string) => Promise<LookupAddress[]>

export const resolveBySystem: Resolve = (hostname) => lookup(hostname, { all: true })

/**
 * A lookup for the socket itself: the addresses that it checks are the ones that get connected to, and no
 * second question is asked whose answer could differ (DNS rebinding). One forbidden address spoils the
 * name, since a name with a public and a private address is a trick.
 */
export function guardedLookup(resolve: Resolve, allowed: readonly Cidr[]): LookupFunction {
  return (hostname, options: LookupOptions, callback) => {
    resolve(hostname).then(
      (addresses) => {
        const forbidden = addresses.some(({ address }) => !isAllowedAddress(address, allowed))
        if (forbidden) return callback(new EgressRefusedError('private-address', hostname), [])
        answer(addresses, options, callback)
      },
      (error: NodeJS.ErrnoException) => callback(error, []),
    )
  }
}

function answer(
  addresses: LookupAddress[],
  options: LookupOptions,
  callback: Parameters<LookupFunction>[2],
): void {
  if (options.all === true) return callback(null, addresses)
  const [first] = addresses
  if (first === undefined) return callback(new Error('the name has no address'), [])
  callback(null, first.address, first.family)
}
