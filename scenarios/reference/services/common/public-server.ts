import Fastify, { LogController } from 'fastify'
import type { FastifyBaseLogger, FastifyError, FastifyInstance, FastifyRequest } from 'fastify'
import { ErrorCode, errorBody, HttpError } from './http-error.ts'
import { continueTrace, type Trace } from './trace.ts'

declare module 'fastify' {
  interface FastifyRequest {
    trace: Trace
    /** What a service adds to the request's log line. Never keys, passwords or tokens. */
    logFields: Record<string, string | number | boolean>
  }
  interface FastifyContextConfig {
    /** Health routes are called all the time and say nothing new: logged at debug. */
    quiet?: boolean
  }
}

export interface PublicServerOptions {
  service: string
  replica: string
  logLevel: string
  /** Throws while the service cannot do its own work. Must not ask other services. */
  assertReady: () => void
}

export function createPublicServer(options: PublicServerOptions): FastifyInstance {
  const { service, replica } = options
  const app = createServer(options)
  app.decorateRequest('trace', null as unknown as Trace)
  app.decorateRequest('logFields', null as unknown as Record<string, string>)
  app.addHook('onRequest', (request, reply, done) => {
    request.trace = continueTrace(headerText(request, 'traceparent'))
    request.logFields = {}
    reply.header('x-trace-id', request.trace.traceId)
    done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    const { config, url, method } = request.routeOptions
    const line = {
      traceId: request.trace.traceId,
      ...request.logFields,
      // The pattern rather than the address: a query may carry what a log must not.
      route: url ?? 'unknown',
      method: method ?? request.method,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
    }
    app.log[config.quiet === true ? 'debug' : 'info'](line, 'request')
    done()
  })

  app.get('/healthz', { config: { quiet: true } }, () => ({ status: 'ok', service, replica }))
  app.get('/readyz', { config: { quiet: true } }, () => {
    try {
      options.assertReady()
    } catch (error) {
      throw new HttpError(503, ErrorCode.unavailable, `${service} is not ready`, { cause: error })
    }
    return { status: 'ready', service, replica }
  })
  return app
}

// The framework's own compilers cost 80 ms of CPU at each start, and no route here declares a schema.
const NO_COMPILERS = {
  buildValidator: (): never => {
    throw new Error('routes check their input themselves')
  },
  buildSerializer: (): never => {
    throw new Error('routes declare no response schema')
  },
}

/** What the public and the admin server have in common: logger, names in the answer, error bodies. */
export function createServer(
  options: Pick<PublicServerOptions, 'service' | 'replica' | 'logLevel'>,
): FastifyInstance {
  const { service, replica, logLevel } = options
  const app: FastifyInstance = Fastify({
    logger: { level: logLevel, base: { service, replica } },
    logController: new LogController({ disableRequestLogging: true }),
    schemaController: { compilersFactory: NO_COMPILERS },
  })
  app.addHook('onRequest', (_request, reply, done) => {
    reply.header('x-served-by', replica)
    done()
  })
  app.setErrorHandler((error: FastifyError | HttpError, request, reply) => {
    const status = error.statusCode ?? 500
    if (status >= 500) logFailure(app.log, request, error)
    if (error instanceof HttpError) {
      const { message, code, detail } = error
      return reply.code(status).headers(error.headers).send(errorBody({ message, code, detail }))
    }
    // What an unforeseen error says may hold internals; what the framework says of a 4xx does not.
    const message = status >= 500 ? 'Internal error' : error.message
    const code = status >= 500 ? ErrorCode.internal : ErrorCode.badRequest
    return reply.code(status).send(errorBody({ message, code }))
  })
  app.setNotFoundHandler((_request, reply) =>
    reply
      .code(404)
      .send(errorBody({ message: 'That page does not exist', code: ErrorCode.notFound })),
  )
  return app
}

export function headerText(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value[0] : value
}

function logFailure(log: FastifyBaseLogger, request: FastifyRequest, error: Error): void {
  log.warn({ traceId: request.trace?.traceId, err: error }, 'request failed')
}
