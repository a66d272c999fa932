import { HarnessError, describeError, type ConfigPort, type PowerPort } from '../core/index.ts'

const readTimeoutMs = 2_000
const writeTimeoutMs = 5_000
/** For what cannot be refused: SIGKILL. */
const killTimeoutMs = 10_000

/** What runs one replica. */
export interface Machine {
  readonly id: string
  readonly config: ConfigPort | undefined
  /** From now on its end is no news, or is again. */
  expectEnd(isExpected: boolean): void
  /** SIGKILL goes to all that it started. */
  send(signalName: 'SIGTERM' | 'SIGKILL'): Promise<void>
  freeze(isFrozen: boolean): Promise<void>
  /** How it ended; undefined when it had not after so long. */
  ended(timeoutMs: number, signal: AbortSignal): Promise<string | undefined>
  /** Starts it anew under the same address; healthy when this returns. */
  start(signal: AbortSignal): Promise<void>
}

/** Turns one replica off and on. Its configuration, which may live in its memory only, goes with it over the time in which it is down. */
export class ReplicaPower implements PowerPort {
  #state: PowerPort['state'] = 'running'
  #document: unknown
  #hash: string | undefined
  readonly #machine: Machine

  constructor(machine: Machine) {
    this.#machine = machine
  }

  get state(): PowerPort['state'] {
    return this.#state
  }

  async kill(): Promise<void> {
    if (this.#state === 'down') return
    await this.#remember()
    await this.#try('be killed', () => this.#end())
  }

  async stop(graceMs: number, signal: AbortSignal): Promise<string> {
    if (this.#state === 'down') return 'was down already'
    await this.#remember()
    return this.#try('be stopped', async () => {
      this.#machine.expectEnd(true)
      await this.#machine.send('SIGTERM')
      const how = await this.#machine.ended(graceMs, signal)
      if (how === undefined) {
        await this.#end()
        if (signal.aborted) throw new Error('it had not ended by then, and was killed')
        return `did not end within ${graceMs} ms, and was killed`
      }
      this.#state = 'down'
      return `ended with ${how}`
    })
  }

  async pause(): Promise<void> {
    if (this.#state !== 'running') return
    await this.#try('be paused', () => this.#machine.freeze(true))
    this.#state = 'paused'
  }

  async resume(): Promise<void> {
    if (this.#state !== 'paused') return
    await this.#try('be resumed', () => this.#machine.freeze(false))
    this.#state = 'running'
  }

  async start(signal: AbortSignal): Promise<void> {
    await this.resume()
    if (this.#state === 'down') {
      await this.#try('be started again', () => this.#begin(signal))
      this.#state = 'running'
      this.#machine.expectEnd(false)
    }
    await this.#restore()
  }

  /** What was started and is not healthy in time is ended: the next one would find it in its place. */
  async #begin(signal: AbortSignal): Promise<void> {
    try {
      await this.#machine.start(signal)
    } catch (error) {
      await this.#end().catch(() => undefined)
      throw error
    }
  }

  async #end(): Promise<void> {
    this.#machine.expectEnd(true)
    await this.#machine.send('SIGKILL')
    // It is waited for whatever was interrupted: what is killed and not known to be down would never be started again.
    const how = await this.#machine.ended(killTimeoutMs, AbortSignal.timeout(killTimeoutMs))
    if (how === undefined) throw new Error(`it has not ended after ${killTimeoutMs} ms`)
    this.#state = 'down'
  }

  /** One that cannot say what it has, a paused one for instance, has what it had when it was asked last. */
  async #remember(): Promise<void> {
    try {
      const found = await this.#machine.config?.read(AbortSignal.timeout(readTimeoutMs))
      this.#document = found?.document
      this.#hash = found?.hash
    } catch {
      // It keeps what is known; the comparison of states at the end finds what is not as it was.
    }
  }

  async #restore(): Promise<void> {
    const { config } = this.#machine
    if (!config || this.#hash === undefined) return
    const now = await config.read(AbortSignal.timeout(writeTimeoutMs))
    if (now.hash !== this.#hash) {
      await config.write(this.#document, now.etag, AbortSignal.timeout(writeTimeoutMs))
    }
    this.#hash = undefined
  }

  async #try<T>(what: string, task: () => Promise<T>): Promise<T> {
    try {
      return await task()
    } catch (error) {
      if (error instanceof HarnessError) throw error
      const message = `${this.#machine.id} could not ${what}: ${describeError(error)}`
      throw new HarnessError('REPLICA_FAILED', message, { cause: error })
    }
  }
}
