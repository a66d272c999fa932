import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import schema from '../report/summary.schema.json' with { type: 'json' }
import { reasonsOf } from '../core/index.ts'
import type { Summary } from '../report/index.ts'
import {
  TestProject,
  aftershock,
  configsIn,
  eventsIn,
  start,
  startInShell,
  untilNothingIsLeft,
  untilWindow,
} from './test-cli.ts'

const isSummary = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema)

/** A window that takes so many samples that nobody waits for its end. */
const endless = `paceMs: 30, judgement: { detectRatio: 0.011, windowMs: 600_000 }`

let project: TestProject
beforeAll(() => {
  project = new TestProject({
    steady: '',
    breaks: `patch: { refuse: ['/read'] }, demonstrates: 'fail'`,
    'starts-broken': `config: { refuse: ['/read'] }, demonstrates: 'inconclusive'`,
    refused: `patch: { invalid: true }, demonstrates: 'fail'`,
    dies: `config: { startsBroken: true }, demonstrates: 'fail'`,
    endless: `${endless}, demonstrates: 'inconclusive'`,
    unready: `healthPath: '/refused', config: { refuse: ['/refused'] }, demonstrates: 'inconclusive'`,
    floating: `flows: [{ id: 'read', title: 'r', actors: ['reader'], run: async () => void Promise.reject(new Error('nobody waits')) }], demonstrates: 'fail'`,
  })
})
afterAll(() => project[Symbol.dispose]())

let folders = 0
function newFolder(): string {
  folders += 1
  return project.path('out', String(folders))
}

describe('aftershock run', () => {
  it.each([
    ['steady', 0, 'pass'],
    ['breaks', 1, 'fail'],
    ['refused', 1, 'fail'],
    ['starts-broken', 2, 'inconclusive'],
  ])('%s ends with %i, and leaves journal, reports and logs', async (id, code, verdict) => {
    const out = newFolder()
    const result = await aftershock(project, 'run', id, '--out', out)
    expect(result, result.stderr).toMatchObject({ code, stderr: '' })
    const summary: unknown = JSON.parse(readFileSync(`${out}/summary.json`, 'utf8'))
    expect(isSummary(summary), JSON.stringify(isSummary.errors)).toBe(true)
    expect(summary).toMatchObject({ scenario: id, verdict })
    expect(readFileSync(`${out}/junit.xml`, 'utf8')).toContain('<testsuite')
    expect(eventsIn(out, 'run.ended')).toMatchObject([{ verdict: { kind: verdict } }])
    await untilNothingIsLeft(out)
  })

  it('undoes what it changed', async () => {
    const out = newFolder()
    await aftershock(project, 'run', 'breaks', '--out', out)
    expect(configsIn(out)).toEqual([
      { generation: 1, refuse: ['/read'] },
      { generation: 2, refuse: [] },
    ])
  })

  it('ends with 70 when the system does not start, and says why', async () => {
    const out = newFolder()
    const { code, stderr } = await aftershock(project, 'run', 'dies', '--out', out)
    expect(code).toBe(70)
    expect(stderr).toMatch(/^aftershock: app-1 ended while starting \(exit code 1\)/)
    expect(stderr).toContain('the configuration makes no sense')
    expect(stderr).toMatch(/\n {2}journal, reports and logs: out\/\d+\/\n$/)
    expect(existsSync(`${out}/summary.json`)).toBe(true)
    await untilNothingIsLeft(out)
  })

  it('ends with 70 when code of a flow throws where nobody waits, and leaves nothing', async () => {
    const out = newFolder()
    const { code, stderr } = await aftershock(project, 'run', 'floating', '--out', out)
    expect(code).toBe(70)
    expect(stderr).toContain('nobody waits')
    await untilNothingIsLeft(out)
  })

  it('without a filter runs what is to pass, and says what it left out', async () => {
    const { code, stdout } = await aftershock(project, 'run')
    expect(code).toBe(0)
    expect(stdout).toContain('Not run, since they show other verdicts than pass: breaks (fail)')
  })

  it('of several ends with the worst verdict, each with a folder of its own', async () => {
    const out = newFolder()
    const { code } = await aftershock(project, 'run', 'starts-broken', 'breaks', '--out', out)
    expect(code).toBe(1)
    expect(eventsIn(`${out}/breaks`, 'run.ended')).toHaveLength(1)
    expect(eventsIn(`${out}/starts-broken`, 'run.ended')).toHaveLength(1)
  })

  it('--json prints one summary a line, then a table of several, and nothing else', async () => {
    const out = newFolder()
    const { stdout, stderr } = await aftershock(
      project,
      'run',
      'steady',
      'breaks',
      '--json',
      '--out',
      out,
    )
    expect(stderr).toBe('')
    const lines = stdout.trimEnd().split('\n')
    const table: unknown = JSON.parse(lines.pop() ?? '')
    expect(table).toMatchObject({
      suite: [
        { scenario: 'steady', expectation: 'holds', verdict: 'pass', seconds: expect.any(Number) },
        { scenario: 'breaks', expectation: 'holds', verdict: 'fail', seconds: expect.any(Number) },
      ],
      counts: { pass: 1, fail: 1 },
    })
    const summaries = lines.map((line) => JSON.parse(line) as Summary)
    for (const summary of summaries)
      expect(isSummary(summary), JSON.stringify(isSummary.errors)).toBe(true)
    expect(summaries.map(({ scenario, verdict }) => [scenario, verdict])).toEqual([
      ['steady', 'pass'],
      ['breaks', 'fail'],
    ])
  })

  it('takes its seed', async () => {
    const out = newFolder()
    await aftershock(project, 'run', 'steady', '--seed', '4294967295', '--out', out)
    expect(eventsIn(out, 'run.started')[0]).toMatchObject({
      seed: 4_294_967_295,
      args: ['run', 'steady', '--seed', '4294967295', '--out', out, '--runtime', 'processes'],
    })
  })

  it('twice at once: neither disturbs the other', async () => {
    const [first, second] = [newFolder(), newFolder()]
    const results = await Promise.all([
      aftershock(project, 'run', 'steady', '--out', first),
      aftershock(project, 'run', 'breaks', '--out', second),
    ])
    expect(results.map(({ code }) => code)).toEqual([0, 1])
    await untilNothingIsLeft(first)
    await untilNothingIsLeft(second)
  })
})

