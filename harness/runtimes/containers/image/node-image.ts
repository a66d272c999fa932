import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeOwnDirectory } from '../../processes/leftovers.ts'
import type { Docker } from '../engine.ts'
import { buildImage } from './build-image.ts'
import { bundle } from './bundle.ts'
import { copyPackages } from './copy-packages.ts'
import { dockerfileForNode } from './dockerfile.ts'
import { KnownImages } from './known-images.ts'

export interface NodeProgram {
  /** Last part of the image's name. */
  readonly name: string
  /** Absolute path of the program, and of what else is loaded by it at run time, by name; the program is 'main'. */
  readonly entries: Readonly<Record<string, string>>
  /** Packages with native code. */
  readonly packages: readonly string[]
  readonly urlOf?: (path: string) => string | undefined
  /** Puts further files into the folder, when the paths of all bundled modules are known; returns the paths that they came from. */
  readonly addFiles?: (folder: string, modules: readonly string[]) => string[]
}

/** The image of a Node program: one bundle on the base image. Built when it is not there yet. */
export async function nodeImage(
  docker: Docker,
  base: string,
  program: NodeProgram,
): Promise<string> {
  const known = new KnownImages()
  const key = [base, program.name, program.entries, program.packages, dockerfileForNode]
  const tag = known.find(key)
  // What was remembered may have been removed from the engine since, or built on a base that changed: the label tells neither, so the base counts by its id.
  if (tag !== undefined && (await isBuiltOn(docker, tag, base))) return tag
  const context = makeOwnDirectory('build')
  try {
    const app = join(context, 'app')
    mkdirSync(app)
    mkdirSync(join(context, 'data'))
    writeFileSync(join(context, 'Dockerfile'), dockerfileForNode)
    const inputs = await fill(app, program)
    const built = await buildImage(docker, {
      name: program.name,
      context,
      dockerfile: 'Dockerfile',
      base,
    })
    known.remember(key, built, inputs)
    return built
  } finally {
    rmSync(context, { recursive: true, force: true })
  }
}

async function fill(app: string, program: NodeProgram): Promise<string[]> {
  const { entries, packages, urlOf } = program
  const modules = await bundle({
    entries,
    outDir: app,
    external: packages,
    ...(urlOf ? { urlOf } : {}),
  })
  const manifests = copyPackages(packages, entries['main'] as string, app)
  const files = program.addFiles?.(app, modules) ?? []
  return [...modules, ...manifests, ...files]
}

async function isBuiltOn(docker: Docker, tag: string, base: string): Promise<boolean> {
  try {
    const [image, under] = await Promise.all([
      docker.getImage(tag).inspect(),
      docker.getImage(base).inspect(),
    ])
    return under.RootFS.Layers?.every((layer, i) => image.RootFS.Layers?.[i] === layer) ?? false
  } catch {
    // Not there: it is built, and what stands in the way then is told.
    return false
  }
}
