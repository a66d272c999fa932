import { applyPatch, type Operation } from 'rfc6902'
import { HarnessError, type Change } from '../core/index.ts'
import { configChange, type ConfigChangeOptions } from './config-change.ts'

/** A change of a service's configuration by RFC 6902 JSON Patch operations. An operation that fails makes the change fail as a whole. */
export function jsonPatch(
  name: string,
  options: ConfigChangeOptions & { readonly operations: readonly Operation[] },
): Change {
  const { operations, service } = options
  if (!Array.isArray(operations as unknown)) {
    throw new TypeError(`jsonPatch('${name}') needs operations, a list as in RFC 6902`)
  }
  const summary = `patch the configuration of ${service}: ${operations.map(({ op, path }) => `${op} ${path}`).join(', ')}`
  return configChange(name, options, summary, (document) => {
    const result: unknown = structuredClone(document)
    const errors = applyPatch(result, structuredClone([...operations]))
    const at = errors.findIndex((error) => error !== null)
    if (at >= 0) {
      throw new HarnessError(
        'CONFIG_CONFLICT',
        `operation ${at + 1} (${operations[at]?.op} ${operations[at]?.path}) does not fit the document of ${service}: ${errors[at]?.message}`,
        { hint: 'compare the path with the document that the service reports' },
      )
    }
    return result
  })
}
