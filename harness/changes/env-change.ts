import type { Change, ContainerPort } from '../core/index.ts'
import { containerChange, type ContainerChangeOptions } from './container-change.ts'

/** Values by name; null takes a variable away. */
export type EnvPatch = Readonly<Record<string, string | null>>

const secretName = /TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL|PRIVATE|_KEY$|^KEY$/i

/** A change of environment variables: the containers of the service are made anew with them. */
export function envChange(
  name: string,
  options: ContainerChangeOptions & { readonly env: EnvPatch },
): Change {
  const { env, service } = options
  const summary = `set ${Object.keys(env).join(', ')} in the environment of ${service}`
  const validate = () => [
    ...(Object.keys(env).length === 0 ? ['env is empty'] : []),
    ...Object.keys(env)
      .filter((key) => !/^[^=\0]+$/.test(key))
      .map((key) => `env has '${key}', which is no name of a variable`),
  ]
  return containerChange(name, options, summary, validate, async (container, signal) => {
    const before = container.settings.env
    const explain = Object.entries(env).flatMap(([key, value]) =>
      before[key] === (value ?? undefined)
        ? []
        : [`${key}: ${shown(key, before[key])} -> ${shown(key, value ?? undefined)}`],
    )
    const undo = (undoSignal: AbortSignal) =>
      setAll(container, env, (key) => before[key], undoSignal)
    if (explain.length > 0) await setAll(container, env, (key) => env[key] ?? undefined, signal)
    return { explain, undo }
  })
}

/** Makes the container anew, unless it has these values. */
async function setAll(
  container: ContainerPort,
  names: EnvPatch,
  valueOf: (key: string) => string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const wanted = Object.fromEntries(Object.keys(names).map((key) => [key, valueOf(key)]))
  const now = container.settings.env
  if (Object.entries(wanted).every(([key, value]) => now[key] === value)) return
  await container.recreate({ env: wanted }, signal)
}

function shown(name: string, value: string | undefined): string {
  if (value === undefined) return '(absent)'
  return secretName.test(name) ? '(secret)' : JSON.stringify(value)
}
