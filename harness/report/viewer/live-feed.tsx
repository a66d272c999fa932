import type { JournalEvent } from '../../core/index.ts'
import type { Gives, LiveAction, LiveState, Takes } from '../live-contract.ts'
import { NowFold } from '../now.ts'
import { PageFold, type PageData } from '../page-data.ts'

/** The whole page is made anew at most this often, in ms: charts take a while to draw. */
const pageEveryMs = 1_000
/** What is seen of cells is drawn anew at most this often, in ms. */
const drawEveryMs = 50

export interface LiveView {
  readonly now: NowFold
  readonly data?: PageData
  readonly state: LiveState
  readonly connection: 'connecting' | 'open' | 'ended'
}

/** What the server says against an action. */
class Refused extends Error {}

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
  readonly #source: EventSource
  #view: LiveView
  #madeAt = -Infinity
  #pageTimer: ReturnType<typeof setTimeout> | undefined
  #drawTimer: ReturnType<typeof setTimeout> | undefined

  constructor(show: (view: LiveView) => void) {
    this.#show = show
    this.#view = { now: this.#now, state: nothingYet, connection: 'connecting' }
    this.#source = new EventSource(`/events?token=${encodeURIComponent(this.#token)}`)
    this.#source.addEventListener('open', () => this.#update({ connection: 'open' }))
    this.#source.addEventListener('error', () =>
      this.#update({
        connection: this.#source.readyState === EventSource.CLOSED ? 'ended' : 'connecting',
      }),
    )
    this.#source.addEventListener('message', (event: MessageEvent<string>) =>
      this.#take(event.data),
    )
    this.#source.addEventListener('state', (event: MessageEvent<string>) =>
      this.#update({ state: JSON.parse(event.data) as LiveState }),
    )
    this.#source.addEventListener('ended', () => {
      this.#source.close()
      this.#update({ connection: 'ended' })
    })
  }

  /** Throws Refused with what the server says. */
  readonly act: Act = async <A extends LiveAction>(action: A, input: Takes<A>) => {
    const response = await fetch(`/do/${action}`, {
      method: 'POST',
      headers: { 'x-aftershock-token': this.#token, 'content-type': 'application/json' },
      body: JSON.stringify(input),
    })
    if (!response.ok) throw new Refused((await response.text()).trim())
    return (await response.json()) as Gives<A>
  }

  close(): void {
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
