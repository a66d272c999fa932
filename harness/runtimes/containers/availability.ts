import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { describeError } from '../../core/index.ts'

/** Whether stacks can be started as containers on this machine, and what was found. */
export type Availability =
  { readonly ok: true; readonly detail: string } | { readonly ok: false; readonly why: string }

/** Whether an engine answers, whatever images it has. `why` is undefined where there is no place in which one could be. */
export async function engineAnswers(): Promise<{
  readonly ok: boolean
  readonly why?: string
}> {
  if (!hasEngineAddress()) return { ok: false }
  try {
    const { connectEngine } = await import('./engine.ts')
    await (await connectEngine()).version()
    return { ok: true }
  } catch (error) {
    return { ok: false, why: describeError(error) }
  }
}

/** Asks the engine, if there is a place where one could be. Starts nothing, and takes milliseconds where there is none. */
export async function containersAvailability(): Promise<Availability> {
  if (!hasEngineAddress()) return { ok: false, why: 'there is no container engine' }
  try {
    // Loaded only where it may be of use.
    const { connectEngine } = await import('./engine.ts')
    const { canHaveBase } = await import('./image/base-image.ts')
    const docker = await connectEngine()
    const { Version } = await docker.version()
    if (await canHaveBase(docker)) return { ok: true, detail: `Docker ${Version} answers` }
    return { ok: false, why: `Docker ${Version} answers, and has no base image and no way to one` }
  } catch (error) {
    return { ok: false, why: describeError(error) }
  }
}

/** Named by the environment or by Testcontainers' own settings, or one of the usual sockets. */
function hasEngineAddress(): boolean {
  const {
    DOCKER_HOST,
    TESTCONTAINERS_HOST_OVERRIDE,
    XDG_RUNTIME_DIR,
    HOME = homedir(),
  } = process.env
  if (DOCKER_HOST ?? TESTCONTAINERS_HOST_OVERRIDE) return true
  return [
    '/var/run/docker.sock',
    join(XDG_RUNTIME_DIR ?? '/run/user/none', 'docker.sock'),
    join(HOME, '.docker', 'run', 'docker.sock'),
    join(HOME, '.docker', 'desktop', 'docker.sock'),
    join(HOME, '.testcontainers.properties'),
  ].some((file) => existsSync(file))
}
