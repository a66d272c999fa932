import type { ContainerSide, RelayTarget } from './contract.ts'
import { createDirectTlsServer } from './direct-tls.ts'
import { createDirectServer, type CallerAt } from './direct.ts'
import { listenDns, Resolver } from './dns.ts'
import { addressIn } from './interfaces.ts'
import { listen } from './listener.ts'
import type { SiteDirectory } from './outside-gate.ts'
import type { OutsideLog } from './outside-log.ts'
import type { Outside } from './outside.ts'
import { Relay } from './relay.ts'
import type { CertificateAuthority } from './tls/authority.ts'

const httpPort = 80
const httpsPort = 443

interface Parts {
  readonly sites: SiteDirectory
  readonly log: OutsideLog
  readonly outside: Outside
  readonly authority: CertificateAuthority
  readonly callerAt: CallerAt
}

/** What a fabric has only as a container: a relay for the harness, names and plain connections for services that know no proxy. */
export async function openContainerSide(
  side: ContainerSide,
  { sites, log, outside, authority, callerAt }: Parts,
  opened: AsyncDisposableStack,
): Promise<(targets: readonly RelayTarget[]) => void> {
  const outer = addressIn(side.outerNetwork)
  const inner = addressIn(side.innerNetwork)
  const relay = new Relay()
  opened.use(await listen(relay.server, outer, side.ports['relay']))
  const isSite = (host: string) => sites.has(host)
  const failLookup = (host: string, from: string) =>
    outside.failLookup(new URL(`http://${host}/`), from, 'DNS')
  const resolver = new Resolver({ isSite, address: inner, callerAt, log, failLookup })
  opened.use(await listenDns(resolver, inner, side.ports['dns'] ?? 53))
  opened.use(await listen(createDirectServer(outside, callerAt), inner, httpPort))
  const direct = createDirectTlsServer(outside, callerAt, authority)
  opened.use(await listen(direct, inner, httpsPort))
  return (targets) => relay.set(targets)
}
