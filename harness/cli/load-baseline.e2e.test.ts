import { existsSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { TestProject, aftershock } from './test-cli.ts'

const fixtures = new URL('./fixtures/project.ts', import.meta.url).href

const executors = {
  users: { executor: 'constant-arrival-rate', rate: 40, duration: '10s', preAllocatedVUs: 200 },
}
const mix = [{ flow: 'read' }]

/** The same load, whatever the service does. */
function loadTest(config: string): string {
  return `import { scenario } from '${fixtures}'
const { stack, flows, actors } = scenario({ id: 'day', config: ${config} })
const profile = ${JSON.stringify({ executors, mix })}
export default { id: 'day', title: 'a load', stack, flows, actors, profile }
`
}

/** As another machine left it. */
const before = JSON.stringify({
  format: 'aftershock-load-baseline',
  version: 2,
  test: 'day',
  run: 'run-1',
  runtime: 'processes',
  machine: 'elsewhere',
  profile: JSON.stringify({ executors, mix }),
  durationMs: 10_000,
  dropped: 0,
  cells: [
    {
      flow: 'read',
      actor: 'reader',
      samples: 400,
      failures: 0,
      symptoms: {},
      medians: Array.from({ length: 20 }, (_, i) => 5 + (i % 3)),
      tails: Array.from({ length: 20 }, (_, i) => 8 + (i % 3)),
    },
  ],
})

let project: TestProject
beforeAll(() => {
  project = new TestProject({})
})
afterAll(() => project[Symbol.dispose]())

it('what fails more than in the baseline fails, and is kept as none', async () => {
  project.write('day.load.ts', loadTest('{ refuseOneIn: 5 }'))
  const file = project.path('before.json')
  project.write('before.json', before)
  const args = ['--baseline', file, '--update-baseline', project.path('new.json')]
  const { code, stdout, stderr } = await aftershock(project, 'load', 'day', ...args)
  expect(code, stdout + stderr).toBe(1)
  const said = stdout.replaceAll(/\s+/g, ' ')
  expect(said).toMatch(/BASELINE BROKEN +read × reader: \d+ of 400 failed/)
  expect(said).toMatch(/failed under load: .* before it were 0 of 400, against the baseline run-1/)
  expect(stdout).toContain('baseline NOT written: the load is fail')
  expect(existsSync(project.path('new.json'))).toBe(false)
})

it('a baseline that is not there is said before anything is started', async () => {
  project.write('day.load.ts', loadTest('{}'))
  const { code, stdout, stderr } = await aftershock(project, 'load', 'day', '--baseline')
  expect(code).toBe(64)
  expect(stderr).toMatch(/day\.load\.json cannot be read/)
  expect(stderr).toContain('--update-baseline')
  expect(stdout).toBe('')
})
