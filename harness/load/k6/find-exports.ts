import { isBuiltin } from 'node:module'
import { isAbsolute } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'rolldown'
import { HarnessError } from '../../core/index.ts'

/** Where a value is exported: `read` is how it is got from the export, '' or '[3]'. */
export interface ExportPlace {
  readonly path: string
  readonly name: string
  readonly read: string
}

/**
 * Finds where flows and actors of a load test are exported, so that a script can import them from there, without the stack and all else that
 * the load test itself imports. `module` is the URL of the load test, which is loaded already: nothing is run by looking. Throws
 * INVALID_SCENARIO for what no module exports.
 */
export async function findExports(
  module: string,
  wanted: readonly { readonly id: string; readonly value: object }[],
): Promise<ExportPlace[]> {
  const paths = await modulesOf(fileURLToPath(module))
  const places = new Map<unknown, ExportPlace>()
  // Later ones win: an export of its own over a place in a list, other modules over the load test with all that it imports.
  for (const inList of [true, false]) {
    for (const path of paths) {
      const exported = (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>
      for (const [name, value] of Object.entries(exported)) {
        if (!inList) places.set(value, { path, name, read: '' })
        else if (Array.isArray(value)) {
          value.forEach((one, i) => places.set(one, { path, name, read: `[${i}]` }))
        }
      }
    }
  }
  const missing = wanted.filter(({ value }) => !places.has(value))
  if (missing.length > 0) {
    throw new HarnessError(
      'INVALID_SCENARIO',
      `no module exports ${missing.map(({ id }) => `'${id}'`).join(', ')}`,
      {
        hint: 'a script for k6 imports flows and actors from where they are made: export each, or a list of them, from a module of its own',
      },
    )
  }
  return wanted.map(({ value }) => places.get(value) as ExportPlace)
}

/** A module and the files that it imports, itself first, the others in the order of their names. Packages are left out. */
async function modulesOf(entry: string): Promise<string[]> {
  const paths = new Set<string>()
  await build({
    input: entry,
    platform: 'node',
    external: (id) => isBuiltin(id) || !/^[./]|^[A-Za-z]:[\\/]/.test(id),
    treeshake: false,
    write: false,
    logLevel: 'silent',
    plugins: [
      {
        name: 'aftershock:modules',
        transform: (_code, id) => {
          if (isAbsolute(id)) paths.add(id)
          return null
        },
      },
    ],
  })
  return [...paths].toSorted(
    (a, b) => Number(b === entry) - Number(a === entry) || (a < b ? -1 : 1),
  )
}
