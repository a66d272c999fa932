import type { ContainerSide, RelayTarget } from './contract.ts'
import { createDirectTlsServer } from './direct-tls.ts'
import { createDirectServer, type CallerAt } from './direct.ts'
import { listenDns, Resolver } from './dns.ts'
import { addressIn } from './interfaces.ts'
import { KeptConnections } from './kept-connections.ts'
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

export interface ContainerControls {
  setRelays(targets: readonly RelayTarget[]): void
  /** Closes connections to the host that were made by its name, once nothing goes on in them. */
  closeConnections(host: string): void
}

/** What a fabric has only as a container: a relay for the harness, names and plain connections for services that know no proxy. */
export async function openContainerSide(
  side: ContainerSide,
  { sites, log, outside, authority, callerAt }: Parts,
  opened: AsyncDisposableStack,
): Promise<ContainerControls> {
  const outer = addressIn(side.outerNetwork)
  const inner = addressIn(side.innerNetwork)
  const relay = new Relay()
  opened.use(await listen(relay.server, outer, side.ports['relay']))
  const isSite = (host: string) => sites.has(host)
  const failLookup = (host: string, from: string) =>
    outside.failLookup(new URL(`http://${host}/`), from, 'DNS')
  const resolver = new Resolver({ isSite, address: inner, callerAt, log, failLookup })
  opened.use(await listenDns(resolver, inner, side.ports['dns'] ?? 53))
  const direct = { outside, callerAt, kept: new KeptConnections() }
  opened.use(await listen(createDirectServer(direct), inner, httpPort))
  opened.use(await listen(createDirectTlsServer(direct, authority), inner, httpsPort))
  return {
    setRelays: (targets) => relay.set(targets),
    closeConnections: (host) => direct.kept.close(host),
  }
}
