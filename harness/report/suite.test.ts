import { expect, it } from 'vitest'
import { renderSuite, summarizeSuite, type SuiteRow } from './suite.ts'

const rows: readonly SuiteRow[] = [
  { scenario: 'plan', expectation: 'reproduces', verdict: 'pass', seconds: 7.25 },
  { scenario: 'plan-guarded', expectation: 'holds', verdict: 'fail', seconds: 8 },
  { scenario: 'nginx', expectation: 'holds', verdict: 'not run', seconds: 0 },
]
const plain = { width: 80, colour: false, unicode: true }

it('a suite ends with scenario, expectation, verdict and seconds of each, added up', () => {
  expect(renderSuite(summarizeSuite(rows, 15_300), plain)).toBe(
    `SCENARIO      EXPECTATION  VERDICT  SECONDS
plan          reproduces   PASS         7.3
plan-guarded  holds        FAIL         8.0
nginx         holds        NOT RUN
3 scenarios: 1 pass, 1 fail, 1 not run, in 15.3 s`,
  )
})

it('a run that is worse than its baseline has failed, and says why', () => {
  const row = { ...(rows[0] as SuiteRow), verdict: 'fail', baseline: 'regression' } as const
  expect(renderSuite(summarizeSuite([row], 7_000), plain)).toContain('FAIL (regression)')
})

it('a long name is cut rather than the line broken', () => {
  const long = [{ ...(rows[0] as SuiteRow), scenario: 'a-very-long-name-'.repeat(6) }]
  const lines = renderSuite(summarizeSuite(long, 7_000), plain).split('\n')
  expect(Math.max(...lines.map((line) => line.length))).toBe(80)
})

it('as data it counts the verdicts', () => {
  expect(summarizeSuite(rows, 15_260)).toEqual({
    suite: rows,
    counts: { pass: 1, fail: 1, 'not run': 1 },
    seconds: 15.3,
  })
})
