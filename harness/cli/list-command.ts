import { relative } from 'node:path'
import { cellsOf } from '../core/index.ts'
import { invalid, loadAll, scenarioFiles, type FoundScenario, say } from '../session/index.ts'
import { renderList } from './list-text.ts'
import { renderOptionsFor } from './screen.ts'
import { openHere } from './open-here.ts'

/** `aftershock list`: what is in order, and an error that tells of the others. */
export async function listCommand({ json }: { readonly json: boolean }): Promise<void> {
  const { found, spoiled } = await loadAll(scenarioFiles(...(await openHere()).scenarioFolders))
  const rows = found.map(describe)
  if (json) {
    say(`${JSON.stringify(rows, null, 2)}\n`)
  } else if (rows.length > 0) {
    say(renderList(rows, renderOptionsFor(process.stdout).width))
  } else if (spoiled.length === 0) {
    say('There is no *.scenario.ts below this directory.\n')
  }
  if (spoiled.length > 0) throw invalid(spoiled)
}

function describe({ file, scenario }: FoundScenario) {
  return {
    id: scenario.id,
    title: scenario.title,
    expectation: scenario.demonstrates ? `shows ${scenario.demonstrates}` : scenario.expect.kind,
    ...(scenario.incident ? { incident: scenario.incident } : {}),
    steps: scenario.steps.map(({ kind, name, summary }) => ({ kind, name, summary })),
    cells: cellsOf(scenario).length,
    file: relative(process.cwd(), file),
  }
}
