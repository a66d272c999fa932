import {
  wait,
  type Fault,
  type Scenario,
  type StatusReading,
  type Step,
  type Toxic,
} from '../core/index.ts'
import { timesSlower } from './mutants.ts'
import { limitMutants } from './limit-mutants.ts'
import { promiseMutants } from './promise-mutants.ts'
import { safetyMutants } from './safety-mutants.ts'
import type { RunMutant } from './run-mutant.ts'

/** Mutants of what a scenario expects of the run as a whole. */
export function runMutants(scenario: Scenario): RunMutant[] {
  return [
    ...recovery(scenario),
    ...escapeRoute(scenario),
    ...honesty(scenario),
    ...promiseMutants(scenario),
    ...safetyMutants(scenario),
    ...limitMutants(scenario),
    ...underLoad(scenario),
    ...incidentUnderLoad(scenario),
  ]
}

function recovery(scenario: Scenario): RunMutant[] {
  if (!scenario.steps.some(({ kind }) => kind === 'change')) return []
  const steps = changed(scenario.steps, () => Promise.resolve())
  return [
    {
      hypothesis: 'everything is as before once undone',
      on: 'an undo that does nothing',
      scenario: { ...scenario, steps },
    },
  ]
}

/** Changes whose undo does something else. */
function changed(steps: readonly Step[], undo: () => Promise<void>): Step[] {
  return steps.map((step) =>
    step.kind === 'change'
      ? { ...step, apply: async (...given) => ({ ...(await step.apply(...given)), undo }) }
      : step,
  )
}

/** Under the change the configuration cannot be read any more. */
function escapeRoute(scenario: Scenario): RunMutant[] {
  if (scenario.expect.escapeRoute !== 'open') return []
  const steps = scenario.steps.map((step): Step => {
    if (step.kind !== 'change') return step
    return {
      ...step,
      apply: async (replica, signal) => {
        const applied = await step.apply(replica, signal)
        const { config } = replica
        if (!config) return applied
        const read = config.read.bind(config)
        config.read = () => Promise.reject(new Error('the way to the configuration is closed'))
        return {
          ...applied,
          undo: (undoSignal) => {
            config.read = read
            return applied.undo(undoSignal)
          },
        }
      },
    }
  })
  const hypothesis = 'the configuration can be reached under the change'
  return [
    { hypothesis, on: 'a configuration that cannot be read', scenario: { ...scenario, steps } },
  ]
}

/** A page that says the opposite of what the incident is known for. */
function honesty(scenario: Scenario): RunMutant[] {
  const { expect, statusPage } = scenario
  if (!statusPage || expect.kind !== 'reproduces' || expect.statusPageLies === undefined) return []
  const lies = expect.statusPageLies
  const read = (): Promise<StatusReading> =>
    Promise.resolve({ overall: lies ? 'outage' : 'operational', components: {} })
  return [
    {
      hypothesis: `the status page ${lies ? 'goes on saying that all is well' : 'admits the failure'}`,
      on: lies ? "a page that always says 'outage'" : "a page that always says 'operational'",
      scenario: { ...scenario, statusPage: { ...statusPage, read } },
    },
  ]
}

/** Only who measures under load sees that all is slower, as long as nobody waits for longer than a flow does. */
function underLoad(scenario: Scenario): RunMutant[] {
  if (!scenario.load || scenario.expect.kind !== 'holds') return []
  const to = scenario.stack.entry
  const toxic: Toxic = {
    type: 'delay',
    name: 'mutant',
    attributes: { factor: timesSlower },
  }
  const fault: Fault = {
    kind: 'fault',
    name: 'mutant-slow',
    title: `everything takes ${timesSlower} times as long`,
    effects: [],
    summary: `delays what is asked of ${to}`,
    validate: () => [],
    async inject({ links }, signal) {
      await links.setToxic({ to }, toxic, signal)
      return {
        on: [to],
        explain: [toxic.type],
        heal: async (healSignal) => {
          await links.removeToxic({ to }, 'mutant', healSignal)
        },
      }
    },
  }
  return [
    {
      hypothesis: 'nothing is slower under load',
      on: `everything ${timesSlower} times slower`,
      scenario: { ...scenario, steps: [...scenario.steps, fault] },
    },
  ]
}

/** An incident that is to show under load, and does nothing. */
function incidentUnderLoad(scenario: Scenario): RunMutant[] {
  const { expect } = scenario
  if (expect.kind !== 'reproduces' || !expect.underLoad?.length) return []
  return expect.underLoad.map((one) => ({
    hypothesis: `under load ${one.flows?.join(', ') ?? 'everything'}${one.actors ? ` as ${one.actors.join(', ')}` : ''} becomes ${one.becomes}`,
    on: 'an incident that does nothing',
    code: 'not-reproduced',
    scenario: {
      ...scenario,
      steps: [wait('mutant-nothing', 100)],
      expect: { kind: 'reproduces', broken: [], underLoad: [one] },
    },
  }))
}
