import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

import type { Meter } from './meter.ts'
import type { ToxicBoard } from './toxic-board.ts'

/** One request on its way. */
export interface Passage {
  /** Set before the answer closes when nobody answered, or not to the end. */
  failed: boolean
}

/** A connection from somebody who asks. Counts what is asked on it, with toxics as the one who asks sees it: also what gets lost before it can be read as a request, and answers that never arrive. */
export class Caller {
  readonly #socket: Socket
  readonly #meter: Meter
  readonly #line: { readonly isDeaf: boolean }
  #isNew = true
  #passage: Passage | undefined
  /** Of a request whose answer got lost. */
  #unheard: ((how: 'error' | 'abandoned') => void) | undefined
  /** Bytes that came until the last answer was over. */
  #answeredBytes = 0

  /** `id`: the replica that asks, '' when that is not known. */
  constructor(socket: Socket, meter: Meter, toxics: ToxicBoard, id: string) {
    this.#socket = socket
    this.#meter = meter
    this.#line = toxics.watchNear(socket, id, (how) => this.#endsUnderToxics(how))
  }

  /** Counts a request, and once `answer` is closed, how it ended: what is not sent in full by then was given up by who asked, or failed. */
  begin(answer: ServerResponse): Passage {
    this.#isNew = false
    const end = this.#meter.start()
    const passage = { failed: false }
    this.#passage = passage
    answer.once('close', () => {
      this.#passage = undefined
      this.#answeredBytes = this.#socket.bytesRead
      if (passage.failed) end('error')
      else if (!answer.writableFinished) end('abandoned')
      else if (this.#line.isDeaf) this.#unheard = end
      else end({ status: answer.statusCode })
    })
    return passage
  }

  #endsUnderToxics(how: 'error' | 'abandoned'): void {
    if (this.#passage) this.#passage.failed ||= how === 'error'
    else if (this.#unheard) this.#unheard(how)
    else if (this.#isNew || this.#socket.bytesRead > this.#answeredBytes) this.#meter.start()(how)
  }
}
