import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Site = (request: IncomingMessage, answer: ServerResponse) => void

export interface SeenRequest {
  url: string
  headers: IncomingMessage['headers']
}

const PROXY_USER = 'run'
const PROXY_PASSWORD = 'secret'

/** A forward proxy that is itself every site it knows: nothing leaves this machine. */
export class OutsideWorld implements AsyncDisposable {
  readonly sites = new Map<string, Site>()
  readonly seen: SeenRequest[] = []
  readonly #server = createServer((request, answer) => this.#serve(request, answer))

  static async open(): Promise<OutsideWorld> {
    const world = new OutsideWorld()
    world.#server.listen(0, '127.0.0.1')
    await once(world.#server, 'listening')
    return world
  }

  get proxyUrl(): string {
    const { port } = this.#server.address() as AddressInfo
    return `http://${PROXY_USER}:${PROXY_PASSWORD}@127.0.0.1:${port}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }

  #serve(request: IncomingMessage, answer: ServerResponse): void {
    const url = request.url ?? ''
    this.seen.push({ url, headers: request.headers })
    const expected = Buffer.from(`${PROXY_USER}:${PROXY_PASSWORD}`).toString('base64')
    if (request.headers['proxy-authorization'] !== `Basic ${expected}`) {
      answer.writeHead(407).end()
      return
    }
    const site = this.sites.get(URL.parse(url)?.hostname ?? '')
    if (site === undefined) answer.writeHead(502).end('unknown site')
    else site(request, answer)
  }
}

export function page(html: string | Buffer, contentType = 'text/html; charset=utf-8'): Site {
  return (_request, answer) => answer.writeHead(200, { 'content-type': contentType }).end(html)
}

export function redirectTo(location: string): Site {
  return (_request, answer) => answer.writeHead(302, { location }).end()
}
