import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import type { Docker } from './engine.ts'
import { partLabel, runLabel } from './labels.ts'

/** Events come by another connection than the answer to a command, and may be later. */
const heardMs = 2_000

interface EngineEvent {
  readonly Action?: string
  readonly Actor?: { readonly ID?: string; readonly Attributes?: Readonly<Record<string, string>> }
}

/** Hears of every container of a run that ends. */
export class Exits implements Disposable {
  readonly #stream: NodeJS.ReadableStream & { destroy(): void }
  readonly #details = new Map<string, string>()
  readonly #outOfMemory = new Set<string>()
  #onExit: (part: string, containerId: string, detail: string) => void = () => undefined
  #onLost: () => void = () => undefined
  #isClosed = false
  #isLost = false

  private constructor(stream: NodeJS.ReadableStream) {
    this.#stream = stream as NodeJS.ReadableStream & { destroy(): void }
    const lost = () => {
      if (this.#isClosed) return
      this.#isClosed = true
      this.#isLost = true
      this.#onLost()
    }
    stream.on('error', lost)
    stream.on('close', lost)
    const lines = createInterface({ input: stream })
    lines.on('line', (line) => this.#take(JSON.parse(line) as EngineEvent))
    // Readline repeats errors of its input, which are heard above.
    lines.on('error', () => undefined)
  }

  /** Start it before the first container. */
  static async listen(docker: Docker, runId: string): Promise<Exits> {
    const filters = { label: [`${runLabel}=${runId}`], type: ['container'], event: ['die', 'oom'] }
    return new Exits(await docker.getEvents({ filters: JSON.stringify(filters) }))
  }

  /** Whether the engine ended before this was disposed of. */
  get isLost(): boolean {
    return this.#isLost
  }

  /** How a container ended; undefined as long as it has not. */
  detailOf(containerId: string): string | undefined {
    return this.#details.get(containerId)
  }

  /** Waits until the end of a container that was stopped has been heard of, and forgets it, since it is to start again. */
  async takeUp(containerId: string): Promise<void> {
    const deadline = performance.now() + heardMs
    while (!this.#details.has(containerId) && performance.now() < deadline) await delay(5)
    this.#details.delete(containerId)
    this.#outOfMemory.delete(containerId)
  }

  /** Called for each container that ends from now on. */
  onExit(listener: (part: string, containerId: string, detail: string) => void): void {
    this.#onExit = listener
  }

  /** Called when the engine stops telling: it ended. */
  onLost(listener: () => void): void {
    this.#onLost = listener
  }

  [Symbol.dispose](): void {
    this.#isClosed = true
    this.#stream.destroy()
  }

  #take({ Action, Actor }: EngineEvent): void {
    const { ID = '', Attributes = {} } = Actor ?? {}
    if (Action === 'oom') {
      this.#outOfMemory.add(ID)
      return
    }
    const why = this.#outOfMemory.has(ID) ? ', for want of memory' : ''
    const detail = `exit code ${Attributes['exitCode'] ?? 'unknown'}${why}`
    this.#details.set(ID, detail)
    this.#onExit(Attributes[partLabel] ?? '', ID, detail)
  }
}
