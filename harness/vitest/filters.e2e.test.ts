import { expect, test } from 'vitest'
import { TestProject } from './testing/test-project.ts'

test('-t runs only what it names, and the run still goes to its end', async () => {
  await using project = await TestProject.create('slowly-undone')
  const { code, output } = await project.run('-t', 'baseline')
  const tests = (await project.report()).get('slowly-undone')?.tests ?? []
  expect(code, output).toBe(0)
  expect(tests.filter(({ status }) => status === 'passed').map(({ name }) => name)).toEqual([
    'baseline: every cell works',
  ])
  await project.event('change.undone')
  expect(await project.event('run.ended')).toMatchObject({ verdict: { kind: 'pass' } })
})

test('a scenario of which no test is asked for is not started', async () => {
  await using project = await TestProject.create('holding', 'shown-fail')
  await project.run('-t', 'is judged')
  expect(await project.runs()).toEqual([expect.stringContaining('-shown-fail-')])
})

test('a filter by path chooses scenario files', async () => {
  await using project = await TestProject.create('shown-fail', 'shown-wrongly')
  const { code, output } = await project.run('scenarios/shown-fail')
  expect(code, output).toBe(0)
  expect([...(await project.report()).keys()]).toEqual(['shown-fail'])
})

test('shards share the scenario files out', async () => {
  await using project = await TestProject.create('shown-fail', 'shown-wrongly')
  const names: string[] = []
  for (const shard of ['1/2', '2/2']) {
    await project.run(`--shard=${shard}`)
    names.push(...(await project.report()).keys())
  }
  expect(names.toSorted()).toEqual(['shown-fail', 'shown-wrongly'])
})
