import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkSites } from '../../fabric/check-sites.ts'
import type { Runtime } from '../../engine/index.ts'
import { scratchPrefix } from '../processes/leftovers.ts'
import { Reaper } from './reaper-process.ts'

/**
 * Programs and images as containers, through Testcontainers, on networks of their own: there is no way out but the fabric. What talks to
 * the engine is loaded when a stack is started.
 */
export const containersRuntime: Runtime = {
  name: 'containers',
  checkSites,
  async start(stack, options) {
    const { runId } = options
    const run = { runId, scratch: join(tmpdir(), `${scratchPrefix}${runId}`) }
    const [reaper, { startStack }] = await Promise.all([
      Reaper.launch(run),
      import('./start-stack.ts'),
    ])
    return startStack(stack, options, run, reaper)
  },
}
