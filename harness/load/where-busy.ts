import { Session } from 'node:inspector'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where a thread was when it was asked. */
export interface BusyPlace {
  /** Function and line, the innermost first. */
  readonly at: string
  /** Of the flow whose code it runs. Absent where that cannot be told. */
  readonly flow?: string
}

/** Long only where the machine has no time for either of the two. */
const answersWithinMs = 20_000

interface Frame {
  readonly callFrameId: string
  readonly functionName: string
  readonly location: { readonly scriptId: string; readonly lineNumber: number }
}

interface Answer {
  readonly id?: number
  readonly method?: string
  readonly params?: {
    readonly callFrames?: readonly Frame[]
    readonly scriptId?: string
    readonly url?: string
  }
  readonly result?: { readonly result?: { readonly value?: unknown } }
}

/**
 * Interrupts a thread that gives no answer, by V8's debugger, and reads where it is. `isFlow` knows the ids of flows. It goes on afterwards.
 * Undefined where it cannot be interrupted, as in a call of the system, or does not say within some seconds.
 */
export async function whereBusy(
  threadId: number,
  isFlow: (id: string) => boolean,
): Promise<BusyPlace | undefined> {
  const session = new Session()
  const late = Promise.withResolvers<undefined>()
  const timer = setTimeout(() => late.resolve(undefined), answersWithinMs)
  try {
    session.connect()
    const thread = new ThreadDebugger(session, threadId)
    const place = await Promise.race([thread.place(isFlow), late.promise])
    thread.letGo()
    return place
  } catch {
    // A Node without an inspector. What it would have told is left out.
    return undefined
  } finally {
    clearTimeout(timer)
    session.disconnect()
  }
}

/** The debugger of one thread, through the inspector of this one. */
class ThreadDebugger {
  readonly #session: Session
  readonly #scripts = new Map<string, string>()
  readonly #answers = new Map<number, (answer: Answer) => void>()
  readonly #paused = Promise.withResolvers<readonly Frame[]>()
  #sessionId: string | undefined
  #sent = 0

  constructor(session: Session, threadId: number) {
    this.#session = session
    session.on('NodeWorker.attachedToWorker', ({ params }) => {
      // The inspector's own number of a worker is another one.
      const isIt = params.workerInfo.title.startsWith(`[worker ${threadId}]`)
      if (isIt) this.#sessionId = params.sessionId
    })
    session.on('NodeWorker.receivedMessageFromWorker', ({ params }) => {
      if (params.sessionId === this.#sessionId) this.#take(JSON.parse(params.message) as Answer)
    })
    session.post('NodeWorker.enable', { waitForDebuggerOnStart: false })
  }

  async place(isFlow: (id: string) => boolean): Promise<BusyPlace | undefined> {
    this.#post('Debugger.enable')
    this.#post('Debugger.pause')
    const frames = await this.#paused.promise
    const own = frames.filter((frame) => this.#scripts.has(frame.location.scriptId))
    let flow: string | undefined
    for (const { callFrameId } of own) {
      // Flows are called as methods of their definition.
      const { result } = await this.#ask('Debugger.evaluateOnCallFrame', {
        callFrameId,
        expression: 'this?.id',
        returnByValue: true,
      })
      const id = result?.result?.value
      if (typeof id === 'string' && isFlow(id)) flow = id
    }
    const at = own.slice(0, 3).map((frame) => this.#textOf(frame))
    return at.length === 0
      ? undefined
      : { at: at.join(' < '), ...(flow === undefined ? {} : { flow }) }
  }

  /** One that stays interrupted could not even be ended. */
  letGo(): void {
    this.#post('Debugger.resume')
    this.#post('Debugger.disable')
  }

  #textOf({ functionName, location }: Frame): string {
    const url = this.#scripts.get(location.scriptId) ?? ''
    const where = `${relative('', fileURLToPath(url))}:${location.lineNumber + 1}`
    return functionName === '' ? where : `${functionName} (${where})`
  }

  #take({ id, method, params, ...answer }: Answer): void {
    if (id !== undefined) this.#answers.get(id)?.(answer)
    else if (method === 'Debugger.paused') this.#paused.resolve(params?.callFrames ?? [])
    else if (method === 'Debugger.scriptParsed' && params?.url?.startsWith('file:')) {
      this.#scripts.set(params.scriptId ?? '', params.url)
    }
  }

  #ask(method: string, params: object): Promise<Answer> {
    return new Promise((resolve) => this.#answers.set(this.#post(method, params), resolve))
  }

  #post(method: string, params: object = {}): number {
    const id = (this.#sent += 1)
    if (this.#sessionId !== undefined) {
      const message = JSON.stringify({ id, method, params })
      const to = { sessionId: this.#sessionId, message }
      this.#session.post('NodeWorker.sendMessageToWorker', to)
    }
    return id
  }
}
