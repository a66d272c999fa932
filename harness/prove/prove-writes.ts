import type {
  Actor,
  Flow,
  HttpClient,
  HttpRequest,
  HttpResponse,
  Toxic,
  WriteCheck,
  WriteRecord,
  WritesFinding,
} from '../core/index.ts'
import { performFlow, WriteRegister } from '../engine/index.ts'
import type { Attack, ProvenHypothesis } from './result.ts'
import type { Subject } from './subject.ts'

/** Puts something between a flow and the system. */
type Between = (client: HttpClient) => HttpClient

/** Enough for each write after the first to be lost. */
const runsPerFlow = 3
const takeBackMs = 5_000

/** Whether what is lost, there twice, or not readable is found, by the kind of write. */
export async function proveWrites(
  subject: Subject,
  check: WriteCheck,
): Promise<ProvenHypothesis[]> {
  const flows = await writingFlows(subject)
  const round = async (between: Between, whileReading?: Toxic) => {
    const register = await written(subject, flows, between)
    return { register, finding: await readBack(subject, check, register, whileReading) }
  }
  const sound = await round((client) => client)
  const lossy = await round(forgetful())
  const double = await round(repeating)
  const closed = await round((client) => client, refuseReads)
  const { lost, duplicated, unread } = sound.finding
  const wrong = lost.count + duplicated.count + unread.count
  return [...new Set(sound.register.records.map(({ kind }) => kind))].map((kind) => {
    const about = { scenario: subject.scenario.id, hypothesis: `writes: ${kind}` }
    if (wrong > 0)
      return { ...about, sick: `without a mutant: ${inWords(sound.finding)}`, attacks: [] }
    const attacks: Attack[] = [
      attack('acknowledged and not stored', numberOf(kind, lossy.finding.lost.first), 'lost'),
      attack('stored twice', numberOf(kind, double.finding.duplicated.first), 'there twice'),
      {
        on: 'refused when it is read back',
        noticed: closed.finding.lost.count + closed.finding.unread.count > 0,
        seen: inWords(closed.finding),
      },
    ]
    return { ...about, attacks }
  })
}

const refuseReads: Toxic = {
  name: 'mutant_reads',
  type: 'status',
  attributes: { status: 403 },
  match: { method: 'GET' },
}

function attack(on: string, found: number, word: string): Attack {
  return { on, noticed: found > 0, seen: `${found} ${word}` }
}

function numberOf(kind: string, records: readonly WriteRecord[]): number {
  return records.filter((record) => record.kind === kind).length
}

function inWords({ lost, duplicated, unread }: WritesFinding): string {
  return `${lost.count} lost, ${duplicated.count} there twice, ${unread.count} not readable`
}

async function writingFlows(subject: Subject): Promise<Flow[]> {
  const found: Flow[] = []
  for (const flow of subject.scenario.flows) {
    const register = await written(subject, [flow], (client) => client, 1)
    if (register.records.length > 0) found.push(flow)
  }
  return found
}

/** What each flow wrote as its first actor. */
async function written(
  subject: Subject,
  flows: readonly Flow[],
  between: Between,
  runs = runsPerFlow,
): Promise<WriteRegister> {
  const { actors, clientFor, clock, seed, signal } = subject
  const register = new WriteRegister(clock.now)
  // What is written must not be the same twice, in different rounds either.
  let iteration = Math.round(clock.now())
  for (const flow of flows) {
    const actor = actors.find(({ id }) => flow.actors.includes(id))
    if (!actor) continue
    for (let i = 0; i < runs; i += 1) {
      signal.throwIfAborted()
      iteration += 1
      await performFlow({
        flow,
        actor,
        clientFor: (who, bounded) => between(clientFor(who, bounded)),
        clock,
        seed,
        iteration,
        signal,
        writes: register.of({ flow: flow.id, actor: actor.id }),
      })
    }
  }
  return register
}

async function readBack(
  { actors, clientFor, clock, signal, stack, scenario }: Subject,
  check: WriteCheck,
  register: WriteRegister,
  whileReading: Toxic | undefined,
): Promise<WritesFinding> {
  const door = { to: scenario.stack.entry }
  const byId = new Map(actors.map((actor) => [actor.id, actor]))
  if (whileReading) await stack.links.setToxic(door, whileReading, signal)
  try {
    return await register.check(
      check,
      (id, bounded) => clientFor(byId.get(id) as Actor, bounded),
      clock,
      signal,
    )
  } finally {
    if (whileReading) {
      const { name = '' } = whileReading
      await stack.links.removeToxic(door, name, AbortSignal.timeout(takeBackMs))
    }
  }
}

/** Acknowledges a write by the answer to an earlier one, and stores nothing. */
function forgetful(): Between {
  const answers = new Map<string, HttpResponse>()
  return (client) =>
    writesBy(client, async (asked) => {
      const known = answers.get(asked.path)
      if (known) return known
      const answer = await client.request(asked)
      answers.set(asked.path, answer)
      return answer
    })
}

/** Sends each write twice, as a proxy does that tries again what it must not. */
const repeating: Between = (client) =>
  writesBy(client, async (asked) => {
    await client.request(asked)
    return client.request(asked)
  })

function writesBy(
  client: HttpClient,
  write: (asked: HttpRequest) => Promise<HttpResponse>,
): HttpClient {
  const request = (asked: HttpRequest) =>
    asked.method === 'GET' || asked.method === 'HEAD' ? client.request(asked) : write(asked)
  return {
    request,
    get: (path, options = {}) => request({ ...options, method: 'GET', path }),
    post: (path, body, options = {}) => request({ ...options, method: 'POST', path, body }),
  }
}
