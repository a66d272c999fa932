import type {
  Actor,
  Flow,
  HttpClient,
  HttpRequest,
  HttpResponse,
  Toxic,
  WriteCheck,
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

/** Whether what is lost, there twice, there although it was refused, or not readable is found, for each kind of write. */
export async function proveWrites(
  subject: Subject,
  check: WriteCheck,
): Promise<ProvenHypothesis[]> {
  // What is written must not be the same twice, in different rounds either.
  let iteration = Math.round(subject.clock.now())
  const next = () => (iteration += 1)
  const flows = await writingFlows(subject, next)
  const round = async (between: Between, whileReading?: Toxic) => {
    const register = await written(subject, flows, next, between)
    return readBack(subject, check, register, whileReading)
  }
  const sound = await round((client) => client)
  const lossy = await round(forgetful())
  const double = await round(repeating)
  const refused = await round(refusing('stored'))
  const turnedAway = await round(refusing('not stored'))
  const closed = await round((client) => client, refuseReads)
  return [...sound].map(([kind, finding]) => {
    const about = { scenario: subject.scenario.id, hypothesis: `writes: ${kind}` }
    const { lost, duplicated, unread } = finding
    if (lost.count + duplicated.count + unread.count > 0)
      return { ...about, sick: `without a mutant: ${inWords(finding)}`, attacks: [] }
    const attacks: Attack[] = [
      attack('acknowledged and not stored', lossy.get(kind), (found) => found.lost.count, {
        advice: `let readBack look for a '${kind}' where users would, and give how often it is there`,
      }),
      attack('stored twice', double.get(kind), (found) => found.duplicated.count, {
        advice: `let readBack count each '${kind}' that has its id, where there is a place that shows all`,
      }),
      attack(
        'refused, and stored all the same',
        refused.get(kind),
        // Who finds it where it was not stored either does not look.
        (found) => (turnedAway.get(kind)?.phantom?.count ? 0 : (found.phantom?.count ?? 0)),
        {
          advice:
            (refused.get(kind)?.failed ?? 0) === 0
              ? `let the flow say failed() of a '${kind}' that is refused with 403`
              : `let readBack look for a '${kind}' by its id, since one that is refused has no reference`,
        },
      ),
      attack(
        'refused when it is read back',
        closed.get(kind),
        (found) => found.lost.count + found.unread.count,
        { advice: `let readBack ask the system for a '${kind}'` },
      ),
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

function attack(
  on: string,
  finding: WritesFinding | undefined,
  foundIn: (finding: WritesFinding) => number,
  todo: Pick<Attack, 'advice'>,
): Attack {
  if (!finding) return { on, noticed: false, seen: 'nothing was written' }
  return { on, noticed: foundIn(finding) > 0, seen: inWords(finding), ...todo }
}

function inWords({ lost, duplicated, phantom, unread }: WritesFinding): string {
  const refused = phantom?.count ? `, ${phantom.count} refused and there` : ''
  return `${lost.count} lost, ${duplicated.count} there twice${refused}, ${unread.count} not readable`
}

async function writingFlows(subject: Subject, next: () => number): Promise<Flow[]> {
  const found: Flow[] = []
  for (const flow of subject.scenario.flows) {
    const registers = await written(subject, [flow], next, (client) => client, 1)
    if (registers.size > 0) found.push(flow)
  }
  return found
}

/** By the kind of write. */
type Registers = ReadonlyMap<string, WriteRegister>

/** What each flow wrote as its first actor. */
async function written(
  subject: Subject,
  flows: readonly Flow[],
  next: () => number,
  between: Between,
  runs = runsPerFlow,
): Promise<Registers> {
  const { actors, clientFor, clock, seed, signal } = subject
  const registers = new Map<string, WriteRegister>()
  const registerOf = (kind: string) => {
    const register = registers.get(kind) ?? new WriteRegister(clock.now)
    registers.set(kind, register)
    return register
  }
  for (const flow of flows) {
    const actor = actors.find(({ id }) => flow.actors.includes(id))
    if (!actor) continue
    for (let i = 0; i < runs; i += 1) {
      signal.throwIfAborted()
      await performFlow({
        flow,
        actor,
        clientFor: (who, bounded) => between(clientFor(who, bounded)),
        clock,
        seed,
        iteration: next(),
        signal,
        writes: {
          invoked: (kind, id) =>
            registerOf(kind).of({ flow: flow.id, actor: actor.id }).invoked(kind, id),
        },
      })
    }
  }
  return registers
}

/** Each kind by itself: one that nobody looks for must not be found wanting by another. */
async function readBack(
  { actors, clientFor, clock, signal, stack, scenario }: Subject,
  check: WriteCheck,
  registers: Registers,
  whileReading: Toxic | undefined,
): Promise<ReadonlyMap<string, WritesFinding>> {
  const door = { to: scenario.stack.entry }
  const byId = new Map(actors.map((actor) => [actor.id, actor]))
  const client = (id: string, bounded: AbortSignal) => clientFor(byId.get(id) as Actor, bounded)
  if (whileReading) await stack.links.setToxic(door, whileReading, signal)
  try {
    const findings = new Map<string, WritesFinding>()
    for (const [kind, register] of registers) {
      findings.set(kind, await register.check(check, client, clock, signal))
    }
    return findings
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

const refusal = { errors: [{ code: 467, message: 'mutant: refused' }] }

/** Refuses each write, also one that is stored all the same. */
function refusing(what: 'stored' | 'not stored'): Between {
  const text = JSON.stringify(refusal)
  return (client) =>
    writesBy(client, async (asked) => {
      if (what === 'stored') await client.request(asked)
      const exchange = { method: asked.method, url: asked.path, requestHeaders: {} }
      return {
        status: 403,
        headers: { 'content-type': 'application/json' },
        bytes: Buffer.from(text),
        exchange: { ...exchange, status: 403, responseBody: text, traceId: '', durationMs: 0 },
        text: () => text,
        json: () => refusal,
      }
    })
}

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
