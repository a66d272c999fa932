import { createHash } from 'node:crypto'
import type { ErrorObject, ValidateFunction } from 'ajv'
import { isJsonObject, mergePatch } from './merge-patch.ts'

export interface ConfigDocument {
  /** Supplied by whoever writes the document; it only ever grows. */
  generation: number
}

export interface ConfigDefinition<T extends ConfigDocument> {
  readonly schema: object
  readonly defaults: T
}

export interface SchemaError {
  /** JSON pointer into the document; '' is the document itself. */
  path: string
  message: string
}

export type ReplaceResult =
  | { kind: 'replaced' }
  | { kind: 'invalid'; errors: SchemaError[] }
  | { kind: 'stale'; currentGeneration: number }
  | { kind: 'changed-meanwhile' }

/** The configuration of one replica, in memory. Readers take `current` once per request. */
export class ConfigStore<T extends ConfigDocument> {
  readonly schema: object
  #current: T
  #etag: string
  #validate: ValidateFunction<T> | undefined
  readonly #listeners: ((current: T, previous: T) => void)[] = []

  constructor(definition: ConfigDefinition<T>) {
    this.schema = definition.schema
    this.#current = deepFreeze(structuredClone(definition.defaults))
    this.#etag = etagOf(this.#current)
  }

  get current(): T {
    return this.#current
  }

  /** Strong: equal exactly when the documents are equal, whatever the order of their keys. */
  get etag(): string {
    return this.#etag
  }

  /** Called after each replacement, before anything is answered by the new document. */
  onReplaced(listener: (current: T, previous: T) => void): void {
    this.#listeners.push(listener)
  }

  /** Merges over the defaults at start. Answers the errors, and changes nothing if there are any. */
  async applyPatch(patch: unknown): Promise<SchemaError[]> {
    const candidate = mergePatch(this.#current, patch)
    const errors = await this.check(candidate)
    if (errors.length === 0) this.#set(candidate as T)
    return errors
  }

  async replace(candidate: unknown, expectedEtag: string): Promise<ReplaceResult> {
    const errors = await this.check(candidate)
    if (errors.length > 0) return { kind: 'invalid', errors }
    // From here on nothing awaits: another writer may have won while the schema was compiled.
    if (this.#etag !== expectedEtag) return { kind: 'changed-meanwhile' }
    const next = candidate as T
    const currentGeneration = this.#current.generation
    if (next.generation <= currentGeneration) return { kind: 'stale', currentGeneration }
    const previous = this.#current
    this.#set(next)
    for (const listener of this.#listeners) listener(this.#current, previous)
    return { kind: 'replaced' }
  }

  async check(candidate: unknown): Promise<SchemaError[]> {
    this.#validate ??= await compile<T>(this.schema)
    return this.#validate(candidate) ? [] : (this.#validate.errors ?? []).map(toSchemaError)
  }

  #set(next: T): void {
    this.#current = deepFreeze(structuredClone(next))
    this.#etag = etagOf(next)
  }
}

async function compile<T>(schema: object): Promise<ValidateFunction<T>> {
  // Loaded when there is something to check: the built-in defaults are checked by a test instead.
  const { Ajv } = await import('ajv')
  return new Ajv({ allErrors: true, formats: { regex: isExpression } }).compile<T>(schema)
}

function isExpression(text: string): boolean {
  try {
    void new RegExp(text)
    return true
  } catch {
    // That it cannot be compiled is the answer.
    return false
  }
}

function toSchemaError(error: ErrorObject): SchemaError {
  const params: Record<string, unknown> = error.params
  const key = params['additionalProperty'] ?? params['missingProperty']
  const path = typeof key === 'string' ? `${error.instancePath}/${escapePointer(key)}` : undefined
  const allowed = Array.isArray(params['allowedValues'])
    ? `: ${params['allowedValues'].join(', ')}`
    : ''
  return {
    path: path ?? error.instancePath,
    message: `${error.message ?? 'is not valid'}${allowed}`,
  }
}

function escapePointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}

function etagOf(document: unknown): string {
  return `"${createHash('sha256').update(canonicalJson(document)).digest('base64url').slice(0, 27)}"`
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    isJsonObject(item)
      ? Object.fromEntries(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  )
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const item of Object.values(value)) deepFreeze(item)
    Object.freeze(value)
  }
  return value
}
