/** One thing to mend: where in the scenario, what is wrong with which value, and what to do. */
export interface Problem {
  readonly path: string
  readonly message: string
  readonly hint: string
}
