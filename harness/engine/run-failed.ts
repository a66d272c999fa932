import { HarnessError, describeError, type EventBody } from '../core/index.ts'

/** Why a run could not go on, from what was thrown. */
export function runFailed(error: unknown): EventBody<'run.failed'> {
  const { code, hint } =
    error instanceof HarnessError ? error : { code: 'UNEXPECTED', hint: undefined }
  return { code, message: describeError(error), ...(hint === undefined ? {} : { hint }) }
}
