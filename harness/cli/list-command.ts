import { relative } from 'node:path'
import { cellsOf } from '../core/index.ts'
import { loadScenarios, scenarioFiles, type FoundScenario } from '../session/index.ts'

/** `aftershock list` */
export async function listCommand({ json }: { readonly json: boolean }): Promise<void> {
  const found = await loadScenarios(scenarioFiles(process.cwd()))
  const rows = found.map(describe)
  if (json) {
    process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`)
    return
  }
  if (rows.length === 0) {
    process.stdout.write('There is no *.scenario.ts below this directory.\n')
    return
  }
  const idWidth = Math.max(...rows.map(({ id }) => id.length))
  for (const { id, title, expectation, file } of rows) {
    process.stdout.write(`${id.padEnd(idWidth)}  ${expectation.padEnd(18)}  ${title}\n`)
    process.stdout.write(`${' '.repeat(idWidth)}  ${file}\n`)
  }
}

function describe({ file, scenario }: FoundScenario) {
  return {
    id: scenario.id,
    title: scenario.title,
    expectation: scenario.demonstrates ? `shows ${scenario.demonstrates}` : scenario.expect.kind,
    steps: scenario.steps.map(({ kind, name, summary }) => ({ kind, name, summary })),
    cells: cellsOf(scenario).length,
    file: relative(process.cwd(), file),
  }
}
