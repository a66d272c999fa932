import type { TestContext } from 'vitest'
import { count, headline, safeLines, withoutOrders, type Summary } from '../report/index.ts'
import { isCutOff } from '../report/faults.ts'
import type { TestResult } from '../report/junit-results.ts'
import type { RunSuites, Suite } from '../report/junit-suites.ts'

/** Has no stack: where in the harness it was made says nothing about the system under test, and Vitest would print that code. */
class UnmetExpectation extends Error {
  constructor(name: 'Fail' | 'Inconclusive', message: string) {
    const text = withoutOrders(safeLines(message))
    super(text)
    this.name = name
    this.stack = `${name}: ${text}`
  }
}

/** Makes a test of what a report says: passes, skips with the reason, or throws it. `note` is added to what is thrown. */
export function settle(ctx: TestContext, result: TestResult, note = ''): void {
  switch (result.kind) {
    case 'passed':
      return
    case 'skipped':
      ctx.skip(withoutOrders(safeLines(result.message)))
      return
    case 'failure':
    case 'error': {
      const name = result.kind === 'failure' ? 'Fail' : 'Inconclusive'
      throw new UnmetExpectation(
        name,
        [result.message, result.body, note].filter(Boolean).join('\n'),
      )
    }
  }
}

/** All cells of a window in one result, with the evidence of the first that is at fault. */
export function windowResult({ testcases }: Suite): TestResult {
  const faulty = testcases.flatMap(({ name, result }) =>
    result.kind === 'failure' || result.kind === 'error' ? [{ name, result }] : [],
  )
  const [first] = faulty
  if (first) {
    const lines = faulty.map(({ name, result }) => `  ${name}: ${result.message}`)
    return {
      kind: faulty.some(({ result }) => result.kind === 'failure') ? 'failure' : 'error',
      type: first.result.type,
      message: `${faulty.length} of ${count(testcases.length, 'cell')} did not hold`,
      body: [...lines, '', `${first.name}:`, first.result.body].join('\n'),
    }
  }
  const skipped = testcases.find(({ result }) => result.kind === 'skipped')
  return skipped?.result ?? { kind: 'passed', text: `${count(testcases.length, 'cell')} held` }
}

/** A check of the run as a whole, by the name that reports give it. */
export function checkResult({ suites }: RunSuites, name: string): TestResult {
  const check = suites.at(-1)?.testcases.find((testcase) => testcase.name === name)
  if (!check) throw new Error(`the report has no check '${name}'`)
  return check.result
}

/** Of a scenario that exists to show a verdict: whether the run came to it by itself. */
export function demonstrationResult(run: RunSuites, wanted: Summary['verdict']): TestResult {
  const { summary } = run
  if (summary.verdict === wanted && !isCutOff(summary)) {
    return { kind: 'passed', text: headline(summary) }
  }
  const verdict = checkResult(run, 'verdict')
  return {
    kind: isCutOff(summary) ? 'error' : 'failure',
    type: 'demonstration',
    message: `was to be judged ${wanted}, and was judged ${summary.verdict}: ${headline(summary)}`,
    body: 'body' in verdict ? verdict.body : '',
  }
}
