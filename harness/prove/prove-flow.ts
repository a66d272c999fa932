import { cellsOf, type Actor, type Exchange, type Flow } from '../core/index.ts'
import { defaultTimeoutMs, performFlow } from '../engine/index.ts'
import { judgedFlow, shownTally, type JudgedFlow } from './judged-run.ts'
import {
  disturbances,
  inForce,
  mutantNames,
  tooLate,
  type Disturbance,
  type MutantName,
} from './mutants.ts'
import { labelOf, partsOf, type Part } from './parts.ts'
import type { Attack, ProvenFlow } from './result.ts'
import type { Subject } from './subject.ts'

const runsToLearnFrom = 3
const takeBackMs = 5_000
/** Nobody waits longer to see that a flow does not. */
const longestMs = 10_000

/** A flow as each of its actors who asks something else than those before, under every mutant. */
export async function proveFlow(subject: Subject, flow: Flow): Promise<ProvenFlow[]> {
  const proven: ProvenFlow[] = []
  const known = new Set<string>()
  for (const actor of subject.actors.filter(({ id }) => flow.actors.includes(id))) {
    const performer = new Performer(subject, flow, actor)
    const cell = { scenario: subject.scenario.id, flow: flow.id, actor: actor.id }
    const parts = await performer.learn()
    if (typeof parts === 'string') {
      proven.push({ ...cell, sick: parts, mutants: {} })
      continue
    }
    const asked = parts.map(labelOf).join(' ')
    if (known.has(asked)) continue
    known.add(asked)
    subject.onProgress(`${flow.id} as ${actor.id}`)
    proven.push({ ...cell, ...(await performer.underMutants(parts)) })
  }
  return proven
}

class Performer {
  readonly #subject: Subject
  readonly #flow: Flow
  readonly #actor: Actor
  readonly #cells: number
  #iteration = 0

  constructor(subject: Subject, flow: Flow, actor: Actor) {
    this.#subject = subject
    this.#flow = flow
    this.#actor = actor
    this.#cells = cellsOf(subject.scenario).length
  }

  /** What it asks for, or why it does not work. */
  async learn(): Promise<Part[] | string> {
    const runs: (readonly Exchange[])[] = []
    while (runs.length < runsToLearnFrom) {
      const { ok, message = '', exchanges } = await this.#perform()
      if (!ok) return message
      runs.push(exchanges)
    }
    const doors = this.#subject.stack.services.map((s) => [s.name, s.frontDoor] as const)
    return partsOf(runs, doors)
  }

  async underMutants(parts: readonly Part[]): Promise<Pick<ProvenFlow, 'sick' | 'mutants'>> {
    const steady = await this.#judged('steady')
    if (steady.judgement !== 'holds') return { sick: shownTally(steady.tally), mutants: {} }
    const mutants: Partial<Record<MutantName, readonly Attack[]>> = {}
    for (const mutant of mutantNames) {
      const attacks: Attack[] = []
      for (const disturbance of disturbances(mutant, parts)) {
        attacks.push(await this.#attack(disturbance))
      }
      if (mutant === 'slow' && attacks.some(({ noticed }) => !noticed)) {
        attacks.splice(0, attacks.length, ...(await this.#lateness(attacks, parts)))
      }
      if (attacks.length > 0) mutants[mutant] = attacks
    }
    return { mutants }
  }

  /** A flow that is quick bears being 20 times slower: whether it notices that its time is over is another question. */
  async #lateness(quick: readonly Attack[], parts: readonly Part[]): Promise<Attack[]> {
    const { timeoutMs = defaultTimeoutMs } = this.#flow
    const advice = `this is still within the ${timeoutMs} ms that it waits: give the flow a timeoutMs if its users would not wait so long`
    const late: Attack[] = []
    for (const disturbance of timeoutMs > longestMs ? [] : tooLate(parts, timeoutMs)) {
      late.push(await this.#attack(disturbance))
    }
    return [...quick.map((one) => ({ ...one, advice })), ...late]
  }

  async #attack(disturbance: Disturbance): Promise<Attack> {
    const { stack, signal } = this.#subject
    const takeBack = await inForce(disturbance, stack, signal)
    try {
      const { judgement, tally } = await this.#judged('change')
      return { on: disturbance.on, noticed: judgement === 'broken', seen: shownTally(tally) }
    } finally {
      await takeBack(AbortSignal.timeout(takeBackMs))
    }
  }

  #judged(about: 'steady' | 'change'): Promise<JudgedFlow> {
    const { judgement: options, clock, signal } = this.#subject
    const perform = () => this.#perform()
    return judgedFlow({ perform, about, cells: this.#cells, options, clock, signal })
  }

  #perform() {
    const { clientFor, clock, seed, signal } = this.#subject
    const iteration = this.#iteration++
    return performFlow({
      flow: this.#flow,
      actor: this.#actor,
      clientFor,
      clock,
      seed: (seed + iteration) % 2 ** 32,
      iteration,
      signal,
    })
  }
}
