import { isAbsolute, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  HarnessError,
  type BuildSpec,
  type CommandSpec,
  type ServiceSpec,
} from '../../../core/index.ts'
import { hasImage, type Docker } from '../engine.ts'
import { pull } from './base-image.ts'
import { buildImage } from './build-image.ts'
import { nodeImage } from './node-image.ts'

/** The image of a service, whatever it is said to be made of. Returns its reference. */
export async function serviceImage(
  docker: Docker,
  base: string,
  { name, run }: Pick<ServiceSpec, 'name' | 'run'>,
): Promise<string> {
  if (run.kind === 'image') return imageOf(docker, base, name, run.image)
  return nodeImage(docker, base, {
    name,
    entries: { main: programOf(name, run) },
    packages: run.packages ?? [],
  })
}

/** An image by its reference, pulled when the engine does not have it, or by its Dockerfile. */
export async function imageOf(
  docker: Docker,
  base: string,
  name: string,
  image: string | BuildSpec,
): Promise<string> {
  if (typeof image !== 'string') {
    const { context, dockerfile = 'Dockerfile', buildArgs = {} } = image
    return buildImage(docker, { name, context: folderOf(context), dockerfile, base, buildArgs })
  }
  if (await hasImage(docker, image)) return image
  try {
    await pull(docker, image)
  } catch (error) {
    throw new HarnessError(
      'RUNTIME_UNAVAILABLE',
      `${name}: the engine does not have the image ${image}, and cannot pull it`,
      {
        cause: error,
        hint: `load it (docker load, docker pull), or have it built: image: { context: … }`,
      },
    )
  }
  return image
}

function programOf(name: string, { command, args, cwd }: CommandSpec): string {
  const [program] = args
  if (command !== 'node' || program === undefined || program.startsWith('-')) {
    throw new HarnessError(
      'RUNTIME_UNAVAILABLE',
      `${name} runs '${[command, ...args].join(' ')}', which cannot be put into an image by itself`,
      {
        hint: "only 'node' with a program as its first argument can; give the service an image: run: { kind: 'image', image: { context: … } }",
      },
    )
  }
  return resolve(cwd ?? process.cwd(), program)
}

function folderOf(context: string): string {
  if (context.startsWith('file:')) return fileURLToPath(context)
  if (isAbsolute(context)) return context
  throw new HarnessError('INVALID_SCENARIO', `the build context '${context}' is not absolute`, {
    hint: "use new URL('…', import.meta.url).href",
  })
}
