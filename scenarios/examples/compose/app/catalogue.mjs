// GET /items/<name>?currency=<code>: the price that the store has. It needs the store when it starts.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect } from 'node:net'

const { items, currencies } = /** @type {{ items: string[], currencies: string[] }} */ (
  JSON.parse(readFileSync('/etc/catalogue.json', 'utf8'))
)
const [host, port] = (process.env.STORE ?? '').split(':')

/** @param {string} line */
async function ask(line) {
  const socket = connect(Number(port), host)
  socket.write(`${line}\n`)
  const [answer] = /** @type {Buffer[]} */ (await once(socket, 'data'))
  socket.destroy()
  return String(answer).trim()
}

/**
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
async function serve(request, response) {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://catalogue')
  if (pathname === '/healthz') return void response.end('ok')
  const name = pathname.replace('/items/', '')
  const currency = searchParams.get('currency') ?? ''
  const isKnown = items.includes(name) && currencies.includes(currency)
  response.writeHead(isKnown ? 200 : 404)
  response.end(isKnown ? `${await ask(`get ${name}`)} ${currency}` : '')
}

for (const [i, item] of items.entries()) await ask(`set ${item} ${(i + 1) * 10}`)
createServer((request, response) => void serve(request, response)).listen(3000)
process.on('SIGTERM', () => process.exit(0))
