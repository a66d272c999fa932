/**
 * The same handlers behind mockttp, for comparison. It brings some 190 packages, so it is not among the dependencies: install it with
 * `npm install --no-save mockttp` to have it measured. Prints {port, ca}, or {} where it is not there.
 */
import { getResponse } from 'msw'

import { bench } from './site.ts'

/** The little that is used of it. */
interface Mockttp {
  generateCACertificate(): Promise<{ readonly key: string; readonly cert: string }>
  getLocal(options: object): {
    readonly port: number
    start(): Promise<void>
    forAnyRequest(): { thenCallback(answer: (request: Asked) => Promise<object>): Promise<unknown> }
  }
}

interface Asked {
  readonly url: string
  readonly method: string
}

async function start(): Promise<object> {
  // Not known to the compiler, as it is not installed.
  const name: string = 'mockttp'
  const { generateCACertificate, getLocal } = (await import(name)) as Mockttp
  const https = await generateCACertificate()
  const server = getLocal({ https, http2: false, recordTraffic: false })
  await server.start()
  await server.forAnyRequest().thenCallback(async ({ url, method }) => {
    const { origin } = new URL(url)
    const request = new Request(url, { method })
    const response = await getResponse([...bench.handlers], request, { baseUrl: origin })
    if (!response) return { statusCode: 404 }
    return {
      statusCode: response.status,
      headers: Object.fromEntries(response.headers),
      rawBody: Buffer.from(await response.arrayBuffer()),
    }
  })
  return { port: server.port, ca: https.cert }
}

const started = await start().catch((error: NodeJS.ErrnoException) => {
  if (error.code === 'ERR_MODULE_NOT_FOUND') return {}
  throw error
})
process.stdout.write(`${JSON.stringify(started)}\n`)
