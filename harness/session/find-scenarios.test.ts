import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { loadScenarios, scenarioFiles } from './find-scenarios.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'aftershock-test-'))
  write('good', 'good')
  writeFileSync(join(directory, 'bad.scenario.mjs'), 'export default 3\n')
})
afterEach(() => rmSync(directory, { recursive: true }))

function write(file: string, id: string): void {
  const text = `
    const service = { name: 'app', replicas: 1, run: { kind: 'command', command: 'node', args: [] }, ports: ['http'], health: { path: '/' }, connects: [] }
    const change = { kind: 'change', name: 'a', title: 'a', summary: 'a', service: 'app', effects: [], rollout: { kind: 'all' }, validate: () => [], apply: () => undefined }
    export default {
      id: '${id}', title: 'A scenario', expect: { kind: 'holds' }, steps: [change],
      stack: { name: 'a', entry: 'app', services: [service], sites: [] },
      actors: [{ id: 'web', title: 'web', headers: {} }],
      flows: [{ id: 'read', title: 'read', actors: ['web'], run: async () => undefined }],
    }`
  writeFileSync(join(directory, `${file}.scenario.mjs`), text)
}

async function load(...words: string[]) {
  const warnings: string[] = []
  const found = await loadScenarios(scenarioFiles(directory), words, (text) => warnings.push(text))
  return { ids: found.map(({ scenario }) => scenario.id), warnings }
}

it.each([['good'], ['goo'], ['ood.scen'], ['good.scenario.mjs']])(
  'a file that is wrong is named in one line when others are asked for: %s',
  async (word) => {
    const { ids, warnings } = await load(word)
    expect(ids).toEqual(['good'])
    expect(warnings).toEqual([expect.stringMatching(/^left out, [^\n]*bad\.scenario\.mjs[^\n]*$/)])
  },
)

it.each([[[]], [['bad']], [['good', 'bad.scen']], [['scenario']], [['elsewhere']]])(
  'a file that is wrong stops what means it, or can mean nothing else: %j',
  async (words) => {
    await expect(load(...words)).rejects.toThrow('bad.scenario.mjs: 1 problem')
  },
)

it('a file that is wrong and has an id is meant by this id, and otherwise not spoken of', async () => {
  const text = "export default { id: 'half-done' }\n"
  writeFileSync(join(directory, 'bad.scenario.mjs'), text)
  expect((await load('good')).warnings).toEqual([])
  await expect(load('half-done')).rejects.toMatchObject({ code: 'INVALID_SCENARIO' })
  await expect(load('half')).rejects.toMatchObject({ code: 'INVALID_SCENARIO' })
})

it('an id that two files claim can not be asked for', async () => {
  write('other', 'good')
  await expect(load('good')).rejects.toThrow("the id 'good' is used by")
})

it('a folder with a configuration of its own is another project', async () => {
  mkdirSync(join(directory, 'inner', 'deep'), { recursive: true })
  write('inner/deep/other', 'other')
  const inner = join(directory, 'inner', 'deep', 'other.scenario.mjs')
  expect(scenarioFiles(directory)).toContain(inner)
  writeFileSync(join(directory, 'inner', 'aftershock.config.mjs'), 'export default {}\n')
  expect(scenarioFiles(directory)).not.toContain(inner)
  expect(scenarioFiles(join(directory, 'inner'))).toEqual([inner])
})
