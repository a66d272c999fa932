import { cpSync, readdirSync, statSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { HarnessError } from '../../../core/index.ts'
import type { Docker } from '../engine.ts'
import { nodeImage } from './node-image.ts'

const filesDir = 'files'
/** Sites read pages and pictures; a folder beyond this is not theirs alone. */
const maxBytes = 64 * 2 ** 20

export interface FabricImage {
  readonly tag: string
  /** The sites as the fabric finds them in its image. */
  readonly sites: readonly string[]
}

/**
 * The image of the fabric with the modules of these sites. They find files beside them as they do outside: the folder that the project's own
 * modules have in common goes along, without node_modules and hidden files.
 */
export async function fabricImage(
  docker: Docker,
  base: string,
  sites: readonly string[],
): Promise<FabricImage> {
  const harness = fileURLToPath(new URL('../../../', import.meta.url))
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
  const isProjects = (path: string) =>
    !path.startsWith(harness) && !path.includes(`${sep}node_modules${sep}`)
  const tag = await nodeImage(docker, base, {
    name: 'fabric',
    entries: {
      main: join(harness, 'fabric', `main${extension}`),
      ...Object.fromEntries(sites.map((url, i) => [`site-${i}`, fileURLToPath(url)])),
    },
    packages: [],
    urlOf: (path) => (isProjects(path) ? `file:///app/${filesDir}${path}` : undefined),
    addFiles: (folder, modules) => copyFiles(modules.filter(isProjects), join(folder, filesDir)),
  })
  return { tag, sites: sites.map((_, i) => `file:///app/site-${i}.mjs`) }
}

function copyFiles(modules: readonly string[], target: string): string[] {
  if (modules.length === 0) return []
  const root = commonFolder(modules)
  const isOurs = (path: string) =>
    !/[/\\](node_modules|\.[^/\\]*)([/\\]|$)/.test(path.slice(root.length))
  const entries = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((name) => join(root, name))
    .filter(isOurs)
  const files = entries.filter((path) => statSync(path).isFile())
  const bytes = files.reduce((sum, path) => sum + statSync(path).size, 0)
  if (bytes > maxBytes) {
    throw new HarnessError(
      'START_FAILED',
      `${root} holds ${Math.round(bytes / 2 ** 20)} MiB, too much to go into the image of the fabric`,
      {
        hint: 'keep the modules of sites, what they import of the project, and the files that they read in a folder of their own',
      },
    )
  }
  cpSync(root, join(target, root), { recursive: true, filter: isOurs })
  // Folders as well: their time says that a file came or went.
  return [root, ...entries]
}

function commonFolder(paths: readonly string[]): string {
  let common = dirname(paths[0] as string)
  while (!paths.every((path) => path.startsWith(common + sep))) common = dirname(common)
  return common
}
