import { createWriteStream, type WriteStream } from 'node:fs'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { PassThrough, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
import type { Docker } from './engine.ts'

const drainMs = 1_500

export interface FollowOptions {
  /** Lines of standard output for which it returns true are kept out of the file. */
  readonly onLine?: (line: string) => boolean
  /** Only what was written from then on. */
  readonly since?: Date
}

/** The log of one part of the run, into which goes what its containers write, one after the other. */
export class LogFile {
  readonly path: string
  readonly #docker: Docker
  #following: Promise<void> = Promise.resolve()

  constructor(docker: Docker, path: string) {
    this.#docker = docker
    this.path = path
  }

  /** Follows a container that runs. Resolves when it has ended and all that it wrote is in the file. */
  async follow(containerId: string, { onLine, since }: FollowOptions = {}): Promise<void> {
    const ended = Promise.withResolvers<void>()
    this.#following = ended.promise
    try {
      const source = (await this.#docker.getContainer(containerId).logs({
        follow: true,
        stdout: true,
        stderr: true,
        ...(since ? { since: since.getTime() / 1000 } : {}),
      })) as Readable
      await this.#copy(source, onLine)
    } finally {
      ended.resolve()
    }
  }

  /** Returns when all that the last container wrote before its end is in the file; not later than a moment. */
  async settled(): Promise<void> {
    const late = new AbortController()
    await Promise.race([
      this.#following,
      // Aborted when the other one wins.
      delay(drainMs, undefined, { signal: late.signal }).catch(() => undefined),
    ])
    late.abort()
  }

  async #copy(source: Readable, onLine: FollowOptions['onLine']): Promise<void> {
    const file = createWriteStream(this.path, { flags: 'a' })
    const stdout = new PassThrough()
    const stderr = new PassThrough()
    this.#docker.modem.demuxStream(source, stdout, stderr)
    // The connection may break with the engine: what came until then is what there is.
    source.on('error', () => undefined)
    source.once('close', () => {
      stdout.end()
      stderr.end()
    })
    await Promise.all([copyLines(stdout, file, onLine), copyLines(stderr, file)])
    file.end()
    await once(file, 'close')
  }
}

async function copyLines(
  from: Readable,
  to: WriteStream,
  onLine?: (line: string) => boolean,
): Promise<void> {
  if (!onLine) return pipeline(from, to, { end: false })
  for await (const line of createInterface({ input: from })) {
    if (!onLine(line)) to.write(`${line}\n`)
  }
}
