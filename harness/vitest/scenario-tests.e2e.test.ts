import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { FileReport, TestReport } from './testing/json-report.ts'
import type { Finished } from './testing/running-vitest.ts'
import { TestProject, type FixtureName } from './testing/test-project.ts'

const fixtures: readonly FixtureName[] = [
  'breaking',
  'holding',
  'invalid',
  'not-reproducing',
  'not-starting',
  'reproducing',
  'shown-fail',
  'shown-wrongly',
  'sick',
]

/** One run of Vitest over all fixtures; the tests look at what it reported. */
describe('vitest run over a folder of scenarios', () => {
  let project: TestProject
  let finished: Finished
  let files: ReadonlyMap<string, FileReport>

  beforeAll(async () => {
    project = await TestProject.create(...fixtures)
    finished = await project.run()
    files = await project.report()
  })
  afterAll(() => project[Symbol.asyncDispose]())

  const fileOf = (name: FixtureName): FileReport => {
    const file = files.get(name)
    if (!file) throw new Error(`no report on ${name}; Vitest printed:\n${finished.output}`)
    return file
  }
  const outcomes = (name: FixtureName) =>
    Object.fromEntries(fileOf(name).tests.map((one) => [one.name, one.status]))
  const testOf = (name: FixtureName, title: string): TestReport => {
    const found = fileOf(name).tests.find((one) => one.name === title)
    if (!found) throw new Error(`${name} has no test '${title}'`)
    return found
  }

  test('a change that breaks nothing passes in all its parts', () => {
    expect(outcomes('holding')).toEqual({
      'baseline: every cell works': 'passed',
      'refuse what nobody asks for › browse the shelf as member': 'passed',
      'refuse what nobody asks for › browse the shelf as guest': 'passed',
      'refuse what nobody asks for › borrow a book as member': 'passed',
      'undo: the configuration is what it was': 'passed',
      'recovery: every cell works again': 'passed',
      verdict: 'passed',
    })
  })

  test('cells that break as the incident says pass', () => {
    expect(fileOf('reproducing').status).toBe('passed')
  })

  test('a cell that is to break and holds fails, and so does the verdict', () => {
    const failed = fileOf('not-reproducing').tests.filter(({ status }) => status === 'failed')
    expect(failed.map(({ name }) => name)).toEqual([
      'refuse what nobody asks for › browse the shelf as guest',
      'verdict',
    ])
    expect(failed[0]?.message).toMatch(/^Fail: was expected to break, and held/)
  })

  test('a change that breaks a flow fails for the cells that broke, and for the verdict', () => {
    expect(outcomes('breaking')).toEqual({
      'baseline: every cell works': 'passed',
      'refuse browsing › browse the shelf as member': 'failed',
      'refuse browsing › browse the shelf as guest': 'failed',
      'refuse browsing › borrow a book as member': 'passed',
      'undo: the configuration is what it was': 'passed',
      'recovery: every cell works again': 'passed',
      verdict: 'failed',
    })
  })

  test('a broken cell says how often it failed and shows the first exchange', () => {
    const { message } = testOf('breaking', 'refuse browsing › browse the shelf as guest')
    expect(message).toMatch(
      /^Fail: broke under 'refuse-browsing': \d+ of \d+ failed \(100 %\), 403/,
    )
    expect(message).toMatch(/> GET http:\/\/127\.0\.0\.1:\d+\/shelf\n< 403 after \d+ ms/)
    expect(message).toContain('< not in your plan')
    expect(message).toContain('served by shelf-1')
  })

  test('a verdict gives each reason and says where the run is kept', () => {
    const { message } = testOf('breaking', 'verdict')
    expect(message).toContain("'refuse browsing' BROKE 2 of 3 cells")
    expect(message).toContain('[broken] browse as member: ')
    expect(message).toContain('[broken] browse as guest: ')
    expect(message).toMatch(/journal, summary and logs: reports\/runs\/\d{8}-\d{6}-breaking-/)
  })

  test('a system that is broken from the start is inconclusive, and what never took place is skipped', () => {
    expect(outcomes('sick')).toEqual({
      'baseline: every cell works': 'failed',
      'refuse what nobody asks for › browse the shelf as member': 'skipped',
      'refuse what nobody asks for › browse the shelf as guest': 'skipped',
      'refuse what nobody asks for › borrow a book as member': 'skipped',
      'undo: the configuration is what it was': 'skipped',
      'recovery: every cell works again': 'skipped',
      verdict: 'failed',
    })
    const { message } = testOf('sick', 'baseline: every cell works')
    expect(message).toMatch(/^Inconclusive: 1 of 3 cells did not hold\n/)
    expect(message).toContain('borrow a book as member: already failed before any change')
  })

  test('a skipped test says why', () => {
    expect(finished.output).toContain(
      'the window never took place: the system was not healthy before any change, so nothing was applied',
    )
  })

  test('a demonstration passes when the verdict is the one it shows', () => {
    expect(outcomes('shown-fail')).toEqual({ 'is judged fail': 'passed' })
  })

  test('a demonstration of another verdict fails with the reasons of the run', () => {
    const { status, message } = testOf('shown-wrongly', 'is judged inconclusive')
    expect(status).toBe('failed')
    expect(message).toContain('Fail: was to be judged inconclusive, and was judged fail: ')
    expect(message).toContain('[broken] browse as member: ')
  })

  test('an invalid scenario fails before anything starts, with all that is wrong', async () => {
    expect(fileOf('invalid')).toMatchObject({ status: 'failed', tests: [] })
    expect(finished.output).toContain(
      "INVALID_SCENARIO: scenarios/invalid.scenario.ts: 2 problems\n  id is 'Not an id'",
    )
    expect(finished.output).toContain("steps[0].service is 'cellar'. name one of shelf.")
    expect((await project.runs()).filter((run) => run.includes('Not an id'))).toEqual([])
  })

  test('a stack that does not start is told by the first test, with the log, and skips the others', () => {
    const { tests } = fileOf('not-starting')
    expect(tests[0]?.message).toMatch(/^START_FAILED: shelf-1 ended while starting/)
    expect(tests[0]?.message).toContain('MODULE_NOT_FOUND')
    expect(tests.map(({ status }) => status)).toEqual(['failed', ...Array(6).fill('skipped')])
    expect(finished.output).toContain('the run ended by a fault of the harness: shelf-1 ended')
  })

  test('each run leaves its folder', async () => {
    const runId = (await project.runs()).find((run) => run.includes('-holding-')) ?? ''
    expect(await project.list('reports/runs', runId)).toEqual([
      'journal.ndjson',
      'junit.xml',
      'report.html',
      'services',
      'summary.json',
    ])
    expect(await project.list('reports/runs', runId, 'services')).toEqual([
      'fabric.log',
      'shelf-1.log',
    ])
  })

  test('the exit code says that something failed, and nothing is left', async () => {
    expect(finished.code).toBe(1)
    expect(await project.leftovers()).toEqual([])
  })
})
