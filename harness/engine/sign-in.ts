import {
  HarnessError,
  describeError,
  isFlowFailure,
  type Actor,
  type HttpClient,
  type Redactor,
} from '../core/index.ts'

const timeoutMs = 10_000

export interface SignInOptions {
  /** Learns every secret that the actors have before it is used. */
  readonly redactor: Redactor
  readonly signal: AbortSignal
  readonly onProgress: (text: string) => void
  /** Told of each that the system does not let in. */
  readonly onRefused?: (actor: Actor, why: string) => void
}

/**
 * The actors, each with the headers that signing in gave it. One that cannot sign in goes on without: its cells then show it. Throws
 * HarnessError START_FAILED for what an actor throws that is no FlowFailure.
 */
export async function signIn(
  actors: readonly Actor[],
  clientFor: (headers: Readonly<Record<string, string>>, signal: AbortSignal) => HttpClient,
  { redactor, signal, onProgress, onRefused }: SignInOptions,
): Promise<Actor[]> {
  return Promise.all(
    actors.map(async (actor) => {
      redactor.addHeaders(actor.headers)
      if (!actor.prepare) return actor
      const bounded = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
      try {
        const added = await actor.prepare(clientFor(actor.headers, bounded))
        redactor.addHeaders(added)
        return { ...actor, headers: { ...actor.headers, ...added } }
      } catch (error) {
        const why = `${actor.title} could not sign in: ${describeError(error)}`
        if (!isFlowFailure(error)) {
          // What was interrupted throws what it likes.
          if (error instanceof HarnessError || signal.aborted) throw error
          throw new HarnessError('START_FAILED', why, {
            hint: `let the 'prepare' of '${actor.id}' throw a FlowFailure where the system refuses it`,
          })
        }
        onProgress(why)
        onRefused?.(actor, why)
        return actor
      }
    }),
  )
}
