import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { $ } from 'zx'

import { k6Flows, k6LoadTest as loadTest } from './fixtures/k6-project.ts'
import { TestProject, eventsIn, startWith, until, untilNothingIsLeft } from './test-cli.ts'

/** There is no k6 here: what stands in for it does as k6's documentation says. */
const standIn = fileURLToPath(new URL('../load/k6/testing/k6.ts', import.meta.url))

/** Of the arrivals one flow hangs until k6 interrupts it. */
const hangingLoad = loadTest('hangs', `, config: { delayMs: { '/post': 60_000 } }`)
  .replace(/const executors = {[^]*?\n}\n/, () => {
    const arrivals = `executor: 'constant-arrival-rate', rate: 10, duration: '1s', preAllocatedVUs: 10, gracefulStop: '500ms'`
    const [read, post] = ['read', 'post'].map(
      (flow) => `${flow}: { ${arrivals}, mix: [{ flow: '${flow}' }] }`,
    )
    return `const executors = { ${read}, ${post} }\n`
  })
  .replace(/const thresholds = .*/, `const thresholds = { checks: ['rate>0.99', 'rate>0.1'] }`)

let project: TestProject
beforeAll(() => {
  project = new TestProject({})
  project.write('flows.ts', k6Flows)
  project.write('bears.load.ts', loadTest('bears'))
  project.write('refuses.load.ts', loadTest('refuses', `, config: { refuse: ['/post'] }`))
  project.write('outside.load.ts', loadTest('outside', ', hasSite: true', 'outside'))
  project.write('few.load.ts', loadTest('few').replace('iterations: 10', 'iterations: 1'))
  project.write('wrong.load.ts', loadTest('wrong', '', 'wrong'))
  const mayEnd = `checks: [{ threshold: 'rate>0.99', abortOnFail: true }]`
  project.write(
    'ends.load.ts',
    loadTest('ends', `, config: { refuse: ['/read', '/post'] }`)
      .replace('1500ms', '10m')
      .replace(`checks: ['rate>0.99']`, mayEnd),
  )
  project.write('hangs.load.ts', hangingLoad)
  project.write('long.load.ts', loadTest('long').replace('1500ms', '10m'))
})
afterAll(() => project[Symbol.dispose]())

const onStandIn = (...args: readonly string[]) =>
  startWith(project, { AFTERSHOCK_K6: standIn }, 'load', ...args, '--load-engine', 'k6')

it.each([
  ['bears', 0, 'PASS  bears'],
  ['refuses', 1, 'checks: rate>0.99 does not hold'],
])(
  'aftershock load %s --load-engine k6 ends with %i and leaves nothing',
  async (id, code, words) => {
    const out = project.path('out', id)
    const result = await onStandIn(id, '--out', out).finished
    expect(result.code, result.stdout + result.stderr).toBe(code)
    expect(result.stdout).toContain(words)
    const [summary] = eventsIn(out, 'load.summary')
    const counts = Object.fromEntries((summary?.cells ?? []).map((cell) => [cell.flow, cell.count]))
    // Arrivals that find no user free are dropped on a busy machine.
    expect(counts['post']).toBe(10)
    expect(counts['read']).toBeGreaterThan(0)
    expect(summary?.cells.find(({ flow }) => flow === 'post')?.failed).toBe(code * 10)
    expect(eventsIn(out, 'load.second').length).toBeGreaterThan(0)
    await untilNothingIsLeft(out)
  },
)

it('trusts the sites of the run over https, and asks them by its proxy whatever else is said', async () => {
  const out = project.path('out', 'outside')
  const elsewhere = { AFTERSHOCK_K6: standIn, NO_PROXY: '*', SSL_CERT_FILE: '/dev/null' }
  const args = ['load', 'outside', '--load-engine', 'k6', '--out', out]
  const result = await startWith(project, elsewhere, ...args).finished
  expect(result.code, result.stdout + result.stderr).toBe(0)
  const [summary] = eventsIn(out, 'load.summary')
  expect(summary?.cells.find(({ flow }) => flow === 'news')).toMatchObject({ count: 10, failed: 0 })
  await untilNothingIsLeft(out)
})

it('tells by which threshold k6 ended a load before its time', async () => {
  const out = project.path('out', 'ends')
  const result = await onStandIn('ends', '--out', out).finished
  expect(result.code, result.stdout + result.stderr).toBe(1)
  expect(result.stdout).toContain('ended by checks: rate>0.99')
  await untilNothingIsLeft(out)
})

