/** Single key presses of a terminal, while it is disposed of later. Ctrl-C raises SIGINT as it does elsewhere. */
export class Keys implements Disposable {
  readonly #stream: NodeJS.ReadStream
  readonly #listener: (data: Buffer) => void

  constructor(stream: NodeJS.ReadStream, onKey: (key: string) => void) {
    this.#stream = stream
    this.#listener = (data) => {
      for (const key of data.toString()) {
        if (key === '\u0003') process.kill(process.pid, 'SIGINT')
        else onKey(key)
      }
    }
    stream.setRawMode(true)
    stream.on('data', this.#listener)
    stream.resume()
  }

  [Symbol.dispose](): void {
    this.#stream.off('data', this.#listener)
    this.#stream.setRawMode(false)
    this.#stream.pause()
  }
}
