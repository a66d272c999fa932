/** What a handler meets when nobody waits for its answer any more: the client has left, or the variant was taken back. No fault of the handler. */
export class LetGo extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'LetGo'
  }
}

/** Whether that is what was thrown, or what lies behind it. */
export function isLetGo(error: unknown): boolean {
  return error instanceof LetGo || (error instanceof Error && isLetGo(error.cause))
}
