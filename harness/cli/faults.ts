import { CommanderError } from 'commander'
import { HarnessError, describeError, exitCodes, type HarnessErrorCode } from '../core/index.ts'
import { sayAside, warn } from '../session/say.ts'

const usageCodes: readonly HarnessErrorCode[] = [
  'INVALID_SCENARIO',
  'INVALID_CONFIG',
  'USAGE',
  'JOURNAL_UNREADABLE',
]

/** Says on stderr what went wrong and what to do; returns the exit code. */
export function reportFault(error: unknown): number {
  if (error instanceof CommanderError) {
    // Commander has said it itself. Help and version are no errors.
    return error.exitCode === 0 ? exitCodes.pass : exitCodes.usage
  }
  if (error instanceof HarnessError) {
    warn(describeError(error))
    if (error.hint) sayAside(`  ${error.hint}\n`)
    return usageCodes.includes(error.code) ? exitCodes.usage : exitCodes.harness
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  warn(`an unexpected fault of the harness itself\n${text}`)
  return exitCodes.harness
}

/** Nothing of this process can be relied on any more. Its code says that it is a fault of the harness, or of what it was given. */
export function endBlocked(error: unknown): never {
  process.exit(reportFault(error))
}
