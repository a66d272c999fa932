import { relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { HarnessError } from '../../core/index.ts'

/** As rolldown gives them, all in one `errors`. */
interface BundleError {
  readonly message: string
  readonly code?: string
  /** File in which it is. */
  readonly id?: string
  /** File that lacks an export. */
  readonly exporter?: string
  /** Column from 0. */
  readonly loc?: { readonly line: number; readonly column: number }
}

const mostLines = 5

/** INVALID_SCENARIO of what the bundler could not do: a line each, with its place, in plain text. `own` is what flows get as 'aftershock'. */
export function bundleFault(error: unknown, own: string): HarnessError {
  const { errors = [error] } = error as { readonly errors?: readonly unknown[] }
  const all = [...new Set((errors as readonly BundleError[]).map((one) => lineOf(one, own)))]
  const lines = all.slice(0, mostLines)
  if (all.length > mostLines) lines.push(`and ${all.length - mostLines} more`)
  const isOurs = (errors as readonly BundleError[]).some(({ exporter }) => exporter === own)
  return new HarnessError(
    'INVALID_SCENARIO',
    `no script for k6 can be made of these flows:\n${lines.map((line) => `  ${line}`).join('\n')}`,
    {
      hint: isOurs
        ? 'put flows and actors into modules of their own, without the load test, the stack and all else that k6 does not have'
        : 'correct that; flows for k6, and what they import, use what the language itself has',
    },
  )
}

function lineOf({ message, id, loc, exporter }: BundleError, own: string): string {
  const [first = ''] = stripVTControlCharacters(message).split('\n')
  const [, name] = /"([^"]+)" is not exported by/.exec(first) ?? []
  const what =
    exporter === own && name !== undefined
      ? `imports '${name}' of 'aftershock', which is not there in k6`
      : first.replace(/^\[\w+\] ?/, '')
  if (id === undefined) return what
  const place = loc ? `:${loc.line}:${loc.column + 1}` : ''
  return `${relative(process.cwd(), id)}${place}: ${what}`
}
