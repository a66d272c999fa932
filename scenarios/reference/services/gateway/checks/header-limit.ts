import type { FastifyRequest } from 'fastify'
import type { ConfigStore } from '../../common/config-store.ts'
import { ErrorCode, HttpError } from '../../common/http-error.ts'
import { QueryFailedError, QueryQueue } from '../../common/query-queue.ts'
import type { GatewayConfig } from '../config.ts'

/**
 * How long the headers of a request may be. The value is in the settings database, and kept by each replica; a new one is handed to it.
 * Whoever meets a value that cannot be one, or none, repairs it at once: takes what is kept away, and asks the database. An error of
 * the database is taken for a wrong value too.
 */
export class HeaderLimit {
  readonly #config: ConfigStore<GatewayConfig>
  readonly #database: QueryQueue
  #kept: number | undefined

  constructor(config: ConfigStore<GatewayConfig>) {
    this.#config = config
    this.#database = new QueryQueue(() => config.current.settings)
    this.#kept = validLimit(config.current)
    config.onReplaced((current) => {
      const limit = validLimit(current)
      if (limit === undefined && current.guards.keepLastLimit) return
      this.#kept = limit
    })
  }

  get contents(): unknown {
    return { kept: this.#kept, queued: this.#database.queued }
  }

  /** Throws an HttpError: the headers are too long, or nobody knows how long they may be. */
  async check(request: FastifyRequest): Promise<void> {
    const limit = this.#kept ?? (await this.#repair())
    const length = request.raw.rawHeaders.reduce((sum, text) => sum + text.length, 0)
    if (length <= limit) return
    throw new HttpError(431, ErrorCode.badRequest, `Headers may have ${limit} bytes`)
  }

  async #repair(): Promise<number> {
    try {
      const limit = await this.#database.ask(() => validLimit(this.#config.current))
      if (limit === undefined) throw new QueryFailedError('the database has no valid limit')
      this.#kept = limit
      return limit
    } catch (error) {
      if (!(error instanceof QueryFailedError)) throw error
      this.#kept = undefined
      const message = 'A setting is being repaired'
      throw new HttpError(503, ErrorCode.unavailable, message, { cause: error })
    }
  }
}

/** Undefined when the text is no number. */
function validLimit({ settings }: GatewayConfig): number | undefined {
  const limit = Number(settings.headerBytes)
  return Number.isInteger(limit) && limit > 0 ? limit : undefined
}
