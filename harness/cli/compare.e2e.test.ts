import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { TestProject, aftershock, startWith } from './test-cli.ts'

const given = (config: object) => `config: ${JSON.stringify(config)}`
const both = (ms: number) => ({ '/read': ms, '/post': ms })
const shop = { answer: { plan: 'free', items: [{ id: 1 }] }, delayMs: both(60) }

function project(id: string, config: object): TestProject {
  return new TestProject({ [id]: given(config) })
}

/** Another version of the system. */
function release(where: TestProject, config: object): void {
  const file = where.path('shop.scenario.ts')
  where.write(
    'shop.scenario.ts',
    readFileSync(file, 'utf8').replace(/config: .*(?= \}\)$)/m, given(config)),
  )
}

async function run(where: TestProject, folder: string, ...more: readonly string[]) {
  return aftershock(where, 'run', 'shop', '--out', where.path('reports', 'runs', folder), ...more)
}

test('two runs of one version make a baseline, with which a third has no regression, and worse ones have', async () => {
  using where = project('shop', shop)
  await run(where, '1')
  await run(where, '2')
  const update = await aftershock(where, 'baseline', 'update', 'shop')
  expect(update).toMatchObject({ code: 0, stderr: '' })
  expect(update.stdout).toMatch(/^reports\/baselines\/shop\.json: written, from \S+, \S+; \d kB\n$/)
  const file = readFileSync(where.path('reports', 'baselines', 'shop.json'), 'utf8')
  expect(file).not.toContain(where.directory)
  expect(file).not.toMatch(/127\.0\.0\.1:\d/)

  const good = await run(where, '3', '--baseline', 'reports/baselines/shop.json')
  expect(good.stdout).toContain('NO REGRESSION: shop against')
  expect(good.code).toBe(0)

  release(where, { ...shop, answer: { plan: 'paid', items: [{}] } })
  const drifted = await run(where, '4', '--baseline', 'reports/baselines')
  expect(drifted.stdout).toMatch(/REGRESSION: shop[\s\S]*\.plan +"free" +"paid"/)
  expect(drifted.stdout).toMatch(/\.items\[\]\.id gone/)
  expect(drifted.code).toBe(1)

  release(where, { ...shop, delayMs: { ...both(60), '/post': 900 } })
  const summary = where.path('summary.md')
  const args = [
    'run',
    'shop',
    '--out',
    where.path('reports', 'runs', '5'),
    '--baseline',
    'reports/baselines',
  ]
  const github = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary }
  const slow = await startWith(where, github, ...args).finished
  expect(slow.stdout).toMatch(/post as reader\n +what +latency/)
  expect(slow.stdout).not.toMatch(/read as reader\s+(what +)?latency/)
  expect(slow.code).toBe(1)
  expect(readFileSync(summary, 'utf8')).toMatch(/### ❌ REGRESSION[\s\S]*`post as reader`/)
  expect(slow.stderr).toMatch(
    /^::error file=.*,title=REGRESSION shop::REGRESSION: shop.*post as reader/m,
  )
  const report = (name: string) => readFileSync(where.path('reports', 'runs', '5', name), 'utf8')
  expect(report('junit.xml')).toMatch(/<failure type="regression"[\s\S]*post as reader/)
  expect(report('report.html')).toContain('<title>PASS, REGRESSION AGAINST THE BASELINE shop')
  const again = await aftershock(where, 'report', 'reports/runs/5', '--format', 'markdown')
  expect(again.stdout).toMatch(/^### ❌ PASS, REGRESSION AGAINST THE BASELINE: `shop`/)
  expect(JSON.parse(report('comparison.json'))).toMatchObject({ outcome: 'regression' })
  expect(report('comparison.html')).toContain('post as reader')

  release(where, { ...shop, refuse: ['/post'] })
  const sick = await run(where, '6', '--baseline', 'reports/baselines')
  expect(sick.stdout).toContain('post as reader')
  expect(sick.code).toBe(1)

  const trend = await aftershock(where, 'trend', 'shop', '--last', '5')
  expect(trend).toMatchObject({ code: 0, stderr: '' })
  expect(trend.stdout).toContain('shop: the last 5 runs')
  expect(trend.stdout).toMatch(/verdict +PPFFF/)
}, 240_000)

test('compare speaks as text, Markdown, HTML and JSON, of folders, journals and baselines', async () => {
  using where = project('shop', { ...shop, answer: { plan: 'free' } })
  await run(where, 'a')
  release(where, { ...shop, answer: { plan: 3 } })
  await run(where, 'b')
  const [a, b] = ['reports/runs/a', 'reports/runs/b/journal.ndjson'] as const
  const compare = (...args: readonly string[]) => aftershock(where, 'compare', ...args)
  const terminal = await compare(a, b)
  expect(terminal).toMatchObject({ code: 1, stderr: '' })
  expect(terminal.stdout).toMatch(/\.plan type +string +number/)
  expect((await compare(a, b, '--format', 'markdown')).stdout).toMatch(/^### ❌ REGRESSION/)
  expect((await compare(a, b, '--format', 'html')).stdout).toMatch(
    /<!doctype html>[\s\S]*default-src 'none'[\s\S]*<td>\.plan type<\/td>/,
  )
  const json = JSON.parse((await compare(a, b, '--format', 'json')).stdout) as object
  expect(json).toMatchObject({ outcome: 'regression', compared: { windows: 6 } })
  expect((await compare(a, a)).code).toBe(0)
  const written = await aftershock(where, 'baseline', 'update', a, '--out', where.path('a.json'))
  expect(written.stdout).toContain('Made from one run')
  expect(await compare('a.json', a)).toMatchObject({ code: 0, stderr: '' })
})

test('what cannot be compared is an error, before anything is started', async () => {
  using where = new TestProject({ shop: given(shop), other: '' })
  where.write('broken.json', '{"format":')
  const wrong = async (why: string, ...args: readonly string[]) => {
    const { code, stderr, stdout } = await aftershock(where, ...args)
    expect(stderr).toContain(why)
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' })
  }
  await wrong("the journal 'gone' cannot be read", 'compare', 'gone', 'gone')
  await wrong("'broken.json' is not JSON", 'compare', 'broken.json', 'broken.json')
  await wrong("'gone.json' cannot be read", 'run', 'shop', '--baseline', 'gone.json')
  await wrong("there is no run of the scenario 'shop'", 'baseline', 'update', 'shop')
  await wrong("there is no run of the scenario 'shop'", 'trend', 'shop')
  await wrong('Use a whole number from 1', 'trend', 'shop', '--last', '0')
  expect(existsSync(where.path('reports'))).toBe(false)
  expect(readdirSync(where.directory).toSorted()).toContain('broken.json')
})
