import type { RequestHandler } from 'msw'

import { deriveSeed, seededRandom, type Random, type SiteVariant } from '../core/index.ts'
import { LetGo } from './let-go.ts'
import { hostOf, type SiteDirectory } from './outside-gate.ts'
import { genericVariants } from './variants/index.ts'
import type { AnswerVariant, NameVariant, TlsVariant, Variant } from './variants/variant.ts'

/** A failure mode that one site brings along: handlers that are asked before its others. */
interface OwnVariant {
  readonly on: 'answer'
  readonly handlers: readonly RequestHandler[]
}

/** A variant that strikes one request, handshake or look-up. */
export interface Struck<V = AnswerVariant | OwnVariant> {
  readonly name: string
  readonly variant: V
  readonly random: Random
  /** Host that it leads to, where it leads to another one. */
  readonly to: string
  /** Fires when the variant is taken back. */
  readonly lifted: AbortSignal
}

interface InForce extends Struck<Variant | OwnVariant> {
  readonly toxicity: number
  readonly lift: AbortController
  /** How many more are looked at. */
  left: number
}

/** Why a variant cannot be put in force. `unknown`: there is no such thing, and `message` lists what there is. */
export interface VariantProblem {
  readonly kind: 'unknown' | 'unusable'
  readonly message: string
}

/** Which failure mode each host is in. */
export class VariantBoard {
  readonly #sites: SiteDirectory
  readonly #seed: number
  readonly #inForce = new Map<string, InForce>()

  constructor(sites: SiteDirectory, seed: number) {
    this.#sites = sites
    this.#seed = seed
  }

  /** Puts a variant in force, in the place of the one before; undefined: none. The same setting draws the same chances again. */
  set(host: string, setting: SiteVariant | undefined): VariantProblem | undefined {
    const found = this.#find(host, setting)
    if (found && 'message' in found) return found
    this.#inForce.get(host)?.lift.abort(new LetGo('the variant was taken back'))
    this.#inForce.delete(host)
    if (!setting || !found) return undefined
    const lift = new AbortController()
    this.#inForce.set(host, {
      name: setting.name,
      variant: found.variant,
      random: seededRandom(deriveSeed(this.#seed, `${host} ${setting.name}`)),
      to: setting.to ?? '',
      lifted: lift.signal,
      toxicity: setting.toxicity ?? 1,
      lift,
      left: setting.first ?? Infinity,
    })
    return undefined
  }

  /** Whether requests to the host need connections of their own, so that what strikes connections strikes each of them. */
  strikesConnections(host: string): boolean {
    const entry = this.#inForce.get(host)
    return entry !== undefined && entry.variant.on !== 'answer'
  }

  /** The variant that strikes this request. Each call counts as one. */
  strikeAnswer(url: URL): Struck | undefined {
    return this.#strike(hostOf(url), 'answer') as Struck | undefined
  }

  strikeHandshake(url: URL): Struck<TlsVariant> | undefined {
    return this.#strike(hostOf(url), 'tls') as Struck<TlsVariant> | undefined
  }

  strikeName(url: URL): Struck<NameVariant> | undefined {
    return this.#strike(hostOf(url), 'name') as Struck<NameVariant> | undefined
  }

  #strike(host: string, on: Variant['on']): Struck<Variant | OwnVariant> | undefined {
    const entry = this.#inForce.get(host)
    if (!entry || entry.variant.on !== on || entry.left === 0) return undefined
    entry.left -= 1
    // Drawn each time, so that the n-th request meets the same fate whatever the toxicity of those before.
    return entry.random() < entry.toxicity ? entry : undefined
  }

  #find(
    host: string,
    setting: SiteVariant | undefined,
  ): { readonly variant: Variant | OwnVariant } | VariantProblem | undefined {
    const site = this.#sites.get(host)
    if (!site) return { kind: 'unknown', message: `no site has the host ${host}; ${this.#hosts()}` }
    if (!setting) return undefined
    const { name, to } = setting
    const own = site.variants ?? {}
    if (Object.hasOwn(own, name)) return { variant: { on: 'answer', handlers: own[name] ?? [] } }
    const variant = Object.hasOwn(genericVariants, name)
      ? (genericVariants as Readonly<Record<string, Variant>>)[name]
      : undefined
    if (!variant) {
      const known = [...Object.keys(own), ...Object.keys(genericVariants)].join(', ')
      return { kind: 'unknown', message: `${host} has no variant ${name}; it has ${known}` }
    }
    const problem = this.#checkTo(host, name, to, 'needsTo' in variant)
    return problem ?? { variant }
  }

  #checkTo(
    host: string,
    name: string,
    to: string | undefined,
    isNeeded: boolean,
  ): VariantProblem | undefined {
    if (!isNeeded) {
      if (to === undefined) return undefined
      return { kind: 'unusable', message: `${name} leads nowhere: it takes no 'to'` }
    }
    if (to !== undefined && to !== host && this.#sites.has(to)) return undefined
    const text = to === undefined ? 'needs' : `leads to ${to}; it needs`
    return { kind: 'unusable', message: `${name} ${text} 'to', another host; ${this.#hosts()}` }
  }

  #hosts(): string {
    return `known are ${[...this.#sites.keys()].join(', ')}`
  }
}
