import { isDeepStrictEqual } from 'node:util'
import type { FastifyInstance } from 'fastify'
import type { ConfigDefinition, ConfigDocument } from './config-store.ts'
import { ConfigStore } from './config-store.ts'
import { createAdminServer } from './admin-server.ts'
import type { ServiceOptions } from './environment.ts'
import type { MovableClock } from './movable-clock.ts'
import { SetupError } from './environment.ts'

export interface RunningService extends AsyncDisposable {
  readonly url: string
  readonly adminUrl: string
  /**
   * All that it keeps, in stores, caches and counters, and its configuration if that is another one than it was started with. As JSON; equal
   * for two that began alike and saw nothing since.
   */
  contents(): Promise<unknown>
  /** Finishes what is in flight, for at most three seconds. Idempotent. */
  close(): Promise<void>
}

const DRAIN_MS = 3_000

/** Built-in defaults with CONFIG_FILE merged over them; a document that breaks the schema stops the start. */
export async function openConfig<T extends ConfigDocument>(
  definition: ConfigDefinition<T>,
  options: ServiceOptions,
): Promise<ConfigStore<T>> {
  const store = new ConfigStore(definition)
  if (options.configPatch === undefined) return store
  const errors = await store.applyPatch(options.configPatch)
  if (errors.length === 0) return store
  const list = errors.map(({ path, message }) => `${path || '/'} ${message}`).join('; ')
  throw new SetupError(`invalid configuration: ${list}`)
}

export interface Assembly<T extends ConfigDocument> {
  service: string
  options: ServiceOptions
  app: FastifyInstance
  config: ConfigStore<T>
  /** Where it can be moved. */
  clock?: MovableClock
  /** All that it keeps, apart from the configuration. */
  contents: () => unknown
  /** Runs once the public port is bound, e.g. to start background work. */
  onListening?: (url: string) => void
  /** Runs before the servers stop: background work must not look like traffic to drain. */
  beforeDrain?: Array<() => void>
  /** Runs after the last request, in order. */
  release: Array<() => void | Promise<void>>
}

/** Binds both ports and returns the handle that closes all of it. */
export async function serve<T extends ConfigDocument>(
  assembly: Assembly<T>,
): Promise<RunningService> {
  const { service, options, app, config, clock } = assembly
  const admin = createAdminServer({ ...options, service }, config, clock)
  let closing: Promise<void> | undefined
  let stopping = false
  app.addHook('onSend', (_request, reply, _payload, done) => {
    // Tells kept connections to go, so that the drain ends with the last answer.
    if (stopping) reply.header('connection', 'close')
    done()
  })
  const close = (): Promise<void> => {
    stopping = true
    if (closing === undefined) for (const step of assembly.beforeDrain ?? []) step()
    closing ??= closeAll([app, admin], assembly.release)
    return closing
  }
  try {
    const url = await app.listen({ host: options.host, port: options.port })
    const adminUrl = await admin.listen({ host: options.host, port: options.adminPort })
    assembly.onListening?.(url)
    const generation = config.current.generation
    app.log.info({ event: 'listening', url, adminUrl, generation }, 'listening')
    const first = config.current
    const contents = async () => [
      changed(config.current, first),
      clock?.offsetMs,
      await assembly.contents(),
    ]
    return { url, adminUrl, contents, close, [Symbol.asyncDispose]: close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Undefined while it is the one that the service was started with. */
function changed<T>(current: T, first: T): T | undefined {
  return isDeepStrictEqual(current, first) ? undefined : current
}

async function closeAll(
  servers: FastifyInstance[],
  release: Assembly<ConfigDocument>['release'],
): Promise<void> {
  // A request that outlives the limit loses its connection, and whatever it still tries fails harmlessly.
  const limit = setTimeout(() => {
    for (const { server } of servers) server.closeAllConnections()
  }, DRAIN_MS)
  try {
    await Promise.all(servers.map((server) => server.close()))
  } finally {
    clearTimeout(limit)
    for (const step of release) await step()
  }
}
