import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { HarnessError, describeError, type Stack } from '../core/index.ts'
import type { ComposeFile } from './compose-file.ts'
import { composeHint, findComposeTool } from './compose-tool.ts'
import { translate, type HttpService } from './translate.ts'

const run = promisify(execFile)

export interface ComposeStackOptions {
  /** The service that users talk to; one of `http`. */
  readonly entry: string
  /** The services that speak HTTP, by name: they get front doors, and links for `http://<name>:<port>`. */
  readonly http: Readonly<Record<string, HttpService>>
  /** Modules (file URLs) whose exports made by `site()` are the external world. */
  readonly sites?: readonly string[]
  /** Profiles of the file whose services run as well. */
  readonly profiles?: readonly string[]
}

/**
 * The services of a docker compose file as a stack, for `--runtime containers`. The compose tool reads the file (variables, `extends`,
 * profiles); the containers are then started as those of any stack, sealed, and not by the tool. What of the file cannot be kept so is an
 * error that names it. Throws RUNTIME_UNAVAILABLE where there is no compose tool, INVALID_SCENARIO for what is wrong with the file.
 */
export async function composeStack(
  file: string | URL,
  options: ComposeStackOptions,
): Promise<Stack> {
  const path = file instanceof URL || file.startsWith('file:') ? fileURLToPath(file) : resolve(file)
  if (!existsSync(path)) throw invalid(path, ['there is no such file'])
  const { services, problems } = translate(await readCompose(path, options), dirname(path), options)
  if (problems.length > 0) throw invalid(path, problems)
  const { entry, sites = [] } = options
  return { name: basename(dirname(path)), entry, services, sites }
}

function invalid(path: string, problems: readonly string[]): HarnessError {
  const message = [`${path} cannot be taken as a stack:`, ...problems].join('\n  ')
  return new HarnessError('INVALID_SCENARIO', message)
}

/** As the tool understands it: one canonical form, whatever the file uses. */
async function readCompose(
  path: string,
  { profiles = [] }: ComposeStackOptions,
): Promise<ComposeFile> {
  const tool = await findComposeTool()
  if (!tool) {
    throw new HarnessError(
      'RUNTIME_UNAVAILABLE',
      `${path} needs the compose tool, and there is none`,
      { hint: composeHint },
    )
  }
  const [program, ...first] = tool.command
  const chosen = profiles.flatMap((profile) => ['--profile', profile])
  try {
    const { stdout } = await run(program, [...first, ...chosen, '--file', path, 'config'])
    const { parse } = await import('yaml')
    return unescape(parse(stdout)) as ComposeFile
  } catch (error) {
    const { stderr } = error as { readonly stderr?: string }
    throw invalid(path, [stderr?.trim() || describeError(error)])
  }
}

/** The tool writes a dollar twice, so that it could read its output again. */
function unescape(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('$$', '$')
  if (Array.isArray(value)) return value.map(unescape)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unescape(inner)]))
}