describe('wrong usage ends with 64, and starts nothing', () => {
  it.each<[string, string[], RegExp]>([
    [
      'an unknown scenario',
      ['run', 'nonsense'],
      /no scenario matches 'nonsense'\n {2}known are breaks, dies/,
    ],
    [
      'a seed that is no number',
      ['run', 'steady', '--seed', 'abc'],
      /whole number from 0 to 4294967295/,
    ],
    ['a seed that is too large', ['run', 'steady', '--seed', '4294967296'], /whole number from 0/],
    ['an unknown option', ['run', '--fast'], /unknown option '--fast'/],
    ['an unknown command', ['ruin'], /unknown command 'ruin'/],
    ['an unknown runtime', ['run', '--runtime', 'k8s'], /Allowed choices are/],
    ['several scenarios to reproduce', ['reproduce', 'e'], /'e' matches \d scenarios/],
    ['a journal that is not there', ['report', 'nowhere'], /the journal 'nowhere' cannot be read/],
  ])('%s', async (_name, args, message) => {
    const { code, stdout, stderr } = await aftershock(project, ...args)
    expect(code).toBe(64)
    expect(stdout).toBe('')
    expect(stderr).toMatch(message)
  })

  it('invalid scenarios, with every problem of every file', async () => {
    using invalid = new TestProject({ a: `seed: -1, steps: []`, b: `expect: { kind: 'hold' }` })
    invalid.write('c.scenario.ts', 'export default 5\n')
    invalid.write('d.scenario.ts', 'export default {\n')
    const { code, stderr } = await aftershock(invalid, 'run')
    expect(code).toBe(64)
    expect(stderr).toContain('a.scenario.ts: 2 problems\n  steps is empty.')
    expect(stderr).toContain('  seed is -1.')
    expect(stderr).toContain("b.scenario.ts: 1 problem\n  expect.kind is 'hold'.")
    expect(stderr).toContain(
      'c.scenario.ts: 1 problem\n  (default export) is not a scenario: number.',
    )
    expect(stderr).toContain('d.scenario.ts cannot be loaded')
    expect(existsSync(invalid.path('reports'))).toBe(false)
  })

  it('two files with one id', async () => {
    using twice = new TestProject({ a: '' })
    twice.write('b.scenario.ts', `export { default } from './a.scenario.ts'\n`)
    const { code, stderr } = await aftershock(twice, 'run')
    expect(code).toBe(64)
    expect(stderr).toContain("the id 'a' is used by a.scenario.ts and b.scenario.ts")
  })

  it('no scenario at all', async () => {
    using empty = new TestProject({})
    expect(await aftershock(empty, 'run')).toMatchObject({ code: 64 })
  })
})

