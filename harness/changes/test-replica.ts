import { isDeepStrictEqual } from 'node:util'

import {
  HarnessError,
  type ConfigPort,
  type ConfigSnapshot,
  type HarnessErrorCode,
  type ReplicaPort,
} from '../core/index.ts'

/** Configuration in memory that keeps the rules of ConfigPort. */
export class TestConfig implements ConfigPort {
  document: unknown
  /** Documents that were written, in order. */
  readonly written: unknown[] = []
  /** Thrown by the next writes, one each: before the document is taken, or after. */
  readonly faults: { readonly when: 'before' | 'after'; readonly code: HarnessErrorCode }[] = []
  #version = 1

  constructor(document: unknown) {
    this.document = structuredClone(document)
  }

  async read(): Promise<ConfigSnapshot> {
    const document = structuredClone(this.document)
    return { document, etag: `"${this.#version}"`, hash: JSON.stringify(document) }
  }

  async write(document: unknown, etag: string): Promise<ConfigSnapshot> {
    const fault = this.faults.shift()
    if (fault?.when === 'before') throw new HarnessError(fault.code, 'not taken')
    if (etag !== `"${this.#version}"`) throw new HarnessError('CONFIG_CONFLICT', `${etag} is old`)
    if (isDeepStrictEqual(document, this.document)) throw new Error('a write that alters nothing')
    this.#version += 1
    this.document = structuredClone(document)
    this.written.push(structuredClone(document))
    if (fault?.when === 'after') throw new HarnessError(fault.code, 'the answer was lost')
    return this.read()
  }
}

export function replicaWith(config: ConfigPort | undefined): ReplicaPort {
  return { id: 'gateway-1', service: 'gateway', config }
}
