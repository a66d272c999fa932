import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { isIP } from 'node:net'

import {
  toxicName,
  toxicProblems,
  type LinkCount,
  type LoopStrain,
  type SiteVariant,
  type Toxic,
} from '../core/index.ts'
import type { RelayTarget, UpstreamAddress } from './contract.ts'
import { LoopStrainMeter } from './loop-strain.ts'
import type { OutsidePage } from './outside-log.ts'
import { bearerToken, sameSecret } from './secrets.ts'
import type { ToxicBoard } from './toxic-board.ts'
import type { VariantProblem } from './variant-board.ts'
import { parseVariant } from './variant-setting.ts'

const maxBodyBytes = 64 * 1024

/** What the control API does, apart from HTTP. */
export interface Controls {
  /** False when there is no such service. */
  setUpstreams(service: string, addresses: readonly UpstreamAddress[]): boolean
  /** Requests in flight to replicas that the service no longer has. */
  draining(service: string): number
  /** False when there is no relay: the fabric is no container. */
  setRelays(targets: readonly RelayTarget[]): boolean
  outsideAfter(seq: number): OutsidePage
  /** What passed since the start, of front doors, links and the outside. Who asked the outside is a replica, 'actor', or 'unknown'. */
  links(): readonly LinkCount[]
  /** The toxics of a link by `linkTargetKey`; undefined where there is no such link. */
  toxicsOf(link: string): Pick<ToxicBoard, 'set' | 'remove' | 'list'> | undefined
  /** Builds everything anew but this API, at the same addresses, with sites that remember nothing. Not in a container. */
  restart(seed: number): Promise<void>
  /** Undefined: none. Returns why it could not be done. */
  setVariant(host: string, setting: SiteVariant | undefined): VariantProblem | undefined
}

interface AllControls extends Controls {
  /** Of the event loop that carries everything, since it was last asked. */
  strain(): LoopStrain
}

/** An answer other than 200. */
class Refused extends Error {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.status = status
    this.headers = headers
  }
}

interface Route {
  readonly method: 'GET' | 'PUT' | 'DELETE'
  readonly path: RegExp
  readonly run: (controls: AllControls, argument: string, context: RouteContext) => Promise<unknown>
}

interface RouteContext {
  readonly request: IncomingMessage
  readonly query: URLSearchParams
}

const toxicPath = /^\/toxics\/([^/]+\/[^/]+)$/
const variantPath = /^\/sites\/([^/]+)\/variant$/

const routes: readonly Route[] = [
  { method: 'GET', path: /^\/healthz$/, run: () => Promise.resolve({ status: 'ok' }) },
  { method: 'GET', path: /^\/strain$/, run: (controls) => Promise.resolve(controls.strain()) },
  { method: 'GET', path: /^\/links$/, run: (controls) => Promise.resolve(controls.links()) },
  {
    method: 'GET',
    path: /^\/outside$/,
    run: (controls, _, { query }) =>
      Promise.resolve(controls.outsideAfter(parseSeq(query.get('after')))),
  },
  {
    method: 'PUT',
    path: /^\/upstreams\/([^/]+)$/,
    run: async (controls, service, { request }) => {
      const addresses = parseAddresses(await readJson(request))
      if (!controls.setUpstreams(service, addresses))
        throw new Refused(404, `no service ${service}`)
      return { service, replicas: addresses.length }
    },
  },
  {
    method: 'GET',
    path: /^\/upstreams\/([^/]+)\/draining$/,
    run: (controls, service) => Promise.resolve({ requests: controls.draining(service) }),
  },
  {
    method: 'PUT',
    path: /^\/relays$/,
    run: async (controls, _, { request }) => {
      const targets = parseRelays(await readJson(request))
      if (!controls.setRelays(targets)) throw new Refused(404, 'there is no relay')
      return { relays: targets.length }
    },
  },
  {
    method: 'PUT',
    path: /^\/restart$/,
    run: async (controls, _, { request }) => {
      const { seed } = ((await readJson(request)) ?? {}) as { seed?: unknown }
      if (!Number.isInteger(seed)) throw new Refused(400, 'the body must be {seed}')
      await controls.restart(seed as number)
      return {}
    },
  },
  {
    method: 'PUT',
    path: variantPath,
    run: async (controls, host, { request }) => {
      const setting = parseVariant(await readJson(request))
      if (typeof setting === 'string') throw new Refused(400, setting)
      setVariant(controls, host, setting)
      return { host, variant: setting }
    },
  },
  {
    method: 'DELETE',
    path: variantPath,
    run: async (controls, host) => {
      setVariant(controls, host, undefined)
      return Promise.resolve({ host, variant: null })
    },
  },
  {
    method: 'GET',
    path: /^\/toxics\/([^/]+)$/,
    run: (controls, link) => Promise.resolve(toxicsOf(controls, link).board.list()),
  },
  {
    method: 'PUT',
    path: toxicPath,
    run: async (controls, argument, { request }) => {
      const { board, name } = toxicsOf(controls, argument)
      const value = await readJson(request)
      const problems = toxicProblems(value)
      if (problems.length > 0) throw new Refused(400, problems.join('; '))
      if (toxicName(value as Toxic) !== name)
        throw new Refused(400, `the toxic's name is not ${name}`)
      board.set(value as Toxic)
      return value
    },
  },
  {
    method: 'DELETE',
    path: toxicPath,
    run: (controls, argument) => {
      const { board, name } = toxicsOf(controls, argument)
      const struck = board.remove(name)
      return Promise.resolve({ name, struck })
    },
  },
]

