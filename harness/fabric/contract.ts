/** What the fabric and the runtime that starts it say to each other. */

/** Environment variable that holds FabricSettings as JSON. */
export const settingsVariable = 'AFTERSHOCK_FABRIC'

/** The one line on stdout that says that the fabric is ready: this, then FabricReady as JSON. */
export const readyPrefix = 'AFTERSHOCK_FABRIC_READY '

/** Header on the answer to a request to the outside that was refused, with the reason. */
export const refusedHeader = 'x-aftershock-refused'

/** One service reaching another. */
export interface LinkName {
  readonly from: string
  readonly to: string
}

/** Each replica that calls comes in by a listener of its own, so that a toxic can tell it from the others. */
export interface LinkSettings extends LinkName {
  /** Ids of the replicas of `from`. */
  readonly callers: readonly string[]
}

export interface FabricSettings {
  /** IP address that front doors, links and the proxy listen on. The control API is always on loopback. */
  readonly host: string
  /** Integer in [0, 2^32); decides the order in which replicas are visited. */
  readonly seed: number
  readonly services: readonly string[]
  readonly links: readonly LinkSettings[]
  /** File URLs of modules that export what `site()` made. */
  readonly sites: readonly string[]
  /** At least 16 characters. */
  readonly controlToken: string
  /** Password of the outside proxy by user name: one per replica, and 'actor'. */
  readonly callers: Readonly<Record<string, string>>
  /** Given to a fabric that is a container. */
  readonly container?: ContainerSide
}

/** A container stands in two networks: that of the services, and one through which the harness comes in. Ports are published by number, so each is told. */
export interface ContainerSide {
  /** Network (CIDR, IPv4) of the harness. The control API and the relay listen on the address that the fabric has in it, and nowhere else. */
  readonly outerNetwork: string
  /** Network (CIDR, IPv4) of the services. Names of sites resolve to the address that the fabric has in it. */
  readonly innerNetwork: string
  /** Port by name: 'control', 'relay', 'proxy', 'dns', and what `frontDoorPort` and `linkPort` say. */
  readonly ports: Readonly<Record<string, number>>
}

export const frontDoorPort = (service: string): string => `front door ${service}`
/** `from` is the replica that calls. */
export const linkPort = (link: LinkName): string => `link ${linkKey(link)}`

/** Where the relay leads for paths that begin with a name. */
export interface RelayTarget {
  /** `<replica>/<port>` */
  readonly name: string
  readonly host: string
  readonly port: number
}

/** Where everything listens: URLs without a trailing slash. */
export interface FabricReady {
  readonly control: string
  readonly proxy: string
  readonly frontDoors: Readonly<Record<string, string>>
  /** By `linkKey` with the replica that calls as `from`. */
  readonly links: Readonly<Record<string, string>>
  /** Of the authority that vouches for all external sites in this run, as PEM. Its key stays in the fabric. */
  readonly caCertificate: string
}

/** Where one replica of a service listens. */
export interface UpstreamAddress {
  readonly id: string
  readonly host: string
  readonly port: number
  /**
   * Its program has ended: connections are refused at once, as by a machine that runs on. The address of a container that has
   * ended belongs to nobody, and would be tried for seconds.
   */
  readonly refuses?: boolean
}

export function linkKey(link: LinkName): string {
  return `${link.from}>${link.to}`
}
