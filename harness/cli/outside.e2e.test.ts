/** What a run says of the outside world: who asked whom for what, and whose fault it is when a site's own code fails. */
import { afterAll, beforeAll, expect, it } from 'vitest'

import { TestProject, aftershock, eventsIn, untilNothingIsLeft } from './test-cli.ts'

const asking = (url: string): string => `hasSite: true, config: { asks: '${url}' }`
const unknown = 'http://elsewhere.example/page'
const address = 'http://127.9.9.9/page'
const failing = (path: string): string =>
  `hasSite: true, demonstrates: 'inconclusive', patch: { asks: 'http://news.example${path}', needsIt: true }`
const broken = 'http://news.example/broken'

let project: TestProject
beforeAll(() => {
  project = new TestProject({
    unknown: `${asking(unknown)}, demonstrates: 'fail'`,
    address: `${asking(address)}, demonstrates: 'fail'`,
    allowed: `${asking(unknown)}, allowOutside: ['elsewhere.example']`,
    broken: `${asking(broken)}, demonstrates: 'inconclusive'`,
    changed: failing('/broken'),
    torn: failing('/torn'),
    later: failing('/later'),
    blocks: failing('/blocks'),
  })
})
afterAll(() => project[Symbol.dispose]())

it.each([
  ['unknown', 1, ['app-1', `GET ${unknown}`]],
  ['address', 1, ['app-1', `GET ${address}`]],
  ['allowed', 0, []],
  ['broken', 2, ['app-1', `GET ${broken}`, 'a mistake of the handler', 'site.ts']],
  // The cells break with the change, which is not to blame.
  ['changed', 2, ['app-1', `GET ${broken}`, 'a mistake of the handler', 'nobody is to blame']],
  ['torn', 2, ['app-1', 'GET http://news.example/torn', 'a mistake in the stream', 'site.ts']],
  ['later', 2, ['app-1', 'GET http://news.example/later', 'a forgotten await', 'site.ts']],
  ['blocks', 2, ['app-1', 'GET http://news.example/blocks', 'nothing else was carried']],
])('%s ends with %i, and names who asked for what', async (id, code, words) => {
  const out = project.path('out', id)
  const result = await aftershock(project, 'run', id, '--out', out)
  expect(result.code, result.stdout + result.stderr).toBe(code)
  // As wide as the terminal, lines are broken where words end.
  const text = result.stdout.replaceAll(/\s+/g, ' ')
  for (const word of words) expect(text).toContain(word)
  expect(eventsIn(out, 'outside')[0]).toMatchObject({ from: 'app-1', method: 'GET' })
  await untilNothingIsLeft(out)
})
