import { createHash } from 'node:crypto'
import { createReadStream, readdirSync, readlinkSync } from 'node:fs'
import { join, relative } from 'node:path'
import { GenericContainer } from 'testcontainers'
import { HarnessError } from '../../../core/index.ts'
import { hasImage, imageId, type Docker } from '../engine.ts'

export interface BuildRequest {
  /** Last part of the image's name. */
  readonly name: string
  readonly context: string
  readonly dockerfile: string
  readonly base: string
  readonly buildArgs?: Readonly<Record<string, string>>
}

/** Builds an image through Testcontainers, unless one of the same content is there. Returns its tag, which holds a hash of all that goes in. */
export async function buildImage(docker: Docker, request: BuildRequest): Promise<string> {
  const { name, context, dockerfile, base } = request
  const buildArgs = { ...request.buildArgs, BASE_IMAGE: base }
  const hash = createHash('sha256')
  hash.update(JSON.stringify([dockerfile, buildArgs, await imageId(docker, base)]))
  await hashFolder(hash, context)
  const tag = `aftershock/${name}:${hash.digest('hex').slice(0, 20)}`
  if (await hasImage(docker, tag)) return tag
  try {
    await GenericContainer.fromDockerfile(context, dockerfile)
      .withBuildArgs(buildArgs)
      .build(tag, { deleteOnExit: false })
  } catch (error) {
    throw new HarnessError('START_FAILED', `the image of ${name} could not be built`, {
      cause: error,
      hint: 'set DEBUG=testcontainers:build to see what the build says',
    })
  }
  return tag
}

/** Names and content of all files below, in order. */
async function hashFolder(hash: ReturnType<typeof createHash>, folder: string): Promise<void> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => !entry.isDirectory())
  const byPath = files.map((entry) => ({ entry, path: join(entry.parentPath, entry.name) }))
  for (const { entry, path } of byPath.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    hash.update(`\0${relative(folder, path)}\0`)
    if (entry.isSymbolicLink()) hash.update(readlinkSync(path))
    else for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  }
}