it('tells which flows k6 interrupted, and takes no threshold for held that holds only without them', async () => {
  const out = project.path('out', 'hangs')
  const result = await onStandIn('hangs', '--out', out).finished
  expect(result.code, result.stdout + result.stderr).toBe(2)
  const [summary] = eventsIn(out, 'load.summary')
  expect(summary?.cut).toBeGreaterThan(5)
  const outcomes = summary?.thresholds.map(({ outcome }) => outcome)
  expect(outcomes).toEqual(['no-data', 'holds'])
  await untilNothingIsLeft(out)
})

it('blames a flow that is wrong, and not the system', async () => {
  const out = project.path('out', 'wrong')
  const result = await onStandIn('wrong', '--out', out).finished
  expect(result.code).toBe(70)
  expect(result.stderr).toMatch(/k6 ended with 108: .*a flow is wrong[^]*this flow is wrong/)
  await untilNothingIsLeft(out)
})

// What runs a script of a run has the path of that run among its arguments: it would be found.
it.each(['SIGINT', 'SIGKILL'] as const)('after %s no k6 goes on', async (signal) => {
  const out = project.path('out', signal)
  const running = onStandIn('long', '--out', out)
  await until('load', () => eventsIn(out, 'load.second').some(({ ended }) => ended > 0))
  running.child.kill(signal)
  const { code } = await running.finished
  expect(code).toBe(signal === 'SIGINT' ? 130 : null)
  await untilNothingIsLeft(out)
})

it('writes a script that k6 runs without a harness', async () => {
  const out = project.path('script')
  const result = await onStandIn('bears', '--export', 'k6', '--out', out).finished
  expect(result.code, result.stderr).toBe(0)
  expect(result.stdout).toContain('k6 run -e APP_URL=http://… ')
  const script = readFileSync(project.path('script', 'bears.k6.js'), 'utf8')
  expect(script).toContain('from bears.load.ts, seed ')
  const k6 = $({
    nothrow: true,
    quiet: true,
    env: { ...process.env, APP_URL: 'http://127.0.0.1:9' },
  })
  const { exitCode } =
    await k6`${standIn} run --out json=${`${out}/out.json`} ${`${out}/bears.k6.js`}`
  // Nobody listens there: signing in is refused before any load is made.
  expect(exitCode).toBe(107)
})

it.each(['--load-engine', '--export'])(
  '%s k6 refuses what k6 would refuse, before anything starts',
  async (option) => {
    const out = project.path('out', 'few')
    const running = startWith(
      project,
      { AFTERSHOCK_K6: standIn },
      'load',
      'few',
      option,
      'k6',
      '--out',
      out,
    )
    const { code, stdout, stderr } = await running.finished
    expect(code).toBe(64)
    expect(stderr).toContain(
      'executors.counted.iterations is 1: k6 wants one for each of 2 users; use vus: 1',
    )
    expect(stdout).toBe('')
  },
)

it('shares the load among no more pods than there are users, of whom the k6 operator gives each at least one', async () => {
  const out = project.path('operator')
  const exporting = (...args: readonly string[]) =>
    onStandIn('bears', '--export', 'k6-operator', '--out', out, ...args).finished
  const { code, stderr } = await exporting('--parallelism', '99')
  expect(code).toBe(64)
  expect(stderr).toMatch(
    /'bears' has \d+ users at once at most: .*\n.*use --parallelism \d+ or less/,
  )
  expect((await exporting()).stdout).toContain('4 pods; fill in the addresses of app')
})

it.each([
  [['--parallelism', '2'], '--parallelism is for --export k6-operator alone'],
  [['--export', 'k6', '--baseline'], '--baseline says nothing to --export'],
])('%j is refused, and not ignored', async (args, words) => {
  const { code, stdout, stderr } = await onStandIn('bears', ...args).finished
  expect([code, stdout]).toEqual([64, ''])
  expect(stderr).toContain(words)
})

it('says what is missing where there is no k6 and no engine', async () => {
  const nowhere = { DOCKER_HOST: 'tcp://127.0.0.1:9', PATH: dirname(process.execPath) }
  const running = startWith(project, nowhere, 'load', 'bears', '--load-engine', 'k6')
  const { code, stderr } = await running.finished
  expect(code).toBe(70)
  expect(stderr).toContain('there is no k6 on the PATH')
  expect(stderr).toContain('--load-engine embedded needs none')
})
