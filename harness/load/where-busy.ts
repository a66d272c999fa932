import { Session } from 'node:inspector'
import { relative } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
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
const letGoMs = 100

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
export function whereBusy(
  threadId: number,
  isFlow: (id: string) => boolean,
): Promise<BusyPlace | undefined> {
  return withSession(async (session) => {
    session.connect()
    const thread = new ThreadDebugger(throughWorkers(session, threadId))
    const place = await inTime(thread.place(isFlow))
    thread.letGo()
    return place
  })
}

/** The same of the main thread, to be asked by another. With `end` what it runs is broken off, so that it comes back to its event loop. */
export function whereMainIsBusy(
  isFlow: (id: string) => boolean,
  { end = false } = {},
): Promise<BusyPlace | undefined> {
  return withSession(async (session) => {
    session.connectToMainThread()
    const thread = new ThreadDebugger(direct(session))
    const place = await inTime(thread.place(isFlow))
    if (end) thread.end()
    thread.letGo()
    // What was posted last is to get there.
    await delay(letGoMs)
    return place
  })
}

async function withSession(
  task: (session: Session) => Promise<BusyPlace | undefined>,
): Promise<BusyPlace | undefined> {
  const session = new Session()
  try {
    return await task(session)
  } catch {
    // A Node without an inspector. What it would have told is left out.
    return undefined
  } finally {
    session.disconnect()
  }
}

async function inTime<T>(task: Promise<T>): Promise<T | undefined> {
  const stop = new AbortController()
  const late = delay(answersWithinMs, undefined, { signal: stop.signal }).catch(() => undefined)
  try {
    return await Promise.race([task, late])
  } finally {
    stop.abort()
  }
}

/** Carries what is said to the debugger of a thread, and what it says. */
interface Channel {
  send(id: number, method: string, params: object): void
  listen(take: (answer: Answer) => void): void
}

function direct(session: Session): Channel {
  let told: (answer: Answer) => void = () => undefined
  return {
    send(id, method, params) {
      session.post(method, params, (_error, result) => told({ id, result: result ?? {} } as Answer))
    },
    listen(take) {
      told = take
      session.on('inspectorNotification', (message) => take(message as Answer))
    },
  }
}

function throughWorkers(session: Session, threadId: number): Channel {
  let sessionId: string | undefined
  session.on('NodeWorker.attachedToWorker', ({ params }) => {
    // The inspector's own number of a worker is another one.
    const isIt = params.workerInfo.title.startsWith(`[worker ${threadId}]`)
    if (isIt) sessionId = params.sessionId
  })
  session.post('NodeWorker.enable', { waitForDebuggerOnStart: false })
  return {
    send(id, method, params) {
      if (sessionId === undefined) return
      const message = JSON.stringify({ id, method, params })
      session.post('NodeWorker.sendMessageToWorker', { sessionId, message })
    },
    listen(take) {
      session.on('NodeWorker.receivedMessageFromWorker', ({ params }) => {
        if (params.sessionId === sessionId) take(JSON.parse(params.message) as Answer)
      })
    },
  }
}

/** The debugger of one thread, through the inspector of this one. */
class ThreadDebugger {
  readonly #channel: Channel
  readonly #scripts = new Map<string, string>()
  readonly #answers = new Map<number, (answer: Answer) => void>()
  readonly #paused = Promise.withResolvers<readonly Frame[]>()
  #sent = 0

  constructor(channel: Channel) {
    this.#channel = channel
    channel.listen((answer) => this.#take(answer))
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

  /** Breaks off what it runs, down to its event loop. */
  end(): void {
    this.#post('Runtime.terminateExecution')
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
    // The answer may come while it is being sent.
    return new Promise((resolve) => this.#post(method, params, resolve))
  }

  #post(method: string, params: object = {}, take?: (answer: Answer) => void): void {
    const id = (this.#sent += 1)
    if (take) this.#answers.set(id, take)
    this.#channel.send(id, method, params)
  }
}
