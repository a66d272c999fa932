import type { JournalEvent } from '../../core/index.ts'
import type { Gives, LiveAction, LiveState, Takes } from '../live-contract.ts'
import { NowFold } from '../now.ts'
import { PageFold, type PageData } from '../page-data.ts'
import { inOrder, mapStrings } from '../text.ts'

/** The whole page is made anew at most this often, in ms: charts take a while to draw. */
const pageEveryMs = 1_000
/** What is seen of cells is drawn anew at most this often, in ms. */
const drawEveryMs = 50

export interface LiveView {
  readonly now: NowFold
  readonly data?: PageData
  readonly state: LiveState
  /** 'parked': more pages are open than a browser can follow at once, and this is the one that was opened first. */
  readonly connection: 'connecting' | 'open' | 'ended' | 'parked'
}

/** What the server says against an action. */
export class Refused extends Error {
  /** Whether it was so only since something else was being done. */
  readonly isForNow: boolean

  constructor(message: string, isForNow: boolean) {
    super(message)
    this.isForNow = isForNow
  }
}

export type Act = <A extends LiveAction>(action: A, input: Takes<A>) => Promise<Gives<A>>

const nothingYet: LiveState = {
  change: 'starting',
  inForce: [],
  rollOuts: [],
  loadPerSecond: 0,
  system: null,
}

/** Folds the journal of the running engine, as the report does, and says what is to be shown. */
export class LiveFeed {
  readonly #fold = new PageFold()
  readonly #now = new NowFold()
  readonly #token = new URLSearchParams(location.search).get('token') ?? ''
  readonly #show: (view: LiveView) => void
  #source: EventSource
  /** Of the journal, in bytes: where to go on. */
  #offset = '0'
  #view: LiveView
  #madeAt = -Infinity
  #pageTimer: ReturnType<typeof setTimeout> | undefined
  #drawTimer: ReturnType<typeof setTimeout> | undefined

  constructor(show: (view: LiveView) => void) {
    this.#show = show
    this.#view = { now: this.#now, state: nothingYet, connection: 'connecting' }
    this.#source = this.#connect()
    addEventListener('focus', this.follow)
  }

  /** Goes on where it was, after another page took the place of this one. */
  readonly follow = (): void => {
    if (this.#view.connection !== 'parked') return
    this.#update({ connection: 'connecting' })
    this.#source = this.#connect()
  }

  #connect(): EventSource {
    const source = new EventSource(
      `/events?token=${encodeURIComponent(this.#token)}&from=${this.#offset}`,
    )
    source.addEventListener('open', () => this.#update({ connection: 'open' }))
    source.addEventListener('error', () =>
      this.#update({
        connection: source.readyState === EventSource.CLOSED ? 'ended' : 'connecting',
      }),
    )
    source.addEventListener('message', (event: MessageEvent<string>) => {
      this.#offset = event.lastEventId
      this.#take(event.data)
    })
    source.addEventListener('state', (event: MessageEvent<string>) =>
      this.#update({ state: mapStrings(JSON.parse(event.data) as LiveState, inOrder) }),
    )
    for (const last of ['ended', 'parked'] as const) {
      source.addEventListener(last, () => {
        source.close()
        this.#update({ connection: last })
      })
    }
    return source
  }

  /** Throws Refused with what the server says. */
  readonly act: Act = async <A extends LiveAction>(action: A, input: Takes<A>) => {
    const response = await fetch(`/do/${action}`, {
      method: 'POST',
      headers: { 'x-aftershock-token': this.#token, 'content-type': 'application/json' },
      body: JSON.stringify(input),
    })
    if (!response.ok) {
      throw new Refused(inOrder((await response.text()).trim()), response.status === 423)
    }
    const answer = (await response.json()) as Gives<A>
    // A document that is edited goes back as it came.
    return action === 'read-config' ? answer : mapStrings(answer, inOrder)
  }

  close(): void {
    removeEventListener('focus', this.follow)
    this.#source.close()
    clearTimeout(this.#pageTimer)
    clearTimeout(this.#drawTimer)
  }

  #take(lines: string): void {
    for (const line of lines.split('\n')) {
      const event = JSON.parse(line) as JournalEvent
      this.#fold.take(event)
      this.#now.take(event)
    }
    this.#drawTimer ??= setTimeout(() => {
      this.#drawTimer = undefined
      this.#update({})
    }, drawEveryMs)
    const dueMs = this.#madeAt + pageEveryMs - performance.now()
    this.#pageTimer ??= setTimeout(() => this.#makePage(), Math.max(0, dueMs))
  }

  #makePage(): void {
    this.#pageTimer = undefined
    this.#madeAt = performance.now()
    this.#update({ data: this.#fold.data() })
  }

  #update(part: Partial<LiveView>): void {
    this.#view = { ...this.#view, ...part }
    this.#show(this.#view)
  }
}
