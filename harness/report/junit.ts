import { againstSuite } from './against.ts'
import type { TestResult } from './junit-results.ts'
import { suitesOf, type Suite, type Testcase } from './junit-suites.ts'
import type { RunModel } from './run-model.ts'
import type { Summary } from './summary-types.ts'
import { element, textElement } from './xml.ts'

/**
 * The run as JUnit XML, in the dialect that Jenkins and GitLab read. A testcase passes when its cell did what the scenario
 * says: a cell that breaks where the incident says so is a success, and its text says that it broke.
 */
export function renderJunit(model: RunModel): string {
  const { summary, suites: own } = suitesOf(model)
  const suites = [
    ...own,
    ...(summary.comparison ? [againstSuite(summary.scenario, summary.comparison)] : []),
  ]
  const all = suites.flatMap((suite) => suite.testcases)
  const root = element(
    'testsuites',
    {
      name: `aftershock ${summary.scenario}`,
      ...counts(all),
      time: seconds(summary.timings.totalMs),
    },
    suites.map((suite) => suiteXml(suite, summary)),
  )
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`
}

function suiteXml(suite: Suite, summary: Summary): string {
  return element(
    'testsuite',
    {
      name: suite.name,
      ...counts(suite.testcases),
      skipped: suite.testcases.filter(({ result }) => result.kind === 'skipped').length,
      time: seconds(suite.timeMs),
      ...timestamp(summary.startedAt, suite.startedMs),
    },
    [propertiesXml(summary), ...suite.testcases.map(testcaseXml)],
  )
}

function counts(testcases: readonly Testcase[]): {
  tests: number
  failures: number
  errors: number
} {
  const number = (kind: TestResult['kind']) =>
    testcases.filter(({ result }) => result.kind === kind).length
  return { tests: testcases.length, failures: number('failure'), errors: number('error') }
}

/** Without a time zone, as the schema wants it; left out when the journal's start is no date. */
function timestamp(startedAt: string, afterMs: number): { timestamp?: string } {
  const at = Date.parse(startedAt) + afterMs
  return Number.isFinite(at) ? { timestamp: new Date(at).toISOString().slice(0, 19) } : {}
}

function propertiesXml(summary: Summary): string {
  const properties: Readonly<Record<string, string | number>> = {
    runId: summary.runId,
    title: summary.title,
    verdict: summary.verdict,
    expectation: summary.expectation,
    runtime: summary.runtime,
    seed: summary.seed,
    ...(summary.git ? { git: summary.git.head + (summary.git.dirty ? ' (dirty)' : '') } : {}),
    ...Object.fromEntries(
      Object.entries(summary.versions).map(([name, version]) => [`version.${name}`, version]),
    ),
  }
  const children = Object.entries(properties).map(([name, value]) =>
    element('property', { name, value }),
  )
  return element('properties', {}, children)
}

function testcaseXml({ classname, name, timeMs, result }: Testcase): string {
  return element('testcase', { classname, name, time: seconds(timeMs) }, [resultXml(result)])
}

function resultXml(result: TestResult): string {
  switch (result.kind) {
    case 'passed':
      return textElement('system-out', {}, result.text)
    case 'skipped':
      return element('skipped', { message: result.message })
    case 'failure':
    case 'error':
      return textElement(result.kind, { type: result.type, message: result.message }, result.body)
  }
}

function seconds(durationMs: number): string {
  return (durationMs / 1000).toFixed(3)
}
