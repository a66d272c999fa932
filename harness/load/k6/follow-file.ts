import { open } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'

const everyMs = 100
const chunkBytes = 256 * 1_024

/**
 * Calls back with each line of a file that another program is writing, until `ended` is resolved and all is read. A file that is not
 * there yet is waited for. A last line without its end is passed on too.
 */
export async function followFile(
  path: string,
  onLine: (line: string) => void,
  ended: Promise<unknown>,
): Promise<void> {
  let isOver = false
  void ended.then(
    () => (isOver = true),
    () => (isOver = true),
  )
  const lines = new LineSplitter(onLine)
  const buffer = Buffer.alloc(chunkBytes)
  let position = 0
  for (;;) {
    // Asked before reading: what is written until the end is read once more after it.
    const isLast = isOver
    position = await readFrom(path, position, buffer, lines)
    if (isLast) break
    await Promise.race([delay(everyMs), ended.catch(() => undefined)])
  }
  lines.end()
}

async function readFrom(
  path: string,
  from: number,
  buffer: Buffer,
  lines: LineSplitter,
): Promise<number> {
  let position = from
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (!file) return position
  try {
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, position)
      if (bytesRead === 0) return position
      position += bytesRead
      lines.take(buffer.subarray(0, bytesRead))
    }
  } finally {
    await file.close()
  }
}

/** Lines out of pieces, which may end in the middle of a character. */
class LineSplitter {
  readonly #onLine: (line: string) => void
  readonly #decoder = new TextDecoder()
  #rest = ''

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine
  }

  take(bytes: Uint8Array): void {
    const parts = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split('\n')
    this.#rest = parts.pop() ?? ''
    for (const line of parts) this.#onLine(line)
  }

  end(): void {
    if (this.#rest !== '') this.#onLine(this.#rest)
  }
}