describe('an interrupted run', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('by %s undoes, tears down and ends with %i', async (signal, code) => {
    const out = newFolder()
    const { child, finished } = start(project, 'run', 'endless', '--out', out)
    await untilWindow(out, 'change:1')
    child.kill(signal)
    expect(await finished).toMatchObject({ code })
    expect(configsIn(out)).toMatchObject([{ note: 'harmless' }, { generation: 2 }])
    expect(configsIn(out)[1]).not.toHaveProperty('note')
    const [ended] = eventsIn(out, 'run.ended')
    expect(ended?.verdict.kind).toBe('inconclusive')
    expect(ended && reasonsOf(ended.verdict)[0]?.code).toBe('interrupted')
    await untilNothingIsLeft(out)
  })

  it('while the system starts ends with 130 and leaves nothing', async () => {
    const out = newFolder()
    const { child, finished } = start(project, 'run', 'unready', '--out', out)
    await expect
      .poll(() => eventsIn(out, 'phase').some(({ text }) => text.includes('starting 1 replica')), {
        timeout: 30_000,
      })
      .toBe(true)
    child.kill('SIGINT')
    const { code, stderr } = await finished
    expect(stderr).not.toContain('fault')
    expect(code).toBe(130)
    await untilNothingIsLeft(out)
  })

  it('by a second signal ends at once, and still leaves nothing', async () => {
    const out = newFolder()
    const { child, finished } = start(project, 'run', 'endless', '--out', out)
    await untilWindow(out, 'change:1')
    child.kill('SIGINT')
    child.kill('SIGTERM')
    expect([130, 143]).toContain((await finished).code)
    await untilNothingIsLeft(out)
  })

  it('by SIGKILL leaves nothing but its journal, of which a report can be made', async () => {
    const out = newFolder()
    const { child, finished } = start(project, 'run', 'endless', '--out', out)
    await untilWindow(out, 'change:1')
    child.kill('SIGKILL')
    await finished
    await untilNothingIsLeft(out)
    const { code, stdout } = await aftershock(project, 'report', out)
    expect(code).toBe(0)
    expect(stdout).toContain('endless')
  })

  it.each(['| head -n 1', '2>&1 | head -n 1'])(
    'that loses its reader (%s) goes on to the end',
    async (rest) => {
      const out = newFolder()
      await startInShell(
        project,
        `"$@" ${rest}`,
        'run',
        'breaks',
        '--runtime',
        'processes',
        '--out',
        out,
      ).finished
      await untilNothingIsLeft(out)
      expect(eventsIn(out, 'run.ended')).toMatchObject([{ verdict: { kind: 'fail' } }])
    },
  )

  it('that lost its reader still undoes', async () => {
    const out = newFolder()
    const line = `{ sh -c 'echo $$ > pid; exec "$@"' sh "$@"; echo $? > code; } 2>&1 | head -n 1`
    const args = ['run', 'endless', '--runtime', 'processes', '--out', out]
    const { finished } = startInShell(project, line, ...args)
    await untilWindow(out, 'change:1')
    process.kill(Number(readFileSync(project.path('pid'), 'utf8')), 'SIGINT')
    await finished
    expect(readFileSync(project.path('code'), 'utf8')).toBe('130\n')
    expect(configsIn(out)).toHaveLength(2)
    await untilNothingIsLeft(out)
  })
})

