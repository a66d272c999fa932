import { HarnessError, baseImageVariable, describeError } from '../../../core/index.ts'
import { hasImage, type Docker } from '../engine.ts'
import { assembleBase, assembledTag } from './assemble-base.ts'

export const defaultBase = 'node:26-slim'
const pullTimeoutMs = 120_000

/**
 * The image that all of ours are built on: what AFTERSHOCK_BASE_IMAGE names, or node:26-slim, pulled when the engine does not have it.
 * Where no registry can be reached it is made from the Node of this machine, and `say` tells so.
 */
export async function resolveBase(docker: Docker, say: (text: string) => void): Promise<string> {
  const named = process.env[baseImageVariable]
  const wanted = named ?? defaultBase
  if (await hasImage(docker, wanted)) return wanted
  if (named === undefined && (await hasImage(docker, assembledTag()))) {
    say(
      `the base image is one made from this machine's Node ${process.versions.node}, since ${defaultBase} is not here`,
    )
    return assembledTag()
  }
  try {
    say(`pulling ${wanted}`)
    await pull(docker, wanted)
    return wanted
  } catch (error) {
    if (named !== undefined) {
      throw new HarnessError('RUNTIME_UNAVAILABLE', `the base image ${wanted} cannot be had`, {
        cause: error,
        hint: `${baseImageVariable} names it: load it into the engine, or name another one`,
      })
    }
    say(
      `${wanted} cannot be pulled (${shortly(error)}): making the base image from this machine's Node ${process.versions.node}`,
    )
  }
  return assembleBase(docker)
}

/** Whether there is a base image or a way to one that needs no registry; where the harness does not run on Linux a registry is relied upon. */
export async function canHaveBase(docker: Docker): Promise<boolean> {
  const named = process.env[baseImageVariable]
  if (named === undefined) return true
  if (await hasImage(docker, named)) return true
  return pull(docker, named).then(
    () => true,
    () => false,
  )
}

/** Throws what the engine or the registry says. */
export async function pull(docker: Docker, reference: string): Promise<void> {
  const abortSignal = AbortSignal.timeout(pullTimeoutMs)
  const stream = (await docker.pull(reference, { abortSignal })) as NodeJS.ReadableStream
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(stream, (error) => (error ? reject(error) : resolve()))
  })
}

function shortly(error: unknown): string {
  return describeError(error).replaceAll(/\s+/g, ' ').slice(0, 160)
}
