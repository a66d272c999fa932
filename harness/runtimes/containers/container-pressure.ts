import { HarnessError, type PressurePort, type Resources } from '../../core/index.ts'
import { writeContainerFile } from './container-files.ts'
import { isStatus, type Docker } from './engine.ts'

const periodUs = 100_000
const filler = '.aftershock-full'

interface Place {
  readonly docker: Docker
  readonly id: string
  readonly data: { readonly path: string | undefined; readonly roomMb: number | undefined }
}

/** Takes processor, memory and disk away from a container that runs, and gives them back. */
export class ContainerPressure implements PressurePort {
  readonly #place: Place
  readonly #now: () => { readonly id: string; readonly resources: Resources }

  constructor(place: Place, now: () => { readonly id: string; readonly resources: Resources }) {
    this.#place = place
    this.#now = now
  }

  async squeeze(to: Resources | undefined, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const { id, resources } = this.#now()
    const { cpus, memoryMb } = { ...resources, ...to }
    const memory = memoryMb === undefined ? undefined : memoryMb * 2 ** 20
    try {
      await this.#place.docker.getContainer(id).update({
        // What was made without a limit has no word for 'none' but by quota.
        ...(resources.cpus === undefined
          ? { CpuPeriod: periodUs, CpuQuota: cpus === undefined ? -1 : Math.round(cpus * periodUs) }
          : { NanoCpus: Math.round((cpus ?? resources.cpus) * 1e9) }),
        ...(memory === undefined ? {} : { Memory: memory, MemorySwap: memory }),
      })
    } catch (error) {
      // One that has ended gets its limits with its next start.
      if (to === undefined && isStatus(error, 409)) return
      throw new HarnessError(
        'REPLICA_FAILED',
        `the limits of ${this.#place.id} cannot be altered`,
        {
          cause: error,
          hint: 'a limit of memory below what it uses is refused by some engines: use a higher one',
        },
      )
    }
  }

  async fillDisk(isFull: boolean, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const { docker, data, id } = this.#place
    if (data.path === undefined || data.roomMb === undefined) {
      throw new HarnessError('REPLICA_FAILED', `the data directory of ${id} has no limit`, {
        hint: 'give the service dataMb in the stack',
      })
    }
    const write = (content: Buffer) =>
      writeContainerFile(docker, this.#now().id, `${data.path}/${filler}`, {
        mode: 0o600,
        uid: 0,
        gid: 0,
        content,
      })
    if (!isFull) return write(Buffer.alloc(0))
    try {
      // Into an empty one just as much fits, and no more.
      await write(Buffer.alloc(data.roomMb * 2 ** 20 + 1))
    } catch (error) {
      if (!/no space left/.test(textOf(error))) throw error
      return
    }
    throw new HarnessError('REPLICA_FAILED', `the data directory of ${id} cannot be filled`, {
      hint: `more fits into it than the ${data.roomMb} MiB that the stack says`,
    })
  }
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return `${error.message} ${error.cause === undefined ? '' : textOf(error.cause)}`
}
