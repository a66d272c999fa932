import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

/**
 * Lets Node programs keep compiled code between runs, where other tools keep their caches: they then start in about 60 % of the time.
 * Nothing where there is no node_modules.
 */
export function compileCache(): { NODE_COMPILE_CACHE?: string } {
  const modules = resolve('node_modules')
  if (!existsSync(modules)) return {}
  return { NODE_COMPILE_CACHE: resolve(modules, '.cache', 'aftershock', 'compile') }
}
