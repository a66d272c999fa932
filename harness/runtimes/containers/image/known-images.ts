import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** [path, size, time of modification in ms] */
type Stamp = readonly [path: string, size: number, mtimeMs: number]

interface Known {
  readonly tag: string
  readonly stamps: readonly Stamp[]
}

/**
 * Remembers which image was built from which files, so that nothing is bundled and hashed while none of them changed. What it holds can be
 * removed at any time: images are found by the hash of their content anyway.
 */
export class KnownImages {
  readonly #folder: string | undefined

  /** Where other tools keep their caches. Remembers nothing where there is no node_modules. */
  constructor(modules = resolve('node_modules')) {
    this.#folder = existsSync(modules)
      ? resolve(modules, '.cache', 'aftershock', 'images')
      : undefined
  }

  /** The tag for this key if every file is as it was. */
  find(key: unknown): string | undefined {
    const file = this.#fileOf(key)
    if (file === undefined || !existsSync(file)) return undefined
    const { tag, stamps } = JSON.parse(readFileSync(file, 'utf8')) as Known
    return stamps.every((stamp) => isSame(stamp, stampOf(stamp[0]))) ? tag : undefined
  }

  remember(key: unknown, tag: string, files: readonly string[]): void {
    const file = this.#fileOf(key)
    if (file === undefined) return
    const known: Known = { tag, stamps: files.flatMap((path) => stampOf(path) ?? []) }
    mkdirSync(dirname(file), { recursive: true })
    // Whole or not at all: other runs read it.
    const draft = `${file}.${process.pid}`
    writeFileSync(draft, JSON.stringify(known))
    renameSync(draft, file)
  }

  #fileOf(key: unknown): string | undefined {
    if (this.#folder === undefined) return undefined
    const name = createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 20)
    return resolve(this.#folder, `${name}.json`)
  }
}

function stampOf(path: string): [Stamp] | undefined {
  const found = statSync(path, { throwIfNoEntry: false })
  return found && [[path, found.size, found.mtimeMs]]
}

function isSame(before: Stamp, now: readonly Stamp[] | undefined): boolean {
  return now?.[0]?.[1] === before[1] && now[0][2] === before[2]
}
