import { existsSync, globSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { configNames } from './project.ts'

/**
 * Absolute paths of the files of a kind (`scenario`, `load`) below the folders, in order. Left out: node_modules, dist, hidden folders, and
 * folders with an `aftershock.config.ts` of their own: these are projects of their own, that commands are started in.
 */
export function filesBelow(kind: string, folders: readonly string[]): string[] {
  const files = folders.flatMap((folder) =>
    globSync(`**/*.${kind}.{ts,js,mts,mjs}`, {
      cwd: folder,
      exclude: (name) => name === 'node_modules' || name.startsWith('.') || name === 'dist',
    })
      .map((file) => resolve(folder, file))
      .filter((file) => !isOfInnerProject(file, resolve(folder))),
  )
  return [...new Set(files)].toSorted()
}

function isOfInnerProject(file: string, folder: string): boolean {
  for (let inner = dirname(file); inner !== folder; inner = dirname(inner)) {
    if (configNames.some((name) => existsSync(join(inner, name)))) return true
  }
  return false
}
