import type { EventOf, JournalEvent, JournalKind } from '../core/index.ts'

export type Judged = EventOf<'cell.judged'>
export type Started = EventOf<'run.started'>

/** The events of a kind, in order. */
export function of<K extends JournalKind>(history: readonly JournalEvent[], kind: K): EventOf<K>[] {
  return history.filter((event): event is EventOf<K> => event.kind === kind)
}

/** What was judged of cells in some windows. */
export function judgedIn(
  history: readonly JournalEvent[],
  isIn: (window: string) => boolean,
): Judged[] {
  return of(history, 'cell.judged').filter((event) => isIn(event.window))
}
