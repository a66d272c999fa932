import { setTimeout as sleep } from 'node:timers/promises'
import type { ConfigStore } from '../../common/config-store.ts'
import { ErrorCode, HttpError } from '../../common/http-error.ts'
import { QueryFailedError, QueryQueue } from '../../common/query-queue.ts'
import type { GatewayConfig } from '../config.ts'
import type { EndpointId } from '../endpoints.ts'
import { PolicyTask, TaskDownError } from './policy-task.ts'
import { rulesInForce } from './rate-policy.ts'

/** Told of a task that ended by itself. */
export type TaskLog = (error: Error, text: string) => void

/**
 * What looks at requests by `policy.rules`: some tasks, each for the apps that fall to it. There are none while there is no rule. A task
 * reads the rules from a database when it starts, and is told of new ones; one that ends, or that the database does not answer in time, is
 * started again. With `policy.restart.jitterMs` they spread: without, all that ended together ask together, time and again.
 */
export class PolicyTasks {
  readonly #config: ConfigStore<GatewayConfig>
  readonly #program: URL
  readonly #log: TaskLog
  readonly #database: QueryQueue
  #tasks: readonly PolicyTask[] = []
  #lives: Promise<void>[] = []
  #stopping = new AbortController()
  #starting: Promise<void> = Promise.resolve()
  #isInForce = false
  #isStopped = false

  constructor(config: ConfigStore<GatewayConfig>, program: URL, log: TaskLog) {
    this.#config = config
    this.#program = program
    this.#log = log
    this.#database = new QueryQueue(() => config.current.policy)
    config.onReplaced((current, previous) => {
      for (const task of this.#tasks) task.take(this.#rules)
      if (current.policy.rules.length === 0) this.#halt()
      else if (previous.policy.rules.length === 0) void this.start()
    })
  }

  get contents(): unknown {
    const asked = this.#tasks.reduce((sum, task) => sum + task.asked, 0)
    return { isInForce: this.#isInForce, asked, queued: this.#database.queued }
  }

  /** Starts them if there are rules, one after the other, as a rollout does. Requests are looked at once all are up. */
  start(): Promise<void> {
    this.#starting = this.#starting.then(() => this.#start())
    return this.#starting
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#halt()
    await this.#starting
    await Promise.all(this.#lives)
  }

  #halt(): void {
    this.#isInForce = false
    this.#stopping.abort()
  }

  async #start(): Promise<void> {
    await Promise.all(this.#lives)
    const { policy } = this.#config.current
    // Rules may have come and gone meanwhile.
    if (policy.rules.length === 0 || this.#isStopped) return
    this.#stopping = new AbortController()
    const { signal } = this.#stopping
    this.#lives = []
    this.#tasks = Array.from({ length: policy.tasks }, () => new PolicyTask(this.#program))
    for (const task of this.#tasks) {
      const up = Promise.withResolvers<void>()
      this.#lives.push(this.#keepUp(task, up.resolve, signal).finally(up.resolve))
      await up.promise
    }
    this.#isInForce = !signal.aborted
  }

  /** Throws an HttpError when the app has had its share, and when there is nobody to say so. */
  async check(appId: string, endpoint: EndpointId): Promise<void> {
    if (!this.#isInForce) return
    const task = this.#tasks[numberOf(appId) % this.#tasks.length]
    const ruleId = await task?.exceeded(appId, endpoint).catch((error: unknown) => {
      // The last rule was taken away while it was asked.
      if (this.#isInForce) unavailable(error)
      return undefined
    })
    if (ruleId !== undefined) throw tooMany(ruleId)
  }

  get #rules() {
    const { policy, guards } = this.#config.current
    return rulesInForce(policy.rules, guards.skipBlankPolicies)
  }

  async #keepUp(task: PolicyTask, onUp: () => void, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const rules = await this.#database.ask(() => this.#rules)
        if (signal.aborted) return
        const error = await task.live(rules, onUp, signal)
        if (error) this.#log(error, 'a task of the policies ended')
      } catch (error) {
        if (!(error instanceof QueryFailedError)) throw error
        // It is started again, as after any other end.
      }
      const { delayMs, jitterMs } = this.#config.current.policy.restart
      // Cut short when nobody needs it any more.
      await sleep(delayMs + Math.random() * jitterMs, undefined, { signal }).catch(() => undefined)
    }
  }
}

/** Which of the tasks an app falls to. */
function numberOf(appId: string): number {
  return Array.from(appId).reduce((sum, letter) => sum + letter.charCodeAt(0), 0)
}

function unavailable(error: unknown): never {
  if (!(error instanceof TaskDownError)) throw error
  throw new HttpError(503, ErrorCode.unavailable, 'Requests cannot be looked at right now', {
    headers: { 'retry-after': '1' },
    cause: error,
  })
}

function tooMany(ruleId: string): HttpError {
  const headers = { 'retry-after': '60' }
  return new HttpError(429, ErrorCode.quotaExceeded, `Too many requests, by the rule '${ruleId}'`, {
    headers,
  })
}
