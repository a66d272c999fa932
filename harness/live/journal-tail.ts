import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

const newLine = 0x0a

/** Reads a journal that is being written, by whole lines. Dispose it to close the file. */
export class JournalTail implements Disposable {
  readonly #file: number
  #offset: number
  #chunk = 256 * 1024
  #open = true

  private constructor(file: number, offset: number) {
    this.#file = file
    this.#offset = offset
  }

  /** From the offset given, in bytes; from the beginning without one. Undefined when no line begins there. */
  static open(path: string, from = '0'): JournalTail | undefined {
    const offset = /^\d{1,15}$/.test(from) ? Number(from) : -1
    const tail = new JournalTail(openSync(path, 'r'), offset)
    if (offset === 0 || (offset > 0 && tail.#byteBefore(offset) === newLine)) return tail
    tail[Symbol.dispose]()
    return undefined
  }

  /** Where the next line begins, in bytes. */
  get offset(): number {
    return this.#offset
  }

  /** The lines that are whole by now and were not read yet, at most some hundred kilobytes of them. */
  read(): string[] {
    const size = Math.min(fstatSync(this.#file).size - this.#offset, this.#chunk)
    if (size <= 0) return []
    const buffer = Buffer.allocUnsafe(size)
    const taken = buffer.subarray(0, readSync(this.#file, buffer, 0, size, this.#offset))
    const end = taken.lastIndexOf(newLine)
    if (end === -1) {
      // A line longer than what is read at once: read more the next time.
      if (size === this.#chunk) this.#chunk *= 2
      return []
    }
    this.#offset += end + 1
    return taken.toString('utf8', 0, end).split('\n')
  }

  #byteBefore(offset: number): number | undefined {
    const byte = Buffer.alloc(1)
    return readSync(this.#file, byte, 0, 1, offset - 1) === 1 ? byte[0] : undefined
  }

  [Symbol.dispose](): void {
    if (!this.#open) return
    this.#open = false
    closeSync(this.#file)
  }
}
