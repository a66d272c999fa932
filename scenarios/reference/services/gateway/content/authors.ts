import type { ConfigStore } from '../../common/config-store.ts'
import { ErrorCode, HttpError } from '../../common/http-error.ts'
import { QueryFailedError, QueryQueue } from '../../common/query-queue.ts'
import { ACCOUNTS } from '../../seed-facts.ts'
import type { GatewayConfig } from '../config.ts'

/**
 * Whose posts and images may be shown: an author may have left, or been suspended. The database is asked for each author, and a cache node keeps
 * the answers. Whoever misses one asks for it, and keeps it when it comes in time. A node that joins is empty, and so is one that left
 * and comes back, since what it knew may be stale by then.
 */
export class Authors {
  readonly #database: QueryQueue
  #node: Map<string, boolean>

  constructor(config: ConfigStore<GatewayConfig>) {
    this.#database = new QueryQueue(() => config.current.authors)
    // As a node is that has served for a while.
    this.#node = new Map(ACCOUNTS.map((account) => [account, isShown(account)]))
    config.onReplaced(({ authors, guards }, previous) => {
      if (authors.cacheNode === previous.authors.cacheNode) return
      this.#node = guards.warmCacheNodes ? new Map(this.#node) : new Map<string, boolean>()
    })
  }

  get contents(): unknown {
    return { node: [...this.#node], queued: this.#database.queued }
  }

  /** All of them. Throws an HttpError when it cannot be known of one. */
  async shown(): Promise<ReadonlySet<string>> {
    const known = await Promise.all(ACCOUNTS.map((account) => this.mayBeShown(account)))
    return new Set(ACCOUNTS.filter((_, n) => known[n]))
  }

  /** Throws an HttpError when it cannot be known. */
  async mayBeShown(account: string): Promise<boolean> {
    const node = this.#node
    const known = node.get(account)
    if (known !== undefined) return known
    try {
      const answer = await this.#database.ask(() => isShown(account))
      node.set(account, answer)
      return answer
    } catch (error) {
      if (!(error instanceof QueryFailedError)) throw error
      const message = 'What this account published cannot be shown right now'
      throw new HttpError(503, ErrorCode.unavailable, message, { cause: error })
    }
  }
}

function isShown(account: string): boolean {
  return ACCOUNTS.includes(account)
}
