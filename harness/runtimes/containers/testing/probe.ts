/**
 * A service for tests: says what it sees of its surroundings, and tries what it is told. Ends at once, with a word, when DIE is set.
 * Below /: `healthz`, `env?name=`, `whoami`, `write?path=`, `slow?ms=`, `config` (the content of CONFIG_PATH, if it exists, read at the start and on
 * SIGHUP), and ways out: `resolve?name=`, `tcp?host=&port=`, `udp?host=&port=`, `fetch?url=` by the proxy,
 * `direct?url=` without it.
 */
import { createSocket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import http, { createServer } from 'node:http'
import https from 'node:https'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

const wayOutMs = 1_500
const { HOST = '127.0.0.1', PORT = '0', UDP_PORT, DIE, CONFIG_PATH } = process.env

type Answer = (query: URLSearchParams) => unknown

if (DIE !== undefined) {
  process.stderr.write(`probe: dying as told: ${DIE}\n`)
  process.exit(3)
}

const readConfig = (): string =>
  CONFIG_PATH !== undefined && existsSync(CONFIG_PATH) ? readFileSync(CONFIG_PATH, 'utf8') : ''
let config = readConfig()
process.on('SIGHUP', () => (config = readConfig()))

async function tryTcp(host: string, port: number): Promise<string> {
  const socket = connect({ host, port, signal: AbortSignal.timeout(wayOutMs) })
  try {
    await once(socket, 'connect')
    return 'connected'
  } finally {
    socket.destroy()
  }
}

async function tryUdp(host: string, port: number): Promise<string> {
  const socket = createSocket('udp4')
  try {
    socket.send('ping', port, host)
    const [message] = (await once(socket, 'message', {
      signal: AbortSignal.timeout(wayOutMs),
    })) as [Buffer]
    return message.toString()
  } finally {
    socket.close()
  }
}

async function getDirectly(url: string): Promise<{ status: number | undefined; text: string }> {
  const { get, Agent } = url.startsWith('https:') ? https : http
  // An agent of its own knows no proxy.
  const request = get(url, { agent: new Agent(), signal: AbortSignal.timeout(wayOutMs) })
  const [response] = (await once(request, 'response')) as [http.IncomingMessage]
  let text = ''
  for await (const chunk of response) text += String(chunk)
  return { status: response.statusCode, text }
}

const answers: Readonly<Record<string, Answer>> = {
  '/healthz': () => 'ok',
  '/env': (query) => process.env[query.get('name') ?? ''] ?? null,
  '/whoami': () => ({ uid: process.getuid?.(), versions: process.versions.node }),
  '/write': (query) => writeFileSync(query.get('path') ?? '', 'x'),
  '/slow': (query) => delay(Number(query.get('ms')), 'done'),
  '/config': () => config,
  '/resolve': async (query) => (await lookup(query.get('name') ?? '')).address,
  '/tcp': (query) => tryTcp(query.get('host') ?? '', Number(query.get('port'))),
  '/udp': (query) => tryUdp(query.get('host') ?? '', Number(query.get('port'))),
  '/direct': (query) => getDirectly(query.get('url') ?? ''),
  '/fetch': async (query) => {
    const response = await fetch(query.get('url') ?? '', { signal: AbortSignal.timeout(wayOutMs) })
    return { status: response.status, text: await response.text() }
  },
}

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://probe')
  const send = (status: number, body: unknown) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body ?? null))
  }
  const answer = answers[url.pathname]
  if (!answer) return send(404, 'nothing here')
  Promise.resolve()
    .then(() => answer(url.searchParams))
    .then(
      (body) => send(200, body),
      (error: NodeJS.ErrnoException) => send(500, error.code ?? error.name),
    )
})
server.listen(Number(PORT), HOST)

if (UDP_PORT !== undefined) {
  const socket = createSocket('udp4')
  socket.on('message', (message, { address, port }) =>
    socket.send(`echo ${message.toString()}`, port, address),
  )
  socket.bind(Number(UDP_PORT), HOST)
}

process.once('SIGTERM', () => {
  process.stdout.write('probe: SIGTERM\n')
  server.close(() => process.exit(0))
  server.closeIdleConnections()
})
