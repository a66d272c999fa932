import { once } from 'node:events'
import {
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  type RequestOptions,
  type Server,
} from 'node:http'
import type { Socket } from 'node:net'
import { text } from 'node:stream/consumers'

import { vi } from 'vitest'

import {
  seededRandom,
  type LinkCount,
  type OutsideRecord,
  type SiteVariant,
} from '../core/index.ts'
import type { UpstreamAddress } from './contract.ts'
import { listen, type Listener } from './listener.ts'
import { Meter } from './meter.ts'
import { OutsideLog } from './outside-log.ts'
import { createOutsideProxy } from './outside-proxy.ts'
import { Outside } from './outside.ts'
import { createReplicaProxy } from './replica-proxy.ts'
import type { Site } from './site.ts'
import { CertificateAuthority } from './tls/authority.ts'
import { ToxicBoard } from './toxic-board.ts'
import { dialTcp, Upstreams } from './upstream.ts'
import { VariantBoard } from './variant-board.ts'

// A busy machine must not fail a test that is only slow; what waits in vain says so before this.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })
const deadlineMs = 30_000

/** A server of a test on a port of its own. */
export interface TestServer extends Listener {
  readonly server: Server
  readonly port: number
}

export async function serve(server: Server): Promise<TestServer> {
  const listener = await listen(server, '127.0.0.1')
  return Object.assign(listener, { server, port: Number(new URL(listener.url).port) })
}

export interface Replica extends TestServer {
  readonly address: UpstreamAddress
}

export async function startReplica(id: string, listener?: RequestListener): Promise<Replica> {
  const started = await serve(createServer(listener ?? ((_, answer) => answer.end(id))))
  return Object.assign(started, { address: { id, host: '127.0.0.1', port: started.port } })
}

export interface FrontDoor extends TestServer {
  readonly toxics: ToxicBoard
  readonly upstreams: Upstreams
  /** What passed through it so far. */
  counted(): LinkCount
}

/** A front door of the service 'media' to the given replicas. */
export async function openFrontDoor(
  replicas: readonly Pick<Replica, 'address'>[],
  seed = 1,
): Promise<FrontDoor> {
  const toxics = new ToxicBoard('media', seed)
  const upstreams = new Upstreams(seededRandom(seed), (address) => {
    const socket = dialTcp(address)
    toxics.watchFar(socket, address.id)
    return socket
  })
  upstreams.set(replicas.map(({ address }) => address))
  const meter = new Meter()
  const started = await serve(createReplicaProxy('media', upstreams, meter, toxics))
  return Object.assign(started, { upstreams, toxics, counted: () => meter.read('actors', 'media') })
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly rawHeaders: readonly string[]
  readonly text: string
}

/** One request on a connection of its own, its answer read in full. */
export async function ask(
  url: string,
  options: RequestOptions & { readonly body?: string } = {},
): Promise<Answer> {
  const request = httpRequest(url, { agent: false, ...options })
  request.end(options.body)
  const [incoming] = (await once(request, 'response')) as [IncomingMessage]
  return {
    status: incoming.statusCode ?? 0,
    headers: incoming.headers,
    rawHeaders: incoming.rawHeaders,
    text: await text(incoming),
  }
}

/** Waits until `read` returns something; throws at its deadline. */
export async function until<T>(what: string, read: () => T | undefined | false): Promise<T> {
  const deadline = performance.now() + deadlineMs
  for (;;) {
    const value = read()
    if (value !== undefined && value !== false) return value
    if (performance.now() > deadline) throw new Error(`waited ${deadlineMs} ms in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

export const callers = { 'link-1': 'pw-link', actor: 'pw-actor' }

export interface Proxy extends TestServer {
  /** Records so far. */
  records(): readonly OutsideRecord[]
  /** What each asked so far. */
  counted(): readonly LinkCount[]
  /** Waits for the first `count` records. */
  recorded(count: number): Promise<readonly OutsideRecord[]>
  /** PEM of the authority that vouches for the sites. */
  readonly caCertificate: string
  /** As the control API does; throws when it cannot be done. */
  setVariant(host: string, setting: SiteVariant | undefined): void
}

/** An outside proxy in front of the given sites, for the users in `callers`. */
export async function openProxy(sites: readonly Site[]): Promise<Proxy> {
  const log = new OutsideLog()
  const directory = new Map(sites.flatMap((site) => site.hosts.map((host) => [host, site])))
  const variants = new VariantBoard(directory, 1)
  const authority = new CertificateAuthority()
  const outside = new Outside(directory, log, variants)
  const { server, closeTunnels } = createOutsideProxy(outside, callers, authority)
  const started = await serve(server)
  const records = () => log.after(0).records
  return Object.assign(started, {
    records,
    counted: () => outside.counts(),
    caCertificate: authority.certificate,
    setVariant(host: string, setting: SiteVariant | undefined) {
      const problem = variants.set(host, setting)
      if (problem) throw new Error(problem.message)
      if (variants.strikesConnections(host)) closeTunnels(host)
    },
    recorded: (count: number) =>
      until(`${count} records`, () => (records().length >= count ? records() : undefined)),
  })
}

export function basic(name: keyof typeof callers, password: string = callers[name]): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`
}

/** What a client of the proxy sends: the whole URL as the request's target. */
export function askThrough(
  proxy: Proxy,
  url: string,
  options: Parameters<typeof ask>[1] = {},
): Promise<Answer> {
  const headers = { host: new URL(url).host, 'proxy-authorization': basic('link-1') }
  return ask(proxy.url, {
    ...options,
    path: url,
    headers: { ...headers, ...(options.headers as Record<string, string> | undefined) },
  })
}

/** The answer to CONNECT, and the connection. */
export async function openTunnel(
  proxy: Proxy,
  authority: string,
  credentials = basic('link-1'),
): Promise<{ readonly status: number; readonly socket: Socket }> {
  const request = httpRequest(proxy.url, {
    method: 'CONNECT',
    path: authority,
    headers: { 'proxy-authorization': credentials },
    agent: false,
  }).end()
  const [incoming, socket] = (await once(request, 'connect')) as [IncomingMessage, Socket]
  return { status: incoming.statusCode ?? 0, socket }
}
