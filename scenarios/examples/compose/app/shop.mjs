// GET /<item>: a page with the item's price, from the catalogue.
import { createServer } from 'node:http'

const { CATALOGUE_URL, CURRENCY } = process.env

/**
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
async function serve(request, response) {
  if (request.url === '/healthz') return void response.end('ok')
  try {
    const answer = await fetch(`${CATALOGUE_URL}/items${request.url}?currency=${CURRENCY}`)
    response.writeHead(answer.ok ? 200 : 502)
    response.end(`<p>${await answer.text()}</p>`)
  } catch {
    response.writeHead(502).end()
  }
}

createServer((request, response) => void serve(request, response)).listen(8080)
process.on('SIGTERM', () => process.exit(0))
