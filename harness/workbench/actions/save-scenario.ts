import { existsSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { nothing, schemaOf, type Action } from '../action.ts'
import { unusable, type Bench } from '../bench.ts'
import { harmfulBeforeTheLast, loadToSave, scenarioText } from '../scenario-text.ts'

/** So often each cell is to have been tried since the last thing was done; more where a part of the traffic is spared. */
const samplesWanted = 3
const samplesWantedOfSome = 10
const longestWaitMs = 120_000

export const saveScenario: Action<'save-scenario'> = {
  takes: schemaOf(nothing),
  says: () => 'watching what fails, to write it down as a scenario',
  async run(bench) {
    if (bench.inForce().length === 0) {
      throw unusable('nothing is in force that a scenario could do: alter something first')
    }
    await untilSeen(bench)
    const harmful = harmfulBeforeTheLast(bench)
    if (harmful) {
      throw unusable(
        `'${harmful.step.title}' broke something, and other steps came after it: a scenario ends with the step that breaks something, so turn the others off, or put this one in force last, and save again`,
      )
    }
    const { file } = bench.options
    const { id, path } = freeName(bench.scenario.id, dirname(file))
    const text = scenarioText(bench, id, `./${basename(file)}`)
    writeFileSync(path, text, { flag: 'wx' })
    const load = loadToSave(bench)
    return {
      path: relative(process.cwd(), path),
      text,
      ...(load === undefined ? {} : { load: load.says }),
    }
  },
}

async function untilSeen({ experiment, options, recent }: Bench): Promise<void> {
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(longestWaitMs)])
  const isSpared = () => recent.failing().some(({ sometimes }) => sometimes)
  while (recent.least(experiment.cells) < (isSpared() ? samplesWantedOfSome : samplesWanted)) {
    if (signal.aborted) {
      throw unusable('not every cell was tried often enough to say what fails: wait a little')
    }
    await options.clock.sleep(100, signal)
  }
}

/** The first that is free; nothing is overwritten. */
function freeName(scenario: string, directory: string): { id: string; path: string } {
  for (let number = 1; ; number += 1) {
    const id = `${scenario}-by-hand${number === 1 ? '' : `-${number}`}`
    const path = join(directory, `${id}.scenario.ts`)
    if (!existsSync(path)) return { id, path }
  }
}
