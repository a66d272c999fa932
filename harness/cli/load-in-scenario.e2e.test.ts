import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { reasonsOf } from '../core/index.ts'
import { TestProject, aftershock, eventsIn, untilNothingIsLeft } from './test-cli.ts'

const fixtures = new URL('./fixtures/project.ts', import.meta.url).href

/** What is slower by less than 150 ms may come from a machine that does something else as well. */
function scenario(id: string, patch: string, load: string): string {
  return `import { scenario } from '${fixtures}'
const users = { executor: 'constant-arrival-rate', rate: 40, duration: '1s', preAllocatedVUs: 500 }
const load = { executors: { users }, mix: [{ flow: 'read' }], thresholds: { checks: ['rate>0.99'] }${load} }
const loadJudgement = { slowerBy: 0.5, slowerByMs: 150, baselineMs: 5_000, warmUpMs: 500 }
export default scenario({ id: '${id}', config: { delayMs: 5 }, patch: ${patch}, load, loadJudgement })
`
}

let project: TestProject
beforeAll(() => {
  project = new TestProject({})
  project.write('slow.scenario.ts', scenario('slow', '{ delayMs: 600 }', ''))
  const rising = `, executors: { users: { executor: 'ramping-arrival-rate', startRate: 10, stages: [{ target: 40, duration: '2s' }], preAllocatedVUs: 500 } }`
  project.write('same.scenario.ts', scenario('same', '{ note: "harmless" }', rising))
  project.write(
    'wrong.scenario.ts',
    scenario(
      'wrong',
      '{}',
      `, executors: { some: { executor: 'shared-iterations' } }, thresholds: { checks: ['rate>'] }`,
    ),
  )
})
afterAll(() => project[Symbol.dispose]())

it('a change that no cell notices is failed for what it does to those who wait', async () => {
  const out = project.path('out', 'slow')
  const { code, stdout, stderr } = await aftershock(project, 'run', 'slow', '--out', out)
  expect(stdout, stderr).toMatch(/change:1: read as reader SLOWER: median [\d.]+ -> 6\d\d/)
  expect(eventsIn(out, 'cell.judged').filter(({ judgement }) => judgement !== 'holds')).toEqual([])
  const judged = eventsIn(out, 'load.judged').map((one) => `${one.window} ${one.judgement}`)
  expect(judged).toEqual(['baseline holds', 'change:1 slower', 'recovery holds'])
  // A machine without a moment to spare starts flows late, and then blames nobody.
  const [end] = eventsIn(out, 'load.summary')
  expect(code).toBe(end?.selfCheck.ok ? 1 : 2)
  expect(stdout).toContain(
    end?.selfCheck.ok ? 'was slower under load: a median of 6' : 'THE LOAD ITSELF',
  )
  await untilNothingIsLeft(out)
})

it('a harmless change passes, with the figures of each window, and what would have been seen', async () => {
  const out = project.path('out', 'same')
  const { code, stdout, stderr } = await aftershock(project, 'run', 'same', '--out', out)
  // On a machine without a moment to spare the load says so, and nothing else is wrong.
  const reasons = eventsIn(out, 'run.ended').flatMap(({ verdict }) => reasonsOf(verdict))
  expect(new Set(reasons.map((one) => one.code)), stdout + stderr).toEqual(
    new Set(reasons.length === 0 ? [] : ['generator-limited']),
  )
  expect(code).toBe(reasons.length === 0 ? 0 : 2)
  expect(stdout).toMatch(
    /change:1: read holds \(1 cell\); failures from \d+ % on would have been seen/,
  )
  expect(stdout).toContain('threshold checks: rate>0.99: holds (1)')
  const windows = eventsIn(out, 'load.summary').flatMap(({ cells }) =>
    cells.filter(({ count }) => count > 0).map(({ window }) => window),
  )
  expect(windows).toEqual(expect.arrayContaining(['baseline', 'change:1', 'recovery']))
  // The profile says 2 s; in a scenario load goes on to the end.
  const seconds = eventsIn(out, 'load.second')
  expect(seconds.at(-1)?.elapsedMs).toBeGreaterThan(10_000)
  // The 2 s in which the rate rises are no part of the baseline of 5 s, nor are the 0.5 s of the warm-up.
  const startedAtMs = (seconds[0]?.atMs ?? 0) - (seconds[0]?.elapsedMs ?? 0)
  expect(eventsIn(out, 'load.judged')[0]?.atMs).toBeGreaterThan(startedAtMs + 7_500)
  expect(JSON.parse(readFileSync(`${out}/summary.json`, 'utf8'))).toMatchObject({
    load: { failed: 0, cells: expect.arrayContaining([]) as unknown },
  })
  await untilNothingIsLeft(out)
})

it('what is wrong with a load is said before anything is started', async () => {
  const { code, stdout, stderr } = await aftershock(project, 'run', 'wrong')
  expect(code).toBe(64)
  expect(stderr).toContain(`load.thresholds['checks']`)
  expect(stderr).toContain(`'rate>' is not a threshold`)
  expect(stdout).toBe('')
})
