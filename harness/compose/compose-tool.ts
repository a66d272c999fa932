import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)
const tools = [['docker', 'compose'], ['docker-compose']] as const

export interface ComposeTool {
  /** The program, and what comes before the arguments of a compose command. */
  readonly command: readonly [string, ...string[]]
  /** As it says itself, in a line. */
  readonly version: string
}

export const composeHint =
  'install docker-compose-plugin, docker-compose-v2 or docker-compose: stacks from docker compose files need it'

/** The first compose tool that works: the plugin of the docker command, or the program of old. */
export async function findComposeTool(): Promise<ComposeTool | undefined> {
  for (const command of tools) {
    const [program, ...args] = command
    const said = await run(program, [...args, 'version']).catch(() => undefined)
    if (said) return { command, version: said.stdout.trim().split('\n')[0] ?? '' }
  }
  return undefined
}
