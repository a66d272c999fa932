import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import type { JournalEvent } from '../core/index.ts'
import { incident, twitterCells } from '../report/test-journal.ts'

/** The incident, and after its last window as much further traffic as it takes for a journal of about `bytes`. Resolves with its number of events. */
export async function writeJournal(file: string, bytes: number): Promise<number> {
  const { events } = incident()
  const end = events.findIndex(({ kind }) => kind === 'status.judged')
  const out = createWriteStream(file)
  let written = 0
  let count = 0
  const write = async (event: JournalEvent): Promise<void> => {
    const line = `${JSON.stringify(event)}\n`
    written += line.length
    count += 1
    if (!out.write(line)) await once(out, 'drain')
  }
  for (const event of events.slice(0, end)) await write(event)
  const fromMs = events[end]?.atMs ?? 0
  for (let i = 0; ; i += 1) {
    if (written >= bytes) break
    await write(sampleAt(i, fromMs + i * 2))
  }
  for (const event of events.slice(end)) await write({ ...event, atMs: event.atMs + count * 2 })
  out.end()
  await once(out, 'finish')
  return count
}

/** The sample number `i` of endless traffic, by every cell but the first. */
export function sampleAt(i: number, atMs: number): JournalEvent {
  const cell = twitterCells[1 + (i % (twitterCells.length - 1))] ?? { flow: '', actor: '' }
  const ok = i % 50 !== 0
  return {
    kind: 'sample',
    atMs,
    flow: cell.flow,
    actor: cell.actor,
    window: 'transition',
    ok,
    ...(ok ? {} : { symptom: '403/467', message: 'GET /api/timeline answered 403, wanted 200' }),
    startMs: atMs - 4,
    durationMs: 4 + (i % 40),
  }
}
