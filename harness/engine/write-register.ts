import {
  describeError,
  type CellId,
  type HttpClient,
  type WriteCheck,
  type WriteOutcome,
  type WriteRecord,
  type Writes,
  type WritesFinding,
} from '../core/index.ts'
import type { Clock } from './ports.ts'

const maxRemembered = 20_000
const named = 20
const concurrency = 8
const tries = 4
const pauseMs = 250
const readTimeoutMs = 5_000
/** All reading together. */
const checkTimeoutMs = 30_000

type Remembered = { -readonly [K in keyof WriteRecord]: WriteRecord[K] }

/** Everything that flows wrote, and what became of it. Memory is bounded: writes after the first 20,000 are counted as unread. */
export class WriteRegister {
  readonly #records: Remembered[] = []
  readonly #now: () => number
  #forgotten = 0

  constructor(now: () => number) {
    this.#now = now
  }

  get records(): readonly WriteRecord[] {
    return this.#records
  }

  /** The register as the flow of one cell sees it. */
  of({ flow, actor }: CellId): Writes {
    return {
      invoked: (kind, id) => {
        const atMs = Math.round(this.#now())
        const record: Remembered = { flow, actor, kind, id, outcome: 'unknown', atMs }
        const isRemembered = this.#records.length < maxRemembered
        if (isRemembered) this.#records.push(record)
        return {
          ok: (reference) => {
            if (!isRemembered) this.#forgotten += 1
            record.outcome = 'ok'
            if (reference !== undefined) record.reference = reference
          },
          failed: () => {
            record.outcome = 'failed'
          },
        }
      },
    }
  }

  /** Reads back what was written until now. Bounded in time; what could not be read is said to be unread. */
  async check(
    check: WriteCheck,
    clientFor: (actor: string, signal: AbortSignal) => HttpClient,
    clock: Clock,
    interrupt: AbortSignal,
  ): Promise<WritesFinding> {
    const startMs = clock.now()
    const signal = AbortSignal.any([interrupt, AbortSignal.timeout(checkTimeoutMs)])
    const records = this.#records.map((record): WriteRecord => ({ ...record }))
    const open = [...records]
    const lost: WriteRecord[] = []
    const duplicated: WriteRecord[] = []
    const phantom: WriteRecord[] = []
    const unread: string[] = []
    const work = async () => {
      for (let write = open.shift(); write; write = open.shift()) {
        const found = await readBack(check, write, clientFor, clock, signal)
        if (typeof found === 'string') {
          if (write.outcome === 'ok') unread.push(found)
        } else if (found > 0 && write.outcome === 'failed') phantom.push(write)
        else if (found > 1) duplicated.push(write)
        else if (found === 0 && write.outcome === 'ok') lost.push(write)
      }
    }
    await Promise.all(Array.from({ length: concurrency }, work))
    const count = (outcome: WriteOutcome) => records.filter((r) => r.outcome === outcome).length
    return {
      ok: count('ok') + this.#forgotten,
      failed: count('failed'),
      unknown: count('unknown'),
      lost: { count: lost.length, first: lost.slice(0, named) },
      duplicated: { count: duplicated.length, first: duplicated.slice(0, named) },
      phantom: { count: phantom.length, first: phantom.slice(0, named) },
      unread: {
        count: unread.length + this.#forgotten,
        ...(unread[0] === undefined ? {} : { why: unread[0] }),
      },
      durationMs: Math.round(clock.now() - startMs),
    }
  }
}

/** How often it is there, or why that is not known. What is not there at once may still come: it is looked for again. */
async function readBack(
  check: WriteCheck,
  write: WriteRecord,
  clientFor: (actor: string, signal: AbortSignal) => HttpClient,
  clock: Clock,
  signal: AbortSignal,
): Promise<number | string> {
  let seen: number | string = 'time ran out'
  for (let i = 0; i < tries && !signal.aborted; i += 1) {
    if (i > 0) await clock.sleep(pauseMs, signal)
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(readTimeoutMs)])
    try {
      seen =
        (await check.readBack(write, clientFor(write.actor, bounded))) ?? 'cannot be looked for'
    } catch (error) {
      seen = describeError(error)
    }
    const isThere = typeof seen === 'number' && seen > 0
    if (isThere || write.outcome !== 'ok') return seen
  }
  return seen
}
