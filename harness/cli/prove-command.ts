import { randomInt } from 'node:crypto'
import { exitCodes, type RuntimeName } from '../core/index.ts'
import { watchMainThread } from '../engine/index.ts'
import { prove, renderProof, standingOf, type Proof } from '../prove/index.ts'
import { chooseRuntime, needsContainers } from '../runtimes/choose-runtime.ts'
import {
  exitCodeOf,
  Interrupts,
  loadScenarios,
  scenarioFiles,
  selectScenarios,
  say,
  sayAside,
  warn,
} from '../session/index.ts'
import { endBlocked } from './faults.ts'
import { openHere } from './open-here.ts'
import { makeOwnDirectory } from '../runtimes/processes/leftovers.ts'

interface ProveCommandOptions {
  readonly runtime?: RuntimeName
  readonly seed?: number
  readonly json: boolean
}

/** `aftershock prove`: 0 when every flow and hypothesis notices a mutant, 1 when one notices none, 2 when one does not work by itself. */
export async function proveCommand(
  filter: readonly string[],
  options: ProveCommandOptions,
  argv: readonly string[],
): Promise<void> {
  const { scenarioFolders, runtime: usual = 'auto' } = await openHere()
  const { runtime: wanted = usual } = options
  const all = await loadScenarios(scenarioFiles(...scenarioFolders), filter, warn)
  const scenarios = selectScenarios(all, filter)
    // Unless they are named, as in `run`.
    .filter(({ scenario }) => filter.length > 0 || !needsContainers(scenario))
  using interrupts = new Interrupts()
  const flows = scenarios.flatMap(({ scenario }) => scenario.flows.map(({ id }) => id))
  using _watching = watchMainThread(flows, endBlocked)
  const { signal } = interrupts
  try {
    const proof = await prove(scenarios, {
      runtimeFor: async (scenario) => (await chooseRuntime(wanted, scenario)).runtime,
      seed: options.seed ?? randomInt(2 ** 32),
      args: argv,
      signal,
      makeDirectory: () => makeOwnDirectory('prove'),
      onProgress: (text) => {
        if (!options.json) sayAside(`  ${text}\n`)
      },
    })
    say(`${options.json ? JSON.stringify(proof) : renderProof(proof)}\n`)
    process.exitCode = exitCodeFor(proof)
  } catch (error) {
    if (!signal.aborted) throw error
    process.exitCode = exitCodeOf(String(signal.reason))
  }
}

function exitCodeFor({ flows, hypotheses }: Proof): number {
  const standings = [...flows, ...hypotheses].map(standingOf)
  if (standings.includes('unproven')) return exitCodes.fail
  return standings.length === 0 || standings.includes('sick')
    ? exitCodes.inconclusive
    : exitCodes.pass
}
