import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { getContainerRuntimeClient, type ContainerRuntimeClient } from 'testcontainers'
import { HarnessError } from '../../core/index.ts'

/** The engine's API. */
export type Docker = ContainerRuntimeClient['container']['dockerode']

const reachMs = 10_000
const answerMs = 20_000
const ryukImage = 'testcontainers/ryuk:0.14.0'

/**
 * Connects to the container engine that Testcontainers finds (DOCKER_HOST, the usual sockets). Throws RUNTIME_UNAVAILABLE when none
 * answers. Testcontainers' reaper is on where the engine has its image; ours watches in any case.
 */
export async function connectEngine(): Promise<Docker> {
  let docker: Docker
  try {
    await reachNamedEngine()
    docker = await inTime(firstAnswer())
  } catch (error) {
    throw new HarnessError('RUNTIME_UNAVAILABLE', 'no container engine answers', {
      cause: error,
      hint: 'start Docker, or name its address in DOCKER_HOST; aftershock doctor says what it finds',
    })
  }
  if (process.env['TESTCONTAINERS_RYUK_DISABLED'] === undefined) {
    const image = process.env['RYUK_CONTAINER_IMAGE'] ?? ryukImage
    // Testcontainers reads it when it starts the first container. Without the image every start would fail.
    if (!(await hasImage(docker, image))) process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true'
  }
  return docker
}

async function firstAnswer(): Promise<Docker> {
  const { dockerode } = (await getContainerRuntimeClient()).container
  await dockerode.ping()
  return dockerode
}

/** An engine can hang so that it takes connections and answers none. */
async function inTime<T>(task: Promise<T>): Promise<T> {
  const over = new AbortController()
  const late = delay(answerMs, undefined, { signal: over.signal, ref: false }).then(() => {
    throw new Error(`an engine takes connections, and does not answer within ${answerMs / 1000} s`)
  })
  try {
    return await Promise.race([task, late])
  } finally {
    over.abort()
    late.catch(() => undefined)
  }
}

/**
 * Throws when the engine that DOCKER_HOST names cannot be reached: Testcontainers would take another one that it finds, for good, and what
 * is started or removed there would be on the wrong one.
 */
async function reachNamedEngine(): Promise<void> {
  const address = process.env['DOCKER_HOST']
  if (address === undefined || !URL.canParse(address)) return
  const { protocol, hostname, port, pathname } = new URL(address)
  if (protocol !== 'unix:' && hostname === '') return
  const place = protocol === 'unix:' ? { path: pathname } : { host: hostname, port: Number(port) }
  const socket = connect({ ...place, signal: AbortSignal.timeout(reachMs) })
  try {
    await once(socket, 'connect')
  } finally {
    socket.destroy()
  }
}

export async function hasImage(docker: Docker, reference: string): Promise<boolean> {
  return (await imageId(docker, reference)) !== undefined
}

/** Undefined when the engine does not have the image. */
export async function imageId(docker: Docker, reference: string): Promise<string | undefined> {
  try {
    return (await docker.getImage(reference).inspect()).Id
  } catch (error) {
    if (isStatus(error, 404)) return undefined
    throw error
  }
}

/** Whether the engine answered with this HTTP status. */
export function isStatus(error: unknown, ...statuses: readonly number[]): boolean {
  return statuses.includes((error as { statusCode?: number } | undefined)?.statusCode ?? 0)
}
