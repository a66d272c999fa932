import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { scratchPrefix, scratchVariable } from '../runtimes/processes/leftovers.ts'
import { Supervised } from '../runtimes/processes/supervised.ts'

/**
 * A scratch directory for all that benches start and write: it is the temporary directory of this process and of its children, which are
 * known by a variable of their environment. Its supervisor outlives the bench, and ends and removes all of it, also after kill -9 (processes on
 * Linux only). Dispose it at the end.
 */
export async function ownScratch(): Promise<AsyncDisposable> {
  const scratch = join(tmpdir(), `${scratchPrefix}bench-${process.pid}`)
  const supervised = await Supervised.launch(scratch)
  process.env['TMPDIR'] = scratch
  process.env[scratchVariable] = scratch
  return supervised
}
