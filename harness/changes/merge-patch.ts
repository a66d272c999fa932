import { apply } from 'json-merge-patch'
import type { Change } from '../core/index.ts'
import { configChange, type ConfigChangeOptions } from './config-change.ts'

/**
 * A change of a service's configuration by an RFC 7396 merge patch: members replace, null deletes, objects merge, arrays are replaced whole.
 * To set a value to null use jsonPatch.
 */
export function mergePatch(
  name: string,
  options: ConfigChangeOptions & { readonly patch: Readonly<Record<string, unknown>> },
): Change {
  const summary = `merge ${JSON.stringify(options.patch)} into the configuration of ${options.service}`
  // The library alters the document that it is given.
  return configChange(name, options, summary, (document) =>
    apply(structuredClone(document) as object, structuredClone(options.patch)),
  )
}
