import { cellKey, type EventOf, type JournalEvent, type JournalKind } from '../core/index.ts'

export type Judged = EventOf<'cell.judged'>
export type Started = EventOf<'run.started'>

/** The events of a kind, in order. */
export function of<K extends JournalKind>(history: readonly JournalEvent[], kind: K): EventOf<K>[] {
  return history.filter((event): event is EventOf<K> => event.kind === kind)
}

/** What was judged of cells in some windows, one judgement for each: what held may break while its window stays open, and the last word counts. */
export function judgedIn(
  history: readonly JournalEvent[],
  isIn: (window: string) => boolean,
): Judged[] {
  const last = new Map<string, Judged>()
  for (const event of of(history, 'cell.judged')) {
    if (isIn(event.window)) last.set(`${event.window} ${cellKey(event)}`, event)
  }
  return [...last.values()]
}

/** Whether a run was ended before it could be judged. Who leaves a system that stayed up for them interrupts nothing: it was judged before. */
export function isCutShort(history: readonly JournalEvent[]): boolean {
  const end = history.findIndex(({ kind }) => kind === 'interrupted')
  return end >= 0 && !of(history.slice(0, end), 'phase').some(({ phase }) => phase === 'live')
}
