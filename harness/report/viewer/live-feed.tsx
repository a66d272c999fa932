import type { JournalEvent } from '../../core/index.ts'
import { NowFold, type LiveState } from '../now.ts'
import { PageFold, type PageData } from '../page-data.ts'

/** The whole page is made anew at most this often, in ms: charts take a while to draw. */
const pageEveryMs = 1_000

export interface LiveView {
  readonly now: NowFold
  readonly data?: PageData
  readonly state: LiveState
  readonly connection: 'connecting' | 'open' | 'ended'
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
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(show: (view: LiveView) => void) {
    this.#show = show
    this.#view = { now: this.#now, state: { change: 'starting' }, connection: 'connecting' }
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

  /** Resolves with why it was not begun; with nothing when it was. */
  async act(action: 'apply' | 'undo'): Promise<string | undefined> {
    try {
      const headers = { 'x-aftershock-token': this.#token }
      const response = await fetch(`/do/${action}`, { method: 'POST', headers })
      return response.ok ? undefined : (await response.text()).trim()
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }

  close(): void {
    this.#source.close()
    clearTimeout(this.#timer)
  }

  #take(lines: string): void {
    for (const line of lines.split('\n')) {
      const event = JSON.parse(line) as JournalEvent
      this.#fold.take(event)
      this.#now.take(event)
    }
    this.#update({})
    const dueMs = this.#madeAt + pageEveryMs - performance.now()
    this.#timer ??= setTimeout(() => this.#makePage(), Math.max(0, dueMs))
  }

  #makePage(): void {
    this.#timer = undefined
    this.#madeAt = performance.now()
    this.#update({ data: this.#fold.data() })
  }

  #update(part: Partial<LiveView>): void {
    this.#view = { ...this.#view, ...part }
    this.#show(this.#view)
  }
}
