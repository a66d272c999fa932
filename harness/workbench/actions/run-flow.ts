import { deriveSeed } from '../../core/index.ts'
import { performFlow } from '../../engine/index.ts'
import { schemaOf, text, type Action } from '../action.ts'
import { unusable } from '../bench.ts'

/** Far from the numbers of the traffic that goes on, so that content does not collide. */
const firstIteration = 1_000_000
let runs = 0

export const runFlow: Action<'run-flow'> = {
  takes: schemaOf({ flow: text, actor: text }),
  async run({ experiment, scenario, options }, cell) {
    const flow = scenario.flows.find(({ id }) => id === cell.flow)
    const actor = experiment.actors.find(({ id }) => id === cell.actor)
    if (!flow?.actors.includes(cell.actor) || !actor) {
      throw unusable(`there is no cell ${cell.flow} as ${cell.actor}`)
    }
    runs += 1
    const performed = await performFlow({
      flow,
      actor,
      clientFor: ({ headers }, signal) => experiment.connections.client(headers, signal),
      clock: options.clock,
      seed: deriveSeed(options.seed, `by hand ${runs}`),
      iteration: firstIteration + runs,
      signal: options.signal,
    })
    experiment.journal.emit('flow.performed', performed)
    return performed
  },
}
