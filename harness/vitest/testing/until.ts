import { setTimeout as delay } from 'node:timers/promises'

const everyMs = 50
const timeoutMs = 60_000

/** Asks until the answer is not undefined; throws at its deadline. */
export async function until<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + timeoutMs
  while (performance.now() < deadline) {
    const answer = await ask()
    if (answer !== undefined) return answer
    await delay(everyMs)
  }
  throw new Error(`${what} did not come within ${timeoutMs} ms`)
}