describe('aftershock report', () => {
  let out: string
  beforeAll(async () => {
    out = newFolder()
    await aftershock(project, 'run', 'breaks', '--out', out)
  })

  it('makes each report again from the journal alone', async () => {
    const journal = `${out}/journal.ndjson`
    const summary = await aftershock(project, 'report', journal, '--format', 'summary')
    expect(summary.stdout).toBe(readFileSync(`${out}/summary.json`, 'utf8'))
    const junit = await aftershock(project, 'report', out, '--format', 'junit')
    expect(junit.stdout.trim()).toBe(readFileSync(`${out}/junit.xml`, 'utf8').trim())
    const terminal = await aftershock(project, 'report', out)
    expect(terminal).toMatchObject({ code: 0, stderr: '' })
    expect(terminal.stdout).toContain('403')
  })

  it('of a journal that was cut off says so, and reports what there is', async () => {
    const whole = readFileSync(`${out}/journal.ndjson`, 'utf8')
    writeFileSync(project.path('cut.ndjson'), whole.slice(0, whole.indexOf('change.undone')))
    const { code, stderr, stdout } = await aftershock(project, 'report', 'cut.ndjson')
    expect(code).toBe(0)
    expect(stderr).toContain('the last line is cut off')
    expect(stdout).toContain('403')
  })

  it('of what is no journal ends with 64', async () => {
    writeFileSync(project.path('wrong.ndjson'), 'this\nis\nnot\n')
    const { code, stderr } = await aftershock(project, 'report', 'wrong.ndjson')
    expect(code).toBe(64)
    expect(stderr).toContain('line 1 of the journal is not JSON')
  })
})

describe('the other commands', () => {
  it('list names every scenario, as text and as JSON', async () => {
    const { code, stdout } = await aftershock(project, 'list')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^breaks +shows fail +The scenario breaks\n +breaks\.scenario\.ts$/m)
    const json = await aftershock(project, 'list', '--json')
    const rows = JSON.parse(json.stdout) as { id: string; cells: number }[]
    expect(rows.map(({ id }) => id)).toContain('steady')
    expect(rows[0]?.cells).toBe(2)
  })

  it('doctor finds what runs need', async () => {
    const { code, stdout } = await aftershock(project, 'doctor')
    expect(code, stdout).toBe(0)
    expect(stdout).toMatch(/^ok {6} Node/m)
  })

  it('doctor ends with 1 when a scenario is invalid', async () => {
    using invalid = new TestProject({ a: 'seed: -1' })
    const { code, stdout } = await aftershock(invalid, 'doctor')
    expect(code).toBe(1)
    expect(stdout).toMatch(/^MISSING +scenarios/m)
  })

  it('clean does not touch a run that goes on', async () => {
    const out = newFolder()
    const { child, finished } = start(project, 'run', 'endless', '--out', out)
    await untilWindow(out, 'change:1')
    const { runId } = eventsIn(out, 'run.started')[0] as { runId: string }
    const cleaned = await aftershock(project, 'clean', '--json')
    expect(cleaned.code).toBe(0)
    expect(Array.isArray(JSON.parse(cleaned.stdout))).toBe(true)
    expect(cleaned.stdout).not.toContain(runId)
    child.kill('SIGINT')
    expect(await finished).toMatchObject({ code: 130 })
    await untilNothingIsLeft(out)
  })

  it('help and version end with 0', async () => {
    expect(await aftershock(project, '--help')).toMatchObject({ code: 0, stderr: '' })
    expect((await aftershock(project, '--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  it('reproduce stays up with the change until it is told to go, and then undoes it', async () => {
    const out = newFolder()
    const { child, finished } = start(project, 'reproduce', 'breaks', '--out', out)
    await expect
      .poll(() => eventsIn(out, 'phase').some(({ phase }) => phase === 'live'), { timeout: 30_000 })
      .toBe(true)
    expect(configsIn(out)).toEqual([{ generation: 1, refuse: ['/read'] }])
    child.kill('SIGTERM')
    expect(await finished).toMatchObject({ code: 143 })
    expect(configsIn(out)[1]).toEqual({ generation: 2, refuse: [] })
    await untilNothingIsLeft(out)
  })
})
