export interface Check {
  readonly name: string
  readonly ok: boolean
  /** Runs work without it. */
  readonly optional?: boolean
  readonly detail: string
  /** What to do when it is not ok. */
  readonly hint: string
}
