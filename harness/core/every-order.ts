import { count } from './count.ts'
import { undo } from './schedule.ts'
import type { Change, Fault, Step } from './scenario.ts'
import type { Stack } from './stack.ts'

/** Of six there are 384 transitions, each of which is watched: longer than anybody waits. */
const mostInOrder = 5

/**
 * Changes of different services in every order, there and back. What a system is like between two releases is told by who has the new one:
 * a set of the changes. Each order, each prefix of it, and each order of undoing that prefix is a way through these sets, so each change is
 * applied to every set without it, and undone from every set with it: n · 2^n transitions, each taken and watched once (8, 24, 64 and 160
 * for two to five). They are taken in n rounds, from nothing in force back to that. A round that breaks something is left, named in the
 * verdict, and the next one begins: what was still to come in it is in no other round, and is not tried.
 */
export function everyOrder(...steps: readonly (Change | Fault)[]): Step[] {
  const problems = orderProblems(steps)
  // A list that is refused still needs steps to tell of it.
  const rounds = steps.length > mostInOrder ? [steps.map((_, i) => i)] : roundsOf(steps.length)
  return rounds
    .flatMap((toggled, round) => stepsOf(steps, toggled, round))
    .map((step, i) => ({
      ...step,
      validate: (stack: Stack) => [...(i === 0 ? problems : []), ...step.validate(stack)],
    }))
}

function orderProblems(steps: readonly (Change | Fault)[]): string[] {
  const services = steps.flatMap((step) => (step.kind === 'change' ? [step.service] : []))
  const given = `everyOrder() is given ${count(steps.length, 'step')}`
  return [
    ...(steps.length >= 2 ? [] : [`${given}: give it 2 to ${mostInOrder}`]),
    ...(steps.length <= mostInOrder
      ? []
      : [
          `${given}, which are ${transitionsOf(steps.length)} transitions: give it 2 to ${mostInOrder}, which are ${transitionsOf(mostInOrder)}`,
        ]),
    // Undone out of turn, each would put back a configuration that has the other's change, or has not.
    ...(new Set(services).size === services.length
      ? []
      : ['everyOrder() is given two changes of one service: they can be undone in one order only']),
  ]
}

function transitionsOf(changes: number): number {
  return changes * 2 ** changes
}

/** A round as steps: each number is a change that is applied, or undone where it is in force. */
function stepsOf(
  steps: readonly (Change | Fault)[],
  toggled: readonly number[],
  round: number,
): Step[] {
  const order = `round ${round + 1}`
  const inForce = new Map<number, string>()
  const times = new Map<string, number>()
  return toggled.map((i): Step => {
    const step = steps[i] as Change | Fault
    const applied = inForce.get(i)
    const name = `order-${round + 1}-${applied === undefined ? '' : 'undo-'}${step.name}`
    const nth = (times.get(name) ?? 0) + 1
    times.set(name, nth)
    const own = { name: nth === 1 ? name : `${name}-${nth}`, order }
    const others = [...inForce.keys()].filter((j) => j !== i).map((j) => steps[j]?.name ?? '')
    const over = others.length === 0 ? '' : `, with ${others.join(' and ')} in force`
    if (applied === undefined) {
      inForce.set(i, own.name)
      return { ...step, ...own, title: `${step.title}${over}` }
    }
    inForce.delete(i)
    return { ...undo(step.name), ...own, title: `undo '${step.name}'${over}`, step: applied }
  })
}

/**
 * Closed walks from the empty set over the directed graph of all subsets of n changes (an edge for each change that is applied or undone)
 * which together take each edge once. The first part of a walk applies all in one order and undoes them in the same; what that leaves over
 * are cycles, which are put into the walks by turns. That they are follows as in Hierholzer's algorithm: at each set as many edges begin as
 * end.
 */
function roundsOf(n: number): number[][] {
  const all = Array.from({ length: n }, (_, i) => i)
  const unused = new Map(Array.from({ length: 2 ** n }, (_, set) => [set, new Set(all)] as const))
  const take = (set: number, i: number) => {
    unused.get(set)?.delete(i)
    return set ^ (1 << i)
  }
  const rounds = all.map((first) => {
    const order = all.map((i) => (first + i) % n)
    return [...order, ...order]
  })
  for (const round of rounds) round.reduce(take, 0)
  for (let turn = 0, idle = 0; idle < n; turn += 1) {
    const isLonger = lengthen(rounds[turn % n] ?? [], unused, take)
    idle = isLonger ? 0 : idle + 1
  }
  return rounds
}

/** Puts one cycle of unused edges into the round; false when none begins at any set on its way. */
function lengthen(
  round: number[],
  unused: ReadonlyMap<number, ReadonlySet<number>>,
  take: (set: number, i: number) => number,
): boolean {
  let from = 0
  for (const [place, i] of round.entries()) {
    if ((unused.get(from)?.size ?? 0) > 0) {
      const cycle: number[] = []
      let set = from
      do {
        const [next = 0] = unused.get(set) ?? []
        cycle.push(next)
        set = take(set, next)
      } while (set !== from)
      round.splice(place, 0, ...cycle)
      return true
    }
    from ^= 1 << i
  }
  return false
}
