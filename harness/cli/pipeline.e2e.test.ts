import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { TestProject, aftershock, startWith } from './test-cli.ts'

let project: TestProject
let outside: string
beforeEach(() => {
  outside = mkdtempSync(join(tmpdir(), 'aftershock-pipeline-'))
  project = new TestProject({
    breaking: `patch: { refuse: ['/post'] }`,
    harmless: '',
  })
})
afterEach(() => {
  project[Symbol.dispose]()
  rmSync(outside, { recursive: true, force: true })
})

test('on GitHub a broken run is told in the step summary and at the line of the change, and nothing that the system said is an order; a run that passes is in the summary only', async () => {
  const summaryFile = join(outside, 'summary.md')
  const github = {
    GITHUB_ACTIONS: 'true',
    GITHUB_STEP_SUMMARY: summaryFile,
    GITHUB_WORKSPACE: project.directory,
    GITHUB_SERVER_URL: 'https://git.example',
    GITHUB_REPOSITORY: 'site/site',
    GITHUB_RUN_ID: '77',
  }
  project.write(
    'written.scenario.ts',
    [
      `import base from './breaking.scenario.ts'`,
      `export default { ...base, id: 'written',`,
      `  steps: [`,
      `    { ...base.steps[0], name: 'refuse-posts', title: 'refuse posts' },`,
      `  ],`,
      `  flows: base.flows.map((flow) => ({ ...flow, run: (given) => flow.run(given).catch((error) => {`,
      `    throw Object.assign(error, { symptom: '403\\n::stop-commands::zzz\\n##[error]forged' })`,
      `  }) })),`,
      `}`,
    ].join('\n'),
  )
  const { code, stdout, stderr } = await startWith(project, github, 'run', 'written', 'harmless')
    .finished
  expect(code).toBe(1)
  expect(stdout).toContain('stop-commands')
  expect(stdout).not.toMatch(/^\s*::|##\[/m)
  const commands = stderr.split('\n').filter((line) => line.startsWith('::'))
  expect(commands).toHaveLength(1)
  expect(commands[0]).toMatch(
    /^::error file=written\.scenario\.ts,line=4,title=FAIL written::'refuse posts' BROKE 1 of 2 cells.*%0A403 ::stop-commands::zzz ##\[error\]forged, 1 cell: post as reader$/,
  )
  const summary = readFileSync(summaryFile, 'utf8')
  expect(summary).toContain('### ❌ FAIL: `written`')
  expect(summary).toContain('### ✅ PASS: `harmless`')
  expect(summary).toContain('[The whole report](https://git.example/site/site/actions/runs/77)')
  expect(summary).toMatch(/> GET http:\/\/127\.0\.0\.1:\d+\/post\n< 403 /)
})

test('elsewhere nothing is told that way, and `report --format markdown` makes the same text', async () => {
  const { code, stderr } = await aftershock(project, 'run', 'breaking', '--out', outside)
  expect(code).toBe(1)
  expect(stderr).not.toContain('::error')
  const report = await aftershock(project, 'report', outside, '--format', 'markdown')
  expect(report).toMatchObject({ code: 0, stderr: '' })
  expect(report.stdout).toMatch(/^### ❌ FAIL: `breaking`\n/)
})

test('a step summary that cannot be written is said, and the verdict stands', async () => {
  const env = { GITHUB_STEP_SUMMARY: join(outside, 'no', 'such', 'folder', 'summary.md') }
  const { code, stderr } = await startWith(project, env, 'run', 'harmless').finished
  expect(code).toBe(0)
  expect(stderr).toContain('the step summary cannot be written')
})

test('of a run whose system does not start every report says why, and so does GitHub', async () => {
  const summaryFile = join(outside, 'summary.md')
  const github = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summaryFile }
  const folder = join(outside, 'run')
  using dead = new TestProject({ dead: `config: { startsBroken: true }` })
  const { code, stderr } = await startWith(dead, github, 'run', 'dead', '--out', folder).finished
  expect(code).toBe(70)
  const ended = 'the system did not start: app-1 ended while starting (exit code 1)'
  const lastWords = 'the configuration makes no sense'
  const annotation = stderr.split('\n').find((line) => line.startsWith('::warning'))
  const reports = ['summary.json', 'junit.xml', 'report.html', 'journal.ndjson'] as const
  for (const [name, text] of [
    ['annotation', annotation ?? ''],
    ['step summary', readFileSync(summaryFile, 'utf8').replaceAll('\\', '')],
    ...reports.map((file) => [file, readFileSync(join(folder, file), 'utf8')] as const),
  ] as const) {
    if (name !== 'journal.ndjson') expect(text, name).toContain(ended)
    expect(text, name).toContain(lastWords)
  }
  const junit = readFileSync(join(folder, 'junit.xml'), 'utf8')
  expect(junit).not.toContain('<system-out>')
  expect(junit).toContain('this was not checked: the system did not start')
})
