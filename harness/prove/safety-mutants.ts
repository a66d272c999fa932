import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { count, reasonsOf, type Fault, type Flow, type Scenario } from '../core/index.ts'
import { bare } from './bare.ts'
import type { RunMutant } from './run-mutant.ts'

const refuses = { name: 'mutant_refuses', type: 'status', attributes: { status: 503 } } as const
/** Of a step that goes on after its time. */
const tooLongMs = 5_000
/** Nobody waits longer for a step that is to be too long. */
const longestMs = 60_000

/** Mutants of the limits at which a run is to end, each without all else that could end it. */
export function safetyMutants(scenario: Scenario): RunMutant[] {
  const { maxBrokenCells, stepTimeoutMs } = scenario.safety ?? {}
  return [
    ...(maxBrokenCells === undefined ? [] : [everythingBreaks(scenario, maxBrokenCells)]),
    ...(stepTimeoutMs === undefined ? [] : [endlessStep(scenario, stepTimeoutMs)]),
  ]
}

/** With a flow that hangs meanwhile, for which the run would wait. */
function everythingBreaks(scenario: Scenario, maxBrokenCells: number): RunMutant {
  let struck = new AbortController()
  struck.abort()
  const hangs: Flow = {
    id: 'mutant-hangs',
    title: 'a flow that hangs',
    actors: scenario.actors.slice(0, 1).map(({ id }) => id),
    async run({ signal }) {
      const healed = struck.signal
      // Ended by the healing, or by the end of the flow's time.
      if (!healed.aborted) await once(AbortSignal.any([signal, healed]), 'abort')
    },
  }
  const to = scenario.stack.entry
  const fault = faultOf('everything is refused', async ({ links }, signal) => {
    await links.setToxic({ to }, refuses, signal)
    struck = new AbortController()
    return {
      on: [to],
      explain: ['refuses everything'],
      heal: async (healSignal) => {
        await links.removeToxic({ to }, refuses.name, healSignal)
        struck.abort()
      },
    }
  })
  return {
    hypothesis: `the run ends when more than ${count(maxBrokenCells, 'cell')} broke that ${maxBrokenCells === 1 ? 'was' : 'were'} not to`,
    on: 'everything is refused',
    isNoticed: (verdict) =>
      reasonsOf(verdict).some(({ message }) => message.includes('stopped, since')),
    scenario: {
      ...bare(scenario),
      flows: [...scenario.flows, hangs],
      steps: [fault],
      expect: { kind: 'holds' },
      safety: { maxBrokenCells },
    },
    advice: 'give maxBrokenCells a number below the number of cells',
  }
}

function endlessStep(scenario: Scenario, stepTimeoutMs: number): RunMutant {
  const isShort = stepTimeoutMs <= longestMs
  const fault = faultOf('it takes too long', async (_, signal) => {
    if (isShort) await sleep(stepTimeoutMs + tooLongMs, undefined, { signal })
    return { on: ['nothing'], explain: ['it took too long'], heal: async () => undefined }
  })
  return {
    hypothesis: `a step ends within ${stepTimeoutMs} ms`,
    on: isShort ? `a step that takes ${tooLongMs} ms more` : 'nothing, since nobody waits so long',
    isNoticed: (verdict) =>
      reasonsOf(verdict).some(
        ({ code, message }) => code === 'apply-failed' && message.includes('stepTimeoutMs'),
      ),
    scenario: {
      ...bare(scenario),
      steps: [fault],
      expect: { kind: 'holds' },
      safety: { stepTimeoutMs },
    },
    advice: `to have it proven, give stepTimeoutMs ${longestMs} or less`,
  }
}

function faultOf(title: string, inject: Fault['inject']): Fault {
  return {
    kind: 'fault',
    name: 'mutant',
    title,
    effects: [],
    summary: title,
    validate: () => [],
    inject,
  }
}
