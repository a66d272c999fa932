import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { HarnessError } from '../../../core/index.ts'

interface Manifest {
  readonly version: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

/**
 * Copies installed packages with all that they depend on to `<outDir>/node_modules`, found from the file `from` as Node finds them. One of
 * another version than what is already there goes below the package that needs it. Optional dependencies go along where they are installed:
 * that is how packages bring their native parts. Returns the manifests read.
 */
export function copyPackages(names: readonly string[], from: string, outDir: string): string[] {
  const placed = new Map<string, string>()
  const manifests: string[] = []
  const place = (name: string, from: string, parent: string, isOptional: boolean): void => {
    const folder = findPackage(name, from)
    if (folder === undefined) {
      if (isOptional) return
      throw new HarnessError(
        'START_FAILED',
        `the package ${name} is not installed where ${from} could use it`,
        {
          hint: 'npm ci installs it; on another system than Linux its Linux build is needed: npm install --os=linux --cpu=…',
        },
      )
    }
    const file = join(folder, 'package.json')
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest
    const known = placed.get(name)
    if (known === manifest.version) return
    const target = join(known === undefined ? outDir : parent, 'node_modules', name)
    if (existsSync(target)) return
    if (known === undefined) placed.set(name, manifest.version)
    manifests.push(file)
    mkdirSync(dirname(target), { recursive: true })
    const nested = join(folder, 'node_modules')
    cpSync(folder, target, {
      recursive: true,
      dereference: true,
      filter: (source) => source !== nested,
    })
    for (const dependency of Object.keys(manifest.dependencies ?? {}))
      place(dependency, file, target, false)
    for (const dependency of Object.keys(manifest.optionalDependencies ?? {}))
      place(dependency, file, target, true)
  }
  for (const name of names) place(name, from, outDir, false)
  return manifests
}

function findPackage(name: string, from: string): string | undefined {
  for (let folder = dirname(from); ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name)
    if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate)
    if (folder === dirname(folder)) return undefined
  }
}
