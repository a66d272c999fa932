import {
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
}

/** The actors, each with the headers that signing in gave it. One that cannot sign in goes on without: its cells then show it. */
export async function signIn(
  actors: readonly Actor[],
  clientFor: (headers: Readonly<Record<string, string>>, signal: AbortSignal) => HttpClient,
  { redactor, signal, onProgress }: SignInOptions,
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
        if (!isFlowFailure(error)) throw error
        onProgress(`${actor.title} could not sign in: ${describeError(error)}`)
        return actor
      }
    }),
  )
}
