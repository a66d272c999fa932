/**
 * Preloaded into the Node programs of a run (NODE_OPTIONS --import). They may bring a Node of their own, from 20 on, so the published form is
 * plain JavaScript of that age and imports nothing but Node's own modules. Connections and look-ups that go past the proxy fail at once, with
 * an error that says why, and the fabric is told who asked for what.
 *
 * It is there to find mistakes and not to hold back programs that mean to get out: what is not Node, speaks UDP by itself, or starts children
 * without this environment, is not seen. In containers the network itself is closed.
 */
import dns from 'node:dns'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'

type Anything = (...args: unknown[]) => unknown

/** A program that tries again and again is known after this many reports. */
const maxReports = 200
const proxyUrl = process.env['HTTP_PROXY']
let reports = 0

function isHere(host: string): boolean {
  const name = host.toLowerCase().replaceAll(/^\[|\]$|\.$/g, '')
  if (['', 'localhost', '::1', '::', '0.0.0.0'].includes(name)) return true
  return net.isIP(name) > 0 && /^(::ffff:)?127\./.test(name)
}

function refuse(code: string, what: string, url: string): Error {
  void report(what, url)
  const message =
    `aftershock refused ${what}: nothing leaves the machine during a run. ` +
    'External sites are reached through the proxy (HTTP_PROXY, HTTPS_PROXY), services through the links of the stack'
  return Object.assign(new Error(message), { code })
}

async function report(what: string, url: string): Promise<void> {
  reports += 1
  if (reports > maxReports) return
  process.stderr.write(`aftershock: refused ${what}\n`)
  if (proxyUrl === undefined || !URL.canParse(proxyUrl)) return
  const proxy = new URL(proxyUrl)
  const { request } = await import('node:http')
  const credentials = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`
  const asking = request({
    host: proxy.hostname,
    port: proxy.port,
    method: 'POST',
    path: '/refused',
    agent: false,
    headers: {
      'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}`,
      'content-type': 'application/json',
    },
  })
  // The line on stderr is there in any case; a fabric that is gone needs no report.
  asking.on('error', () => undefined)
  asking.on('response', (answer) => void answer.resume())
  asking.end(JSON.stringify({ url }))
}

interface ConnectOptions {
  readonly path?: unknown
  readonly host?: unknown
  readonly port?: unknown
  readonly lookup?: unknown
}

/** The arguments of Socket.connect(), in any of their forms, as a list of its own whose first element is options. */
function normalised(args: readonly unknown[]): [ConnectOptions, ...unknown[]] {
  const [first, ...others] = args
  // net.connect() hands on its arguments as one list, already in order.
  if (Array.isArray(first)) return normalised(first as readonly unknown[])
  if (typeof first === 'object' && first !== null) return [first, ...others]
  if (typeof first === 'string' && !/^\d+$/.test(first)) return [{ path: first }, ...others]
  const [host, ...rest] = others
  return typeof host === 'string' ? [{ port: first, host }, ...rest] : [{ port: first }, ...others]
}

const connect = net.Socket.prototype.connect as (this: net.Socket, ...args: unknown[]) => net.Socket

function guardedConnect(this: net.Socket, ...args: unknown[]): net.Socket {
  const [options, ...rest] = normalised(args)
  const host = typeof options.host === 'string' ? options.host : ''
  if (options.path || isHere(host)) return connect.apply(this, args)
  const authority = `${net.isIPv6(host) ? `[${host}]` : host}:${String(options.port)}`
  const refused = () =>
    refuse('ECONNREFUSED', `a connection to ${authority}`, `tcp://${authority}/`)
  if (typeof options.lookup === 'function' && net.isIP(host) === 0) {
    // The name says nothing then: Node's own fetch connects to its proxy so.
    const lookup = checked(options.lookup as Anything, refused)
    return connect.call(this, { ...options, lookup }, ...rest)
  }
  const error = refused()
  process.nextTick(() => this.destroy(error))
  return this
}

/** A look-up function that refuses addresses of other machines. */
function checked(lookup: Anything, refused: () => Error): Anything {
  return (name, options, done) =>
    lookup(name, options, (error: unknown, found: unknown, family: unknown) => {
      const list = Array.isArray(found) ? (found as readonly { address: string }[]) : []
      const addresses = typeof found === 'string' ? [found] : list.map(({ address }) => address)
      const stays = addresses.every(isHere)
      const answer: readonly unknown[] = error || stays ? [error, found, family] : [refused()]
      ;(done as Anything)(...answer)
    })
}

function refuseName(name: string): Error {
  const error = refuse('ENOTFOUND', `to look up ${name}`, `dns://${name}/`)
  return Object.assign(error, { syscall: 'getaddrinfo', hostname: name })
}

/** Guards the functions of an object that look a name up: lookup, resolve, resolve4 and so on. */
function guardLookups(owner: object, isPromised: boolean): void {
  const functions = owner as Record<string, unknown>
  for (const name of Object.getOwnPropertyNames(owner)) {
    const original = functions[name]
    if (!/^(lookup|resolve\w*)$/.test(name) || typeof original !== 'function') continue
    functions[name] = function guarded(this: unknown, ...args: unknown[]): unknown {
      const [asked] = args
      if (typeof asked !== 'string' || isHere(asked) || net.isIP(asked) > 0) {
        return (original as Anything).apply(this, args)
      }
      const error = refuseName(asked)
      if (isPromised) return Promise.reject(error)
      const done = args.at(-1)
      if (typeof done === 'function') process.nextTick(done as Anything, error)
      return {}
    }
  }
}

net.Socket.prototype.connect = guardedConnect as typeof net.Socket.prototype.connect
guardLookups(dns, false)
guardLookups(dns.Resolver.prototype, false)
guardLookups(dns.promises, true)
guardLookups(dns.promises.Resolver.prototype, true)
syncBuiltinESMExports()
