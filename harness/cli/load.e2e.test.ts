import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { TestProject, aftershock, eventsIn, untilNothingIsLeft } from './test-cli.ts'

const fixtures = new URL('./fixtures/project.ts', import.meta.url).href

/** The stack, flows and actors of the fixture under a load of 2 s. */
function loadTest(id: string, checks: string, given = ''): string {
  return `import { scenario } from '${fixtures}'
const { stack, flows: silent, actors } = scenario({ id: '${id}'${given} })
const flows = silent.map((flow) => ({ ...flow, run: (context) => (console.log('a flow'), flow.run(context)) }))
console.log('a file')
const users = { executor: 'constant-vus', vus: 2, duration: '2s', thinkTime: '50ms' }
const profile = { executors: { users }, mix: [{ flow: 'read' }], thresholds: { checks: ['${checks}'] } }
export default { id: '${id}', title: 'a load', stack, flows, actors, profile }
`
}

let project: TestProject
beforeAll(() => {
  project = new TestProject({})
  project.write('bears.load.ts', loadTest('bears', 'rate>0.99'))
  project.write(
    'refuses.load.ts',
    loadTest('refuses', 'rate>0.99', `, config: { refuse: ['/read'] }`),
  )
  const asks = `, config: { asks: 'http://elsewhere.example/' }`
  project.write('asks.load.ts', loadTest('asks', 'rate>0.99', asks))
})
afterAll(() => project[Symbol.dispose]())

it.each([
  ['bears', 0, 'PASS  bears', []],
  ['refuses', 1, 'checks: rate>0.99 does not hold: it is 0', ['--json']],
  ['asks', 1, 'http://elsewhere.example/', []],
])(
  'aftershock load %s ends with %i, says why, and leaves nothing',
  async (id, code, words, args) => {
    const out = project.path('out', id)
    const result = await aftershock(project, 'load', id, '--out', out, ...args)
    // What flows print stands beside what is reported.
    expect(result.stderr).toContain('a file\n')
    expect(result.stderr).toContain('a flow\n')
    expect(result.stdout).not.toMatch(/^a f/m)
    if (args.length > 0) expect(JSON.parse(result.stdout)).toMatchObject({ test: id })
    expect(eventsIn(out, 'run.started')[0]?.cells.map(({ flow }) => flow)).toEqual(['read'])
    const end = eventsIn(out, 'run.ended')[0]
    if (end?.verdict.kind === 'inconclusive') {
      // On a machine without a moment to spare the load says so, and blames nobody.
      expect(result.code).toBe(2)
      expect(result.stdout).toMatch(
        /started [\d.]+ ms late|a thread of load was (busy|over)|the fabric, through which/,
      )
    } else {
      expect(result.code, result.stdout + result.stderr).toBe(code)
      expect(result.stdout).toContain(words)
    }
    const requests = { count: expect.any(Number) as unknown }
    expect(eventsIn(out, 'load.summary')).toMatchObject([{ requests }])
    expect(readFileSync(`${out}/load.json`, 'utf8')).toContain(`"test": "${id}"`)
    expect((end?.outsideRequests ?? 0) > 0).toBe(id === 'asks')
    await untilNothingIsLeft(out)
  },
)
