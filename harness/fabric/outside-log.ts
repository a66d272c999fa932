import { Redactor, type OutsideRecord } from '../core/index.ts'

const maxUrlLength = 2048
const maxNoteLength = 4000

/** The part of the log after a sequence number. */
export interface OutsidePage {
  readonly records: readonly OutsideRecord[]
  /** Records after that number which the log no longer has. */
  readonly dropped: number
}

/** What the system asked of the outside world: the last `capacity` records. A request is recorded once it is over. */
export class OutsideLog {
  readonly #capacity: number
  readonly #ring: OutsideRecord[] = []
  #lastSeq = 0

  constructor(capacity = 10_000) {
    this.#capacity = capacity
  }

  add(record: Omit<OutsideRecord, 'seq'>): void {
    this.#lastSeq += 1
    const { note } = record
    this.#ring[(this.#lastSeq - 1) % this.#capacity] = {
      seq: this.#lastSeq,
      ...record,
      url: withoutSecrets(record.url),
      ...(note === undefined ? {} : { note: note.slice(0, maxNoteLength) }),
    }
  }

  /** Records with a sequence number above `seq`, oldest first. */
  after(seq: number): OutsidePage {
    const firstKept = this.#lastSeq - this.#ring.length + 1
    const first = Math.max(seq + 1, firstKept)
    const records: OutsideRecord[] = []
    for (let at = first; at <= this.#lastSeq; at += 1) {
      records.push(this.#ring[(at - 1) % this.#capacity] as OutsideRecord)
    }
    return { records, dropped: Math.max(0, Math.min(first, this.#lastSeq + 1) - seq - 1) }
  }
}

const redactor = new Redactor()

/** Without user information, and with the values of query parameters masked whose names say that they are secrets. */
function withoutSecrets(text: string): string {
  // Neither user information nor a query: most requests are of this kind, and need not be taken apart.
  if (!/[?@]/.test(text)) return text.slice(0, maxUrlLength)
  const url = URL.parse(text)
  if (!url) return text.slice(0, maxUrlLength)
  url.username = ''
  url.password = ''
  for (const name of new Set(url.searchParams.keys())) {
    const masked = redactor.value({ [name]: 'x' })[name]
    if (masked !== 'x') url.searchParams.set(name, masked ?? '')
  }
  return url.href.slice(0, maxUrlLength)
}
