import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { mkdir, open, rename, writeFile, type FileHandle } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'

/** Bytes inside a volume: a file that holds one or many images, as photo stores keep small ones. */
export interface BlobLocation {
  /** Path below the prefix. */
  volume: string
  offset: number
  length: number
}

export const CURRENT_PREFIX = 'objects'

export class BlobStore {
  readonly #dataDir: string

  constructor(dataDir: string) {
    this.#dataDir = dataDir
  }

  /** Each file by its path, with the digest of its bytes. */
  get contents(): unknown {
    return readdirSync(this.#dataDir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/\.db(-wal|-shm)?$/.test(entry.name))
      .map(({ parentPath, name }) => join(parentPath, name))
      .toSorted()
      .map((path) => [
        relative(this.#dataDir, path),
        createHash('sha256').update(readFileSync(path)).digest('hex'),
      ])
  }

  /** Undefined when there is no such content under the prefix. */
  async read(prefix: string, location: BlobLocation): Promise<Buffer | undefined> {
    const file = await openIfThere(join(this.#dataDir, prefix, location.volume))
    if (file === undefined) return undefined
    try {
      const bytes = Buffer.alloc(location.length)
      const { bytesRead } = await file.read(bytes, 0, location.length, location.offset)
      return bytesRead === location.length ? bytes : undefined
    } finally {
      await file.close()
    }
  }

  /** Written aside and renamed: a reader sees all of a volume or none of it. */
  async write(prefix: string, volume: string, bytes: Buffer): Promise<void> {
    const path = join(this.#dataDir, prefix, volume)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(`${path}.part`, bytes)
    await rename(`${path}.part`, path)
  }

  /** For the seed, which runs inside a database transaction. */
  writeSync(prefix: string, volume: string, bytes: Buffer): void {
    const path = join(this.#dataDir, prefix, volume)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(`${path}.part`, bytes)
    renameSync(`${path}.part`, path)
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r')
  } catch (error) {
    // ENOTDIR: a part of the prefix names a file.
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw error
  }
}
