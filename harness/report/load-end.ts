import type { EventOf, JournalEvent } from '../core/index.ts'

const kinds = ['load.summary', 'load.breakpoint', 'load.judged', 'leaks.judged'] as const

/** What a load test came to, piece by piece. */
export type LoadEnd = EventOf<(typeof kinds)[number]>

export function isLoadEnd(event: JournalEvent): event is LoadEnd {
  return (kinds as readonly string[]).includes(event.kind)
}
