import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { json } from 'node:stream/consumers'
import { asObject } from './fields.ts'
import { bearsToken } from './secrets.ts'

/** What is reset, as the server sees it. */
export interface Resettable {
  /** Lets go of everything: ports, files, memory. */
  stop(): Promise<void>
  /** Builds everything anew, as a new process would, with these variables over those that the process was given. */
  start(env: Readonly<Record<string, string>>): Promise<void>
  /** All that is kept, as JSON. */
  contents(): Promise<unknown>
}

/**
 * Starts a service anew without a new process, so that its code stays compiled: POST /reset/stop, then, when nobody uses the shared data any
 * more, POST /reset/start with `{ env }`. GET /reset answers the hash of all that the service keeps. It outlives what it resets.
 */
export async function openResetServer(
  { host, port, token }: { host: string; port: number; token: string },
  service: Resettable,
): Promise<void> {
  const server = createServer((request, response) => {
    const answer = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (!bearsToken(request.headers.authorization, token)) {
      return void answer(401, { error: 'the token is wrong' })
    }
    perform(request, service).then(
      (body) => answer(body ? 200 : 404, body ?? { error: 'there is nothing here' }),
      (error: unknown) => answer(500, { error: String(error) }),
    )
  })
  server.listen(port, host)
  await once(server, 'listening')
}

async function perform(request: IncomingMessage, service: Resettable): Promise<object | undefined> {
  switch (`${request.method} ${request.url}`) {
    case 'GET /reset':
      return { hash: hashOf(await service.contents()) }
    case 'POST /reset/stop':
      await service.stop()
      return {}
    case 'POST /reset/start':
      await service.start(asObject(asObject(await json(request))['env']) as Record<string, string>)
      return {}
    default:
      return undefined
  }
}

function hashOf(contents: unknown): string {
  return createHash('sha256').update(JSON.stringify(contents)).digest('hex')
}
