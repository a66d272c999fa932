import { closeSync, existsSync, fstatSync, openSync, readSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Redactor } from '../core/index.ts'
import type { LogLine } from '../report/index.ts'

const mostTraces = 16
const mostLines = 400
const longestLine = 2_000
const chunkBytes = 1024 * 1024

interface Followed {
  /** Bytes of each file that were searched already. */
  readonly offsets: Map<string, number>
  readonly lines: LogLine[]
}

/** The lines of services' logs that carry a trace id. Asked again, it reads only what was written since. */
export class TraceLogs {
  readonly #logDir: string
  readonly #redactor: Redactor
  readonly #followed = new Map<string, Followed>()

  constructor(logDir: string, redactor: Redactor) {
    this.#logDir = logDir
    this.#redactor = redactor
  }

  read(traceId: string): readonly LogLine[] {
    const followed = this.#followed.get(traceId) ?? { offsets: new Map(), lines: [] }
    this.#followed.delete(traceId)
    this.#followed.set(traceId, followed)
    const [oldest] = this.#followed.keys()
    if (this.#followed.size > mostTraces && oldest !== undefined) this.#followed.delete(oldest)
    const names = existsSync(this.#logDir) ? readdirSync(this.#logDir).toSorted() : []
    for (const name of names.filter((one) => one.endsWith('.log'))) {
      this.#search(name, traceId, followed)
    }
    return followed.lines
  }

  #search(name: string, traceId: string, { offsets, lines }: Followed): void {
    const replica = name.slice(0, -'.log'.length)
    const file = openSync(join(this.#logDir, name), 'r')
    try {
      let offset = offsets.get(name) ?? 0
      for (;;) {
        const size = Math.min(chunkBytes, fstatSync(file).size - offset)
        const buffer = Buffer.alloc(Math.max(0, size))
        const end = buffer.subarray(0, readSync(file, buffer, 0, size, offset)).lastIndexOf('\n')
        // A line that is longer than a chunk is passed over: nothing that a service writes about a request is.
        const taken = end === -1 && size === chunkBytes ? size : end + 1
        if (taken <= 0) break
        for (const line of buffer.toString('utf8', 0, taken).split('\n')) {
          if (!line.includes(traceId) || lines.length >= mostLines) continue
          lines.push({ replica, line: this.#redactor.text(line).slice(0, longestLine) })
        }
        offset += taken
      }
      offsets.set(name, offset)
    } finally {
      closeSync(file)
    }
  }
}
