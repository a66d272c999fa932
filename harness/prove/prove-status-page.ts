import {
  describeError,
  type Exchange,
  type HttpClient,
  type HttpRequest,
  type StatusPageProbe,
} from '../core/index.ts'
import { disturbances, inForce, type MutantName } from './mutants.ts'
import { partsOf } from './parts.ts'
import type { Attack, ProvenHypothesis } from './result.ts'
import type { Subject } from './subject.ts'

const readTimeoutMs = 5_000
const tried: readonly MutantName[] = ['467', 'wrong', 'missing']

/** Whether the reader of the status page takes an answer that is none for 'operational'. */
export async function proveStatusPage(
  subject: Subject,
  page: StatusPageProbe,
): Promise<ProvenHypothesis> {
  const { scenario, stack, signal } = subject
  const about = { scenario: scenario.id, hypothesis: `status page: ${page.title}` }
  const exchanges: Exchange[] = []
  const now = await read(subject, page, exchanges)
  if (now !== 'operational') {
    return { ...about, sick: `it said '${now}' when all was well`, attacks: [] }
  }
  const doors = stack.services.map((s) => [s.name, s.frontDoor] as const)
  const attacks: Attack[] = []
  for (const disturbance of tried.flatMap((name) =>
    disturbances(name, partsOf([exchanges], doors)),
  )) {
    const takeBack = await inForce(disturbance, stack, signal)
    try {
      const seen = await read(subject, page, [])
      attacks.push({ on: disturbance.on, noticed: seen !== 'operational', seen })
    } finally {
      await takeBack(AbortSignal.timeout(readTimeoutMs))
    }
  }
  return { ...about, attacks }
}

/** What the page says, or why it could not be read. */
async function read(
  { clientFor, signal }: Subject,
  page: StatusPageProbe,
  exchanges: Exchange[],
): Promise<string> {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(readTimeoutMs)])
  const reader = { id: 'status-page', title: 'status page', headers: {} }
  try {
    return (await page.read(listening(clientFor(reader, bounded), exchanges))).overall
  } catch (error) {
    signal.throwIfAborted()
    return describeError(error)
  }
}

function listening(client: HttpClient, exchanges: Exchange[]): HttpClient {
  const request = async (asked: HttpRequest) => {
    const answer = await client.request(asked)
    exchanges.push(answer.exchange)
    return answer
  }
  return {
    request,
    get: (path, options = {}) => request({ ...options, method: 'GET', path }),
    post: (path, body, options = {}) => request({ ...options, method: 'POST', path, body }),
  }
}
