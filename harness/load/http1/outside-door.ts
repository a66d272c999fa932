import type { Dispatcher } from 'undici'
import type { Call, Door } from './call.ts'
import { dispatch } from './undici-door.ts'

/** To external sites, whose URLs stand in for the paths, through the proxy to their mocks. */
export class OutsideDoor implements Door {
  readonly #proxy: Dispatcher
  readonly #bodyBytes: number

  constructor(proxy: Dispatcher, bodyBytes: number) {
    this.#proxy = proxy
    this.#bodyBytes = bodyBytes
  }

  start(call: Call): void {
    try {
      const { origin, pathname, search } = new URL(call.request.path)
      dispatch(this.#proxy, call, { origin, path: pathname + search }, this.#bodyBytes)
    } catch (error) {
      // No URL, or fields that belong to the proxy.
      call.fail(error)
    }
  }

  close(): Promise<void> {
    return this.#proxy.destroy()
  }
}
