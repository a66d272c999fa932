/** What a scenario wants of sites that they cannot do is said before anything starts, all of it at once. */
import { afterAll, beforeAll, expect, it } from 'vitest'

import { TestProject, aftershock } from './test-cli.ts'

const fault = (name: string, rest: string) => `siteFault('${name}', { ${rest} })`

let project: TestProject
beforeAll(() => {
  project = new TestProject({})
  const faults = new URL('../index.ts', import.meta.url).href
  const fixtures = new URL('./fixtures/project.ts', import.meta.url).href
  const write = (id: string, given: string) =>
    project.write(
      `${id}.scenario.ts`,
      [
        `import { siteFault, undo } from '${faults}'`,
        `import { scenario } from '${fixtures}'`,
        `export default scenario({ id: '${id}', ${given} })`,
      ].join('\n'),
    )
  write(
    'wrong',
    `hasSite: true, outside: { maxRequests: [{ host: 'odd.example', atMost: 1 }] }, steps: [${[
      fault('a', "host: 'nope.example', variant: 'gone'"),
      fault('b', "host: 'news.example', variant: 'hang'"),
      "undo('b')",
      fault('c', "host: 'news.example', variant: 'moved'"),
    ].join(', ')}]`,
  )
})
afterAll(() => project[Symbol.dispose]())

it('names each host, variant and limit that the sites do not know', async () => {
  const { code, stdout, stderr } = await aftershock(project, 'run', 'wrong')
  expect([code, stdout]).toEqual([64, ''])
  expect(stderr).toContain('wrong: 4 problems with its sites')
  expect(stderr).toContain('no site has the host nope.example; known are news.example')
  expect(stderr).toMatch(/news\.example has no variant hang; it has .*hangs/)
  expect(stderr).toContain("moved needs 'to', another host")
  expect(stderr).toContain('no site has the host odd.example')
  expect(stderr).toContain('nothing was started')
})