/** `<link>/<name>`, both percent-encoded. */
function toxicsOf(controls: AllControls, argument: string) {
  const [link = '', name = ''] = argument.split('/').map((part) => decodeURIComponent(part))
  const board = controls.toxicsOf(link)
  if (!board) throw new Refused(404, `no link ${link}`)
  return { board, name }
}

function setVariant(controls: AllControls, host: string, setting: SiteVariant | undefined): void {
  const problem = controls.setVariant(host, setting)
  if (problem) throw new Refused(problem.kind === 'unknown' ? 404 : 400, problem.message)
}

/** The API by which the runtime steers the fabric. JSON; for this machine only, with the run's token. */
export function createControlApi(controls: Controls, token: string): Server {
  const meter = new LoopStrainMeter()
  return createServer((request, answer) => {
    // Others control it once it was restarted.
    handle({ ...controls, strain: () => meter.take() }, token, request).then(
      (body) => send(answer, 200, body),
      (error: unknown) => {
        const { status, message, headers } =
          error instanceof Refused ? error : new Refused(500, `fabric: ${String(error)}`)
        // A body that was not read would stand before the next request.
        const close = request.complete ? {} : { connection: 'close' }
        send(answer, status, { error: message }, { ...headers, ...close })
      },
    )
  })
}

async function handle(
  controls: AllControls,
  token: string,
  request: IncomingMessage,
): Promise<unknown> {
  // A page in a browser can be made to ask this address, by a name of its own (DNS rebinding).
  if (!isLoopbackHost(request.headers.host)) {
    throw new Refused(403, 'the Host header must name the loopback interface')
  }
  if (!sameSecret(bearerToken(request.headers.authorization) ?? '', token)) {
    throw new Refused(401, 'the control token of the run is needed', {
      'www-authenticate': 'Bearer',
    })
  }
  const url = URL.parse(request.url ?? '', 'http://control')
  const matching = routes.flatMap((route) => {
    const match = route.path.exec(url?.pathname ?? '')
    return match ? [{ route, argument: match[1] ?? '' }] : []
  })
  const found = matching.find(({ route }) => route.method === request.method)
  if (url && found) {
    return found.route.run(controls, found.argument, { request, query: url.searchParams })
  }
  if (matching.length === 0) throw new Refused(404, `no resource ${url?.pathname ?? ''}`)
  const allowed = matching.map(({ route }) => route.method).join(', ')
  throw new Refused(405, `only ${allowed} is possible here`, { allow: allowed })
}

function send(
  answer: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  answer.writeHead(status, { 'content-type': 'application/json', ...headers })
  answer.end(JSON.stringify(body))
}

function isLoopbackHost(host: string | undefined): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i.test(host ?? '')
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBodyBytes) throw new Refused(413, `the body is larger than ${maxBodyBytes} bytes`)
    chunks.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString())
  } catch {
    throw new Refused(400, 'the body is not JSON')
  }
}

function parseSeq(text: string | null): number {
  if (text === null) return 0
  const seq = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (!Number.isSafeInteger(seq)) throw new Refused(400, 'after must be an integer from 0')
  return seq
}

function parseAddresses(value: unknown): UpstreamAddress[] {
  if (!Array.isArray(value) || !value.every(isAddress)) {
    throw new Refused(
      400,
      'the body must be a list of {id, host, port, refuses?}: host an IP address, port 1 to 65535, refuses true or false',
    )
  }
  const addresses = value.map(({ id, host, port, refuses }) => {
    return refuses ? { id, host, port, refuses } : { id, host, port }
  })
  if (new Set(addresses.map(({ id }) => id)).size < addresses.length) {
    throw new Refused(400, 'two replicas have the same id')
  }
  return addresses
}

function parseRelays(value: unknown): RelayTarget[] {
  const isTarget = (one: unknown) =>
    isAddress({ ...(one as object), id: 'x' }) &&
    typeof (one as Partial<RelayTarget>).name === 'string'
  if (Array.isArray(value) && value.every(isTarget)) return value as RelayTarget[]
  throw new Refused(400, 'the body must be a list of {name, host, port}')
}

function isAddress(value: unknown): value is UpstreamAddress {
  if (typeof value !== 'object' || value === null) return false
  const { id, host, port, refuses } = value as Partial<Record<keyof UpstreamAddress, unknown>>
  return (
    typeof id === 'string' &&
    // It goes into a header as it is.
    /^[\w.-]{1,100}$/.test(id) &&
    typeof host === 'string' &&
    isIP(host) > 0 &&
    Number.isInteger(port) &&
    (port as number) > 0 &&
    (port as number) < 65_536 &&
    (refuses === undefined || typeof refuses === 'boolean')
  )
}
