import type { IncomingMessage, ServerResponse } from 'node:http'

import { outsideName, type LinkCount, type OutsideRecord } from '../core/index.ts'
import { asking, type Asked } from './asking.ts'
import { refusedHeader } from './contract.ts'
import type { LoopWatch } from './loop-watch.ts'
import { Meter } from './meter.ts'
import type { OutsideLog } from './outside-log.ts'
import {
  findSite,
  hostOf,
  isRefusal,
  refusalText,
  type Refusal,
  type SiteDirectory,
} from './outside-gate.ts'
import { answerFromSite, type Outcome } from './site-answer.ts'
import { hungUp } from './site-body.ts'
import type { Struck, VariantBoard } from './variant-board.ts'
import type { NameVariant, TlsVariant } from './variants/variant.ts'

/** The mocked outside world: answers requests from sites, in the failure modes that are in force, refuses the others, and records all. */
export class Outside {
  readonly #sites: SiteDirectory
  readonly #log: OutsideLog
  readonly #variants: VariantBoard
  readonly #loop: Pick<LoopWatch, 'begin'> | undefined
  /** By who asks: replicas, so there are few. */
  readonly #meters = new Map<string, Meter>()

  constructor(
    sites: SiteDirectory,
    log: OutsideLog,
    variants: VariantBoard,
    loop?: Pick<LoopWatch, 'begin'>,
  ) {
    this.#sites = sites
    this.#log = log
    this.#variants = variants
    this.#loop = loop
  }

  /** Answers one request; never rejects. `handshake` is what struck the connection that it came on. */
  async serve(
    url: URL,
    from: string,
    incoming: IncomingMessage,
    answer: ServerResponse,
    handshake?: Struck<TlsVariant>,
  ): Promise<void> {
    const atMs = Date.now()
    const started = performance.now()
    const end = this.#meterOf(from).start()
    const target = withoutUser(url)
    const site = findSite(target, this.#sites)
    if (this.#variants.strikesConnections(hostOf(target))) answer.shouldKeepAlive = false
    const struck = isRefusal(site) ? undefined : this.#variants.strikeAnswer(target)
    const method = incoming.method ?? 'GET'
    const asked: Asked = { from, method, url: target.href }
    const outcome = isRefusal(site)
      ? refuse(target, from, site, answer)
      : await this.#answer(asked, () => answerFromSite(site, target, incoming, answer, struck))
    end(endOf(outcome))
    const durationMs = Math.round((performance.now() - started) * 10) / 10
    const variant = (struck ?? handshake)?.name
    this.#log.add({
      atMs,
      ...asked,
      ...outcome,
      durationMs,
      ...(variant === undefined ? {} : { variant }),
    })
  }

  /** Why nothing would answer at this URL; undefined when something does. */
  refusalOf(url: URL): Refusal | undefined {
    const site = findSite(url, this.#sites)
    return isRefusal(site) ? site : undefined
  }

  /** What strikes the next TLS handshake with the host. */
  strikeHandshake(url: URL): Struck<TlsVariant> | undefined {
    return this.#variants.strikeHandshake(url)
  }

  /** How the look-up of the host fails this time, recorded; undefined when it does not. */
  failLookup(
    url: URL,
    from: string,
    method: string,
    status?: number,
  ): NameVariant['responseCode'] | undefined {
    const struck = this.#variants.strikeName(url)
    if (!struck) return undefined
    const { responseCode } = struck.variant
    this.record({
      from,
      method,
      url: withoutUser(url).href,
      outcome: 'answered',
      ...(status === undefined ? {} : { status }),
      note: `the name was not found: ${responseCode}`,
      variant: struck.name,
    })
    return responseCode
  }

  /** Records what did not come to be a request. */
  record(entry: Omit<OutsideRecord, 'seq' | 'atMs'>): void {
    this.#log.add({ atMs: Date.now(), ...entry })
    this.#meterOf(entry.from).start()('error')
  }

  /** What each asked so far. */
  counts(): LinkCount[] {
    return [...this.#meters].map(([from, meter]) => meter.read(from, outsideName))
  }

  async #answer(asked: Asked, answer: () => Promise<Outcome>): Promise<Outcome> {
    const ended = this.#loop?.begin(asked)
    try {
      return await asking.run(asked, answer)
    } finally {
      ended?.()
    }
  }

  #meterOf(from: string): Meter {
    const known = this.#meters.get(from)
    if (known) return known
    const meter = new Meter()
    this.#meters.set(from, meter)
    return meter
  }
}

/** A request that was refused had no answer from the outside. */
function endOf({ outcome, status, note }: Outcome) {
  if (note?.startsWith(hungUp)) return 'abandoned'
  return status === undefined || outcome === 'refused' ? 'error' : { status }
}

/** User information is for the far end, and a Request may not have it. */
function withoutUser(url: URL): URL {
  if (url.username === '' && url.password === '') return url
  const target = new URL(url)
  target.username = ''
  target.password = ''
  return target
}

function refuse(url: URL, from: string, refusal: Refusal, answer: ServerResponse): Outcome {
  answer.writeHead(502, {
    'content-type': 'text/plain; charset=utf-8',
    [refusedHeader]: refusal.reason,
  })
  answer.end(refusalText(url, from, refusal))
  return { outcome: 'refused', status: 502, note: refusal.reason }
}
