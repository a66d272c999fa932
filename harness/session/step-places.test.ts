import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { placeOfStep } from './step-places.ts'

let folder: string
const path = (name: string) => join(folder, name)

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'aftershock-places-'))
  const files = {
    'own.scenario.ts': [
      '// mergePatch of "harmless"',
      'export default {',
      "  description: 'not harmless at all',",
      '  steps: [',
      "    undo('harmless'),",
      "    mergePatch('harmless', {",
    ],
    'shared.scenario.ts': [
      "import { change } from './parts/change.ts'",
      "import { nothing } from './is-not-there.ts'",
      '',
      'export default scenario({',
      '  steps: [change],',
    ],
    'change.ts': ['', 'export const change = mergePatch(', '  "enforce-plans",', ')'],
    'round.ts': ["export * from './round.ts'", "export { x } from './change.ts'"],
  }
  for (const [name, lines] of Object.entries(files)) writeFileSync(path(name), lines.join('\n'))
  writeFileSync(
    path('shared.scenario.ts'),
    files['shared.scenario.ts'].join('\n').replace('./parts/change.ts', './round.ts'),
  )
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a step is where its name stands, no comment and no undo of it', () => {
  expect(placeOfStep(path('own.scenario.ts'), 'harmless')).toEqual({
    file: path('own.scenario.ts'),
    line: 6,
  })
})

test('a step that is written elsewhere is found through the imports, in a circle too', () => {
  expect(placeOfStep(path('shared.scenario.ts'), 'enforce-plans')).toEqual({
    file: path('change.ts'),
    line: 3,
  })
})

test.each([undefined, 'made-by-a-loop'])('the step %s is where the steps are', (step) => {
  expect(placeOfStep(path('shared.scenario.ts'), step).line).toBe(5)
})

test('a file that cannot be read gives its first line', () => {
  expect(placeOfStep(path('gone.ts'), 'x')).toEqual({ file: path('gone.ts'), line: 1 })
})
