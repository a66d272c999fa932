import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { describeError } from '../../core/index.ts'
import type { Docker } from './engine.ts'

/** Whether stacks can be started as containers on this machine, and what was found. */
export type Availability =
  { readonly ok: true; readonly detail: string } | { readonly ok: false; readonly why: string }

type FoundEngine =
  | { readonly ok: true; readonly docker: Docker; readonly version: string }
  /** `isSomewhere`: there is a place where one could be, and none answers there. */
  | { readonly ok: false; readonly isSomewhere: boolean; readonly why: string }

/** The engine, if there is a place where one could be and it answers, whatever images it has. Takes milliseconds where there is none. */
export async function findEngine(): Promise<FoundEngine> {
  if (!hasEngineAddress())
    return { ok: false, isSomewhere: false, why: 'there is no container engine' }
  try {
    // Loaded only where it may be of use.
    const { connectEngine } = await import('./engine.ts')
    const docker = await connectEngine()
    const { Version } = await docker.version()
    return { ok: true, docker, version: Version }
  } catch (error) {
    return { ok: false, isSomewhere: true, why: describeError(error) }
  }
}

/** Asks the engine, if there is one. Starts nothing. */
export async function containersAvailability(): Promise<Availability> {
  const engine = await findEngine()
  if (!engine.ok) return engine
  const { docker, version } = engine
  try {
    const { canHaveBase } = await import('./image/base-image.ts')
    if (await canHaveBase(docker)) return { ok: true, detail: `Docker ${version} answers` }
    return { ok: false, why: `Docker ${version} answers, and has no base image and no way to one` }
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
