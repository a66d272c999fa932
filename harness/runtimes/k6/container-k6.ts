import { createWriteStream } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { HarnessError, describeError } from '../../core/index.ts'
import type { K6Order, K6Program } from '../../engine/index.ts'
import { connectEngine, hasImage, isStatus, type Docker } from '../containers/engine.ts'
import { pull } from '../containers/image/base-image.ts'
import { labelsOf, partLabel } from '../containers/labels.ts'
import { Reaper } from '../containers/reaper-process.ts'
import { scratchPrefix } from '../processes/leftovers.ts'
import { lastLines } from '../processes/last-lines.ts'

/** Environment variable with the image of a k6, in place of Grafana's newest. */
const k6ImageVariable = 'AFTERSHOCK_K6_IMAGE'
const mountedAt = '/aftershock'
const graceMs = 5_000

/**
 * A k6 of the image grafana/k6, on this machine's own network, since front doors are on loopback (Linux). Throws RUNTIME_UNAVAILABLE
 * without an engine, or when the image cannot be had.
 */
export async function containerK6(): Promise<K6Program> {
  const image = process.env[k6ImageVariable] ?? 'grafana/k6:latest'
  const docker = await connectEngine()
  await havingImage(docker, image)
  return { name: `the image ${image}`, run: (order) => runContainer(docker, image, order) }
}

async function havingImage(docker: Docker, image: string): Promise<void> {
  if (await hasImage(docker, image)) return
  try {
    await pull(docker, image)
  } catch (error) {
    throw new HarnessError('RUNTIME_UNAVAILABLE', `the image ${image} cannot be had`, {
      cause: error,
      hint: `install k6 (https://grafana.com/docs/k6), or name an image that the engine has in ${k6ImageVariable}`,
    })
  }
}

async function runContainer(docker: Docker, image: string, order: K6Order) {
  const { runId, directory, args, log, env, signal } = order
  const run = { runId, scratch: join(tmpdir(), `${scratchPrefix}${runId}`) }
  // Nothing of it outlives the harness.
  await using reaper = await Reaper.launch(run)
  const container = await docker.createContainer({
    name: `aftershock-${runId}`,
    Image: image,
    Cmd: [...args],
    WorkingDir: mountedAt,
    Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    // So that it may write into the folder, and the harness read it.
    User: `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`,
    Labels: { ...labelsOf(run), [partLabel]: 'k6' },
    HostConfig: {
      NetworkMode: 'host',
      Binds: [`${directory}:${mountedAt}`],
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
    },
  })
  // It may have ended by itself, or not have started yet. The first process of a container does not hear a signal that it has no handler for yet.
  const send = (name: string) => void container.kill({ signal: name }).catch(() => undefined)
  let killing: NodeJS.Timeout | undefined
  const stop = () => {
    send('SIGINT')
    killing ??= setTimeout(() => send('SIGKILL'), graceMs)
  }
  try {
    const logged = createWriteStream(log, { flags: 'a' })
    const stream = await container.attach({ stream: true, stdout: true, stderr: true })
    docker.modem.demuxStream(stream, logged, logged)
    stream.on('end', () => logged.end())
    signal.addEventListener('abort', stop, { once: true })
    await container.start()
    if (signal.aborted) stop()
    const { StatusCode: code } = (await container.wait()) as { StatusCode: number }
    await finished(logged).catch(() => undefined)
    return { code, lastLines: lastLines(log) }
  } catch (error) {
    throw new HarnessError(
      'LOAD_FAILED',
      `k6 could not be run in ${image}: ${describeError(error)}`,
    )
  } finally {
    signal.removeEventListener('abort', stop)
    clearTimeout(killing)
    await container.remove({ force: true }).catch((error: unknown) => {
      if (!isStatus(error, 404, 409)) throw error
    })
    reaper.done()
  }
}
