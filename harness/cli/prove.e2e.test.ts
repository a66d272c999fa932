import { expect, test, vi } from 'vitest'
import type { Proof } from '../prove/index.ts'
import { TestProject, aftershock } from './test-cli.ts'

// Each proves for half a minute on a machine of its own.
vi.setConfig({ testTimeout: 300_000 })

const flow = (id: string, statement: string) =>
  `{ id: '${id}', title: '${id}', actors: ['reader'], async run({ http }) { ${statement} } }`
/** Needs its answer whole, and soon. */
const strict = flow(
  'strict',
  "const { items } = (await http.get('/read')).json(); if (!items[0].id) throw new Error('no item')",
)
/** Is content with whatever comes. */
const blind = flow('blind', "await http.get('/read').catch(() => undefined)")
/** Slow enough that 20 times that is more than the 5 s for which a flow waits. */
const config = 'config: { answer: { items: [{ id: 1 }] }, delayMs: 300 }'

test('a flow that notices every mutant is proven, and so are promises about the run', async () => {
  const open = "expect: { kind: 'holds', escapeRoute: 'open', recoverWithinMs: 3000 }"
  const safety = 'safety: { maxBrokenCells: 0, stepTimeoutMs: 2000 }'
  using project = new TestProject({ shop: `${config}, flows: [${strict}], ${open}, ${safety}` })
  const { stdout, code } = await aftershock(project, 'prove')
  expect(stdout).toMatch(
    /^strict \(reader\) +killed +killed +killed +killed +killed +killed +PROVEN$/m,
  )
  expect(stdout).toMatch(/^everything is as before once undone +killed +PROVEN$/m)
  expect(stdout).toMatch(/^the configuration can be reached under the change +killed +PROVEN$/m)
  expect(stdout).toMatch(/^everything is back within 3000 ms +killed +PROVEN$/m)
  expect(stdout).toMatch(/^the run ends when more than 0 cells broke .* +killed +PROVEN$/m)
  expect(stdout).toMatch(/^a step ends within 2000 ms +killed +PROVEN$/m)
  expect(stdout).not.toContain('NOT NOTICED')
  expect(code).toBe(0)
})

test('one that notices none is unproven, which the exit code says', async () => {
  const limit = "amplification: [{ service: 'app', atMost: 3 }]"
  using project = new TestProject({ shop: `${config}, flows: [${strict}, ${blind}], ${limit}` })
  const { stdout, stderr, code } = await aftershock(project, 'prove', '--json')
  expect(stderr).toBe('')
  const { flows, hypotheses } = JSON.parse(stdout) as Proof
  // The one service asks nobody: a limit on what it asks can never be reached.
  const limits = hypotheses.filter(({ hypothesis }) => hypothesis.includes('amplifies'))
  expect(limits.flatMap(({ attacks }) => attacks)).toMatchObject([{ noticed: false }])
  const blindly = flows.find(({ flow }) => flow === 'blind')?.mutants ?? {}
  expect(Object.keys(blindly)).toEqual(['467', 'wrong', 'missing', 'slow', 'half', 'one replica'])
  for (const attack of Object.values(blindly).flat()) {
    expect(attack).toMatchObject({ noticed: false })
  }
  expect(code).toBe(1)
})

test('one that does not work by itself is neither', async () => {
  using project = new TestProject({
    shop: `config: { refuse: ['/read'] }, flows: [${flow('read', "if ((await http.get('/read')).status !== 200) throw new Error('refused')")}]`,
  })
  const { stdout, code } = await aftershock(project, 'prove')
  expect(stdout).toMatch(/^read \(reader\) .*SICK$/m)
  expect(code).toBe(2)
})

test('a word that fits no scenario is an error before anything starts', async () => {
  using project = new TestProject({ shop: config })
  const { stderr, code } = await aftershock(project, 'prove', 'shoe')
  expect(stderr).toContain("no scenario matches 'shoe'")
  expect(code).toBe(64)
})
