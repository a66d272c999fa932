import type {
  Emit,
  EventBody,
  EventOf,
  JournalEvent,
  JournalKind,
  Redactor,
} from '../core/index.ts'
import { judgedIn } from '../judge/index.ts'
import type { Clock } from './ports.ts'
import { roundMs } from './round-ms.ts'

export type JournalListener = (event: JournalEvent) => void

/** Their number grows with the length of a run. */
const unbounded: ReadonlySet<JournalKind> = new Set<JournalKind>(['sample', 'load.second'])

/** The one stream of a run. Secrets are removed here, before any listener sees an event. */
export class Journal {
  /** All events but samples and seconds of load: what the judge needs. What else there is a lot of is bounded by those who emit it. */
  readonly history: JournalEvent[] = []
  readonly #listeners: JournalListener[]
  readonly #redactor: Redactor
  readonly #clock: Clock

  constructor(clock: Clock, redactor: Redactor, listeners: readonly JournalListener[]) {
    this.#clock = clock
    this.#redactor = redactor
    this.#listeners = [...listeners]
  }

  /** The judgements of a window so far, of each cell the last one. */
  judged(window: string): EventOf<'cell.judged'>[] {
    return judgedIn(this.history, (id) => id === window)
  }

  /** Those of the window that was closed last. */
  get lastJudged(): EventOf<'cell.judged'>[] {
    const last = this.history.findLast(({ kind }) => kind === 'window.closed')
    return last?.kind === 'window.closed' ? this.judged(last.window.id) : []
  }

  /** Those of its load. */
  loadJudged(window: string): EventOf<'load.judged'>[] {
    return this.history.filter(
      (event): event is EventOf<'load.judged'> =>
        event.kind === 'load.judged' && event.window === window,
    )
  }

  readonly emit: Emit = <K extends JournalKind>(kind: K, body: EventBody<K>): void => {
    const atMs = roundMs(this.#clock.now())
    // Not by the names of members: replicas and components are names here, and may well be called 'token-store'.
    const event = this.#redactor.texts({ kind, atMs, ...body }) as unknown as JournalEvent
    if (!unbounded.has(event.kind)) this.history.push(event)
    for (const listener of this.#listeners) listener(event)
  }
}
