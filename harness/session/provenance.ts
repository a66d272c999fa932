import { readFileSync } from 'node:fs'
import { $ } from 'zx'
import type { ExperimentOptions } from '../engine/index.ts'

const gitTimeout = '3s'

type Provenance = ExperimentOptions['provenance']

/** Version of this package. */
export function packageVersion(): string {
  // As source, package.json is one level up; as built, it lies beside dist's folders: one level up too.
  const file = new URL('../package.json', import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}

/** Where a run came from: program versions, and the state of the git checkout that it was started in, if any. */
export async function findProvenance(
  args: readonly string[],
): Promise<Omit<Provenance, 'startedAt'>> {
  const git = await gitState()
  return {
    args,
    versions: {
      aftershock: packageVersion(),
      node: process.versions.node,
      platform: `${process.platform}-${process.arch}`,
    },
    ...(git ? { git } : {}),
  }
}

async function gitState(): Promise<Provenance['git']> {
  // Without a standard input: a shell that gets a socket there takes itself for a remote one, and reads the user's start files.
  const quiet = $({
    nothrow: true,
    quiet: true,
    timeout: gitTimeout,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [head, status] = await Promise.all([
    quiet`git rev-parse HEAD`,
    quiet`git status --porcelain`,
  ])
  if (head.exitCode !== 0 || status.exitCode !== 0) return undefined
  return { head: head.stdout.trim(), dirty: status.stdout.trim() !== '' }
}
