import { Pool, buildConnector, type Dispatcher } from 'undici'
import { flatten } from '../http-client.ts'
import { headersOf, type Call, type Carrier, type Door } from './call.ts'
import type { DoorOptions } from './plain-door.ts'

/** What the door over plain http does not cover: https, upgrades, fields that say how a message is framed. */
export class UndiciDoor implements Door {
  readonly #pool: Pool
  readonly #bodyBytes: number

  constructor(url: URL, { connections, limits, onConnect }: DoorOptions) {
    this.#bodyBytes = limits.bodyBytes
    const connector = buildConnector({})
    this.#pool = new Pool(url.origin, {
      connections,
      pipelining: 1,
      connect: (options, callback) => {
        const started = performance.now()
        connector(options, (...result) => {
          onConnect(performance.now() - started)
          callback(...result)
        })
      },
    })
  }

  start(call: Call): void {
    dispatch(this.#pool, call, { path: call.request.path }, this.#bodyBytes)
  }

  close(): Promise<void> {
    return this.#pool.destroy()
  }
}

/** Has undici carry a call there. */
export function dispatch(
  dispatcher: Dispatcher,
  call: Call,
  to: Pick<Dispatcher.DispatchOptions, 'origin' | 'path'>,
  bodyBytes: number,
): void {
  const { method, body } = call.request
  const headers = headersOf(call.request)
  dispatcher.dispatch(
    { ...to, method: method as Dispatcher.HttpMethod, headers, body: body ?? null },
    new Handler(call, bodyBytes),
  )
}

class Handler implements Dispatcher.DispatchHandler, Carrier {
  readonly #call: Call
  readonly #bodyBytes: number
  #status = 0
  #headers: Readonly<Record<string, string>> = {}
  readonly #parts: Buffer[] = []
  #controller: Dispatcher.DispatchController | undefined

  constructor(call: Call, bodyBytes: number) {
    this.#call = call
    this.#bodyBytes = bodyBytes
  }

  giveUp(_call: Call, error: Error): void {
    this.#controller?.abort(error)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Before it is on a connection undici cannot be told: it hears of it when it comes to it.
    if (this.#call.isSettled) return controller.abort(new Error('the time of the flow is over'))
    this.#controller = controller
    this.#call.carrier = this
    const { body } = this.#call.request
    this.#call.sent(body === undefined ? 0 : Buffer.byteLength(body), performance.now())
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[2],
  ): void {
    // What is only informational (103) comes before the answer.
    if (status < 200) return
    this.#call.firstByteAtMs = performance.now()
    this.#status = status
    this.#headers = flatten(headers)
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#call.receivedBytes += chunk.length
    this.#parts.push(chunk)
    if (this.#call.receivedBytes <= this.#bodyBytes) return
    controller.abort(new Error(`the body is larger than ${this.#bodyBytes} bytes`))
  }

  onResponseEnd(): void {
    this.#call.done(this.#status, this.#headers, Buffer.concat(this.#parts))
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#call.fail(error)
  }
}
