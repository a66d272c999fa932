import { createContext, Script, type Context } from 'node:vm'
import type { FastifyRequest } from 'fastify'
import type { GatewayConfig, WafRule } from '../config.ts'

/** What is looked at of a request; the rest of a longer one is not. */
const MAX_INSPECTED = 2_048

const SCRIPT = new Script('pattern.test(subject)')

interface Compiled {
  readonly rule: WafRule
  readonly pattern: RegExp
  /** Took longer than its budget: not asked any more until the configuration changes. */
  isSuspended: boolean
}

/** Looks for known attacks in address and headers. Rules are regular expressions, and those in mode 'simulate' only write a log field. */
export class Waf {
  readonly #context: Context = createContext({})
  #compiledFrom: GatewayConfig | undefined
  #rules: Compiled[] = []

  get contents(): unknown {
    return this.#rules.map(({ rule, isSuspended }) => ({ rule, isSuspended }))
  }

  /** Ids of the rules that match, of either mode. */
  matching(config: GatewayConfig, subject: string): WafRule[] {
    if (this.#compiledFrom !== config) {
      this.#rules = config.waf.rules.map((rule) => ({
        rule,
        pattern: new RegExp(rule.pattern, 'i'),
        isSuspended: false,
      }))
      this.#compiledFrom = config
    }
    const budgetMs = config.guards.wafTimeBudget ? config.waf.timeBudgetMs : undefined
    return this.#rules
      .filter((one) => !one.isSuspended && this.#test(one, subject, budgetMs))
      .map(({ rule }) => rule)
  }

  #test(one: Compiled, subject: string, budgetMs: number | undefined): boolean {
    if (budgetMs === undefined) return one.pattern.test(subject)
    Object.assign(this.#context, { pattern: one.pattern, subject })
    try {
      return SCRIPT.runInContext(this.#context, { timeout: budgetMs }) === true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
      one.isSuspended = true
      return false
    }
  }
}

/** Address and headers as one text. */
export function inspected(request: FastifyRequest): string {
  const headers = Object.entries(request.headers).map(
    ([name, value]) => `${name}: ${String(value)}`,
  )
  return `${request.method} ${request.url} ${headers.join(' ')}`.slice(0, MAX_INSPECTED)
}
