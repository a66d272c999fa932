import type { ServerResponse } from 'node:http'

/** Closes a connection when it is asked to, but not before the answers are over that are on their way. */
export class CloseWhenIdle {
  readonly #close: () => void
  #inFlight = 0
  #isClosing = false

  constructor(close: () => void) {
    this.#close = close
  }

  /** A request came on the connection. */
  begin(answer: ServerResponse): void {
    this.#inFlight += 1
    answer.once('close', () => {
      this.#inFlight -= 1
      this.#closeIfIdle()
    })
  }

  close(): void {
    this.#isClosing = true
    this.#closeIfIdle()
  }

  #closeIfIdle(): void {
    if (this.#isClosing && this.#inFlight === 0) this.#close()
  }
}
