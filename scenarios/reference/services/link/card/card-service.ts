import type { ConfigStore } from '../../common/config-store.ts'
import { ErrorCode, HttpError } from '../../common/http-error.ts'
import { LruCache } from '../../common/lru-cache.ts'
import type { Trace } from '../../common/trace.ts'
import { cardLifeS, denylistInForce, type LinkConfig } from '../config.ts'
import { refuseBlocked } from '../denylist.ts'
import { TooManyRedirectsError, type Page, type SiteClient } from '../egress/site-client.ts'
import { EgressRefusedError } from '../egress/target-policy.ts'
import { OverdueError, type WorkPool } from '../work/work-pool.ts'
import { plainCard, type Card, type CardFailure } from './card.ts'
import { isHtml, readCard } from './read-card.ts'

const MAX_CACHED_CARDS = 1_000

/**
 * Makes the card of a page, once for as long as preview.cacheTtlS says. A site that fails is not the reader's trouble: the card
 * then shows the address and nothing else, and the site is left in peace for preview.failureTtlS.
 */
export class CardService {
  readonly #config: ConfigStore<LinkConfig>
  readonly #sites: SiteClient
  readonly #work: WorkPool
  readonly #cards = new LruCache<Card>()
  readonly #failures = new LruCache<Card>()

  constructor(config: ConfigStore<LinkConfig>, sites: SiteClient, work: WorkPool) {
    this.#config = config
    this.#sites = sites
    this.#work = work
  }

  get contents(): unknown {
    return [this.#cards.contents, this.#failures.contents]
  }

  /** Throws HttpError for what must not be shown: a blocked site, or an address that is not public. */
  async cardOf(target: string, trace: Trace): Promise<Card> {
    const { preview } = this.#config.current
    refuseBlocked(new URL(target), denylistInForce(this.#config.current))
    const known =
      this.#cards.get(target, cardLifeS(this.#config.current)) ??
      this.#failures.get(target, preview.failureTtlS)
    if (known !== undefined) return known
    try {
      const page = await this.#fetch(target, trace)
      const failure = failureOf(page)
      if (failure !== undefined) return this.#failed(target, failure)
      const card = await readCard(page)
      this.#cards.set(target, card, MAX_CACHED_CARDS)
      return card
    } catch (error) {
      return this.#failed(target, asFailure(error))
    }
  }

  #failed(target: string, failure: CardFailure): Card {
    const card = plainCard(target, failure)
    this.#failures.set(target, card, MAX_CACHED_CARDS)
    return card
  }

  /** Goes on although the reader may have left by now: the next one will find the card ready. */
  #fetch(target: string, trace: Trace): Promise<Page> {
    const { fetch: limits } = this.#config.current
    const denylist = denylistInForce(this.#config.current)
    const approve = (url: URL): void => refuseBlocked(url, denylist)
    return this.#work.run((signal) => this.#sites.fetch(target, limits, { trace, signal, approve }))
  }
}

/** What is wrong with a page that did come. */
function failureOf({ status, contentType, contentEncoding }: Page): CardFailure | undefined {
  if (status < 200 || status >= 300) return 'bad-status'
  return isHtml(contentType) && contentEncoding === 'identity' ? undefined : 'not-a-page'
}

/** Throws what is no failure of the site. */
function asFailure(error: unknown): CardFailure {
  if (error instanceof HttpError) throw error
  if (error instanceof EgressRefusedError) {
    const message = 'The link leads to an address that is not public'
    // Which rule it was is for the log: the answer would help to map a private network.
    throw new HttpError(422, ErrorCode.siteUnusable, message, { cause: error })
  }
  if (error instanceof OverdueError) return 'timeout'
  return error instanceof TooManyRedirectsError ? 'redirects' : 'connection'
}
