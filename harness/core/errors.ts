/** Stable codes of what can go wrong in the harness itself. A code is never renamed. */
export type HarnessErrorCode =
  | 'INVALID_SCENARIO'
  | 'INVALID_CONFIG'
  | 'USAGE'
  | 'START_FAILED'
  | 'REPLICA_EXITED'
  | 'REPLICA_FAILED'
  | 'CONFIG_UNREACHABLE'
  | 'CONFIG_REFUSED'
  | 'CONFIG_CONFLICT'
  | 'CONFIG_NOT_CONFIRMED'
  | 'UNDO_FAILED'
  | 'FABRIC_FAILED'
  | 'RUNTIME_UNAVAILABLE'
  | 'CONTAINER_FAILED'
  | 'JOURNAL_UNREADABLE'
  | 'LOAD_FAILED'
  | 'FLOW_BLOCKED'
  | 'VIEWER_MISSING'
  | 'ABORTED'

/**
 * A fault of the harness or of its input, never an outcome of the system under test.
 * `message` says what failed with which values, `hint` what to do now.
 */
export class HarnessError extends Error {
  readonly code: HarnessErrorCode
  readonly hint: string | undefined

  constructor(
    code: HarnessErrorCode,
    message: string,
    options: { cause?: unknown; hint?: string } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.name = 'HarnessError'
    this.code = code
    this.hint = options.hint
  }
}

/** The message of anything that was thrown, its causes included, in one line. */
export function describeError(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return [error.message, ...error.errors.map(describeError)].filter(Boolean).join('; ')
  }
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined ? '' : describeError(error.cause)
  // Some say themselves what their cause says.
  return cause === '' || error.message.endsWith(cause)
    ? error.message
    : `${error.message} (${cause})`
}
