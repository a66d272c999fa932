import { basename, dirname } from 'node:path/posix'
import { HarnessError } from '../../core/index.ts'
import { isStatus, type Docker } from './engine.ts'
import { packFile, unpackFile, type TarFile } from './file-tar.ts'

/** A regular file of a container, running or not. Undefined when there is none at the path. */
export async function readContainerFile(
  docker: Docker,
  containerId: string,
  path: string,
): Promise<TarFile | undefined> {
  let archive: Buffer
  try {
    const stream = await docker.getContainer(containerId).getArchive({ path })
    archive = Buffer.concat(await chunksOf(stream))
  } catch (error) {
    if (isStatus(error, 404)) return undefined
    throw new HarnessError('CONTAINER_FAILED', `${path} cannot be read`, { cause: error })
  }
  const file = unpackFile(archive)
  if (file) return file
  throw new HarnessError('CONTAINER_FAILED', `${path} is no regular file`, {
    hint: 'name the file itself: folders and symbolic links are not followed',
  })
}

/** Puts a file that everybody may read into a container that has not started, with the folders that it needs. */
export async function addContainerFile(
  docker: Docker,
  containerId: string,
  path: string,
  text: string,
): Promise<void> {
  try {
    const content = Buffer.from(text)
    // Named by its whole path, it brings its folders along.
    const archive = packFile({ name: path.slice(1), mode: 0o644, uid: 0, gid: 0, content })
    await docker.getContainer(containerId).putArchive(archive, { path: '/' })
  } catch (error) {
    throw new HarnessError('START_FAILED', `${path} cannot be put into the container`, {
      cause: error,
      hint: 'with readOnly files can only be part of the image',
    })
  }
}

/** Writes a file with this owner and mode. The folder must exist. */
export async function writeContainerFile(
  docker: Docker,
  containerId: string,
  path: string,
  file: Omit<TarFile, 'name'>,
): Promise<void> {
  try {
    const archive = packFile({ ...file, name: basename(path) })
    await docker.getContainer(containerId).putArchive(archive, { path: dirname(path) })
  } catch (error) {
    throw new HarnessError('CONTAINER_FAILED', `${path} cannot be written`, {
      cause: error,
      hint: 'where the root file system is read only, only volumes can be written to',
    })
  }
}

async function chunksOf(stream: NodeJS.ReadableStream): Promise<Buffer[]> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return chunks
}
