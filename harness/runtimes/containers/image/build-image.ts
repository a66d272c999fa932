import { createHash } from 'node:crypto'
import { createReadStream, lstatSync, readFileSync, readdirSync, readlinkSync } from 'node:fs'
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
  const images = imagesNamedIn(readFileSync(join(context, dockerfile), 'utf8'), buildArgs)
  const ids = await Promise.all([base, ...images].map((image) => imageId(docker, image)))
  hash.update(JSON.stringify([dockerfile, buildArgs, images, ids]))
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

/** What a Dockerfile is built on and copies from: images, and stages of its own, which no engine has. */
export function imagesNamedIn(
  dockerfile: string,
  buildArgs: Readonly<Record<string, string>>,
): string[] {
  const defaults = dockerfile.matchAll(/^\s*ARG\s+(\w+)=(\S+)/gim)
  const values = new Map([...defaults].map(([, key = '', value = '']) => [key, value]))
  for (const [key, value] of Object.entries(buildArgs)) values.set(key, value)
  const named = dockerfile.matchAll(/^\s*FROM\s+(?:--\S+\s+)*(\S+)|--from=(\S+)/gim)
  return [...named].map(([, from, copied]) =>
    (from ?? copied ?? '').replaceAll(
      /\$\{?(\w+)\}?/g,
      (text, name: string) => values.get(name) ?? text,
    ),
  )
}

/** Names, rights and content of all files below, in order. */
async function hashFolder(hash: ReturnType<typeof createHash>, folder: string): Promise<void> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => !entry.isDirectory())
  const byPath = files.map((entry) => ({ entry, path: join(entry.parentPath, entry.name) }))
  for (const { entry, path } of byPath.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    hash.update(`\0${relative(folder, path)}\0${(lstatSync(path).mode & 0o777).toString(8)}\0`)
    if (entry.isSymbolicLink()) hash.update(readlinkSync(path))
    else for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  }
}
