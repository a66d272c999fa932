import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { $ } from 'zx'
import { HarnessError } from '../../../core/index.ts'
import { makeOwnDirectory } from '../../processes/leftovers.ts'
import type { Docker } from '../engine.ts'

/** Raised when the content of the image changes for the same Node. */
const layout = 6
/** Of the C library, for native packages and for name resolution; beside what Node itself needs. */
const furtherLibraries = [
  'libresolv.so.2',
  'librt.so.1',
  'libutil.so.1',
  'libnss_dns.so.2',
  'libnss_files.so.2',
]
const certificates = '/etc/ssl/certs/ca-certificates.crt'

const accounts = {
  'etc/passwd': 'root:x:0:0:root:/root:/sbin/nologin\nnode:x:1000:1000:node:/tmp:/sbin/nologin\n',
  'etc/group': 'root:x:0:\nnode:x:1000:\n',
  'etc/nsswitch.conf': 'hosts: files dns\n',
}

/** The tag that the base has which is made from the Node that runs the harness. */
export function assembledTag(): string {
  // A build of Node is told by what it was made of and its size: reading all of it would take longer than all else before a start.
  const build = JSON.stringify([process.versions, process.config, statSync(process.execPath).size])
  const variant = createHash('sha256').update(build).digest('hex').slice(0, 12)
  return `aftershock/base:node${process.versions.node}-${process.arch}-${variant}-${layout}`
}

/** Makes a base image from the Node that runs the harness, with the libraries that it needs: no registry takes part. Linux only. */
export async function assembleBase(docker: Docker): Promise<string> {
  if (process.platform !== 'linux') {
    throw new HarnessError(
      'RUNTIME_UNAVAILABLE',
      'the Node of this machine is not one for Linux, so no base image can be made of it',
      {
        hint: 'let the engine reach a registry, or name an image that it has in AFTERSHOCK_BASE_IMAGE',
      },
    )
  }
  const tag = assembledTag()
  const root = makeOwnDirectory('build')
  try {
    await lay(root)
    await importRoot(docker, root, tag)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
  return tag
}

/** Links to the files: they are followed when they are packed. */
async function lay(root: string): Promise<void> {
  const place = (file: string, target = file) => {
    const path = join(root, target)
    mkdirSync(dirname(path), { recursive: true })
    symlinkSync(file, path)
  }
  place(process.execPath, 'usr/local/bin/node')
  for (const library of await librariesOf(process.execPath)) place(library)
  if (existsSync(certificates)) place(certificates)
  for (const directory of ['tmp', 'etc']) mkdirSync(join(root, directory), { recursive: true })
  // For everybody, as it is elsewhere; the umask may not have a say.
  chmodSync(join(root, 'tmp'), 0o1777)
  for (const [file, text] of Object.entries(accounts)) writeFileSync(join(root, file), text)
}

/** What ldd says that a program loads, the loader included, and the further parts of the C library that lie beside it. */
async function librariesOf(program: string): Promise<string[]> {
  const { stdout } = await $({ quiet: true })`ldd ${program}`
  const loaded = [...stdout.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map((match) => match[1] as string)
  const libc = loaded.find((file) => file.includes('/libc.so'))
  const beside = libc === undefined ? [] : furtherLibraries.map((name) => join(dirname(libc), name))
  return [...new Set([...loaded, ...beside.filter((file) => existsSync(file))])]
}

async function importRoot(docker: Docker, root: string, tag: string): Promise<void> {
  const tar = spawn(
    'tar',
    // A temporary directory is its maker's alone; with some storage drivers the root of the image takes its rights from it.
    [
      '--create',
      '--dereference',
      '--owner=0',
      '--group=0',
      '--mode=a+rX',
      // The same content is the same layer.
      '--sort=name',
      '--mtime=@0',
      '--directory',
      root,
      '.',
    ],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const ended = once(tar, 'exit')
  const [repo, version] = tag.split(':')
  const answer = await docker.importImage(tar.stdout, { repo, tag: version })
  // The import is done when the answer has ended.
  for await (const chunk of answer) void chunk
  const [code] = (await ended) as [number | null]
  if (code !== 0)
    throw new HarnessError(
      'CONTAINER_FAILED',
      `tar ended with exit code ${code} while the base image was packed`,
    )
}
