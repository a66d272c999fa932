import { marked } from 'marked'
import { describe, expect, it } from 'vitest'
import { displayWidth } from '../report/index.ts'
import { renderPageHtml, renderPageMarkdown, renderPageTerminal, type Page } from './page.ts'
import { sparkline, trendPage, type TrendRun } from './trend-page.ts'

const wicked = '<script>alert(1)</script> | `x` @octocat \u001b[31m [a](http://b) \u202etxet\nnext'
const page: Page = {
  title: wicked,
  tone: 'bad',
  lead: [wicked],
  sections: [
    {
      title: wicked,
      notes: [wicked],
      table: {
        head: ['a', wicked],
        rows: [
          [wicked, 'plain'],
          ['', wicked],
        ],
        more: 3,
      },
    },
  ],
}

describe('a page of hostile text', () => {
  it('has no element as HTML but its own, and forbids scripts', () => {
    const html = renderPageHtml(page)
    expect(html).not.toContain('<script')
    expect(html).toContain("default-src 'none'")
    expect(html).toContain('&#60;script&#62;')
    expect(html).toContain('\\u{202e}txet next')
  })

  it('has none as Markdown, and its table keeps its cells', () => {
    const html = marked.parse(renderPageMarkdown(page), { async: false })
    const names = new Set([...html.matchAll(/<(\w+)/g)].map(([, name]) => name))
    expect(names).toEqual(
      new Set(['h3', 'h4', 'p', 'ul', 'li', 'table', 'thead', 'tbody', 'tr', 'th', 'td', 'code']),
    )
    expect(html.match(/<td>/g)).toHaveLength(4)
  })

  it('fits a terminal, and moves no cursor', () => {
    const text = renderPageTerminal(page, { width: 60, colour: false, unicode: true })
    expect(text).not.toContain('\u001b')
    for (const line of text.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(60)
  })
})

it('a table that is much too wide for the terminal is told row by row, and nothing of it is cut', () => {
  const row = ['GET /status', '.components[].since', `"${'a'.repeat(40)}"`, '', 'as visitor']
  const table = { head: ['where', 'what', 'before', 'after', 'evidence'], rows: [row], more: 2 }
  const wide: Page = { title: 'a', tone: 'good', lead: [], sections: [{ title: 'b', table }] }
  const text = renderPageTerminal(wide, { width: 60, colour: false, unicode: true })
  for (const cell of row) expect(text).toContain(cell)
  expect(text).not.toContain('after')
  expect(text).toContain('and 2 more')
  for (const line of text.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(60)
})

it.each<[readonly (number | null)[], string]>([
  [[], ''],
  [[0, 0], '▁▁'],
  [[1, 2, 4, 8], '▂▃▅█'],
  [[5, null, 5], '█·█'],
  [[-3, 3], '▁█'],
])('the sparkline of %j is %s', (values, line) => {
  expect(sparkline(values)).toBe(line)
})

it('a trend shows each run, the newest at the top, and the figures over time', () => {
  const run = (i: number, verdict: TrendRun['verdict']): TrendRun => ({
    runId: `run-${i}`,
    startedAt: `2026-11-0${i}T10:00:00.000Z`,
    verdict,
    cells: [],
    timings: {
      startMs: null,
      baselineMs: null,
      applyMs: null,
      verdictMs: i * 1_000,
      undoMs: null,
      recoveryMs: null,
      teardownMs: null,
      totalMs: 10_000,
    },
    statusPage: null,
    git: { head: 'abcdef0123456789', dirty: true },
  })
  const { tone, lead, sections } = trendPage(
    'shop',
    [
      run(1, 'pass'),
      run(2, 'inconclusive'),
      {
        ...run(4, 'pass'),
        comparison: { outcome: 'regression', title: '', lead: [], worse: [] },
      },
    ],
    2,
    true,
  )
  expect(tone).toBe('bad')
  expect(lead[0]).toContain('1 of 3 passed; the newest: pass, regression.')
  expect(lead[1]).toBe('Worse than the baseline that it was held against: 1 run.')
  expect(lead[2]).toContain('2 sessions of aftershock reproduce')
  const [trend, runs] = sections
  expect(trend?.table?.rows[0]?.slice(0, 2)).toEqual(['verdict', 'P?F'])
  expect(trend?.table?.rows).toContainEqual([
    'time to a verdict',
    '▃▅█',
    '1.0 s',
    '2.0 s',
    '4.0 s',
    '4.0 s',
  ])
  expect(trend?.table?.rows).toContainEqual(['recovery', '···', 'none', 'none', 'none', 'none'])
  expect(runs?.table?.rows.map(([started]) => started)).toEqual([
    '11-04 10:00',
    '11-02 10:00',
    '11-01 10:00',
  ])
})

it('the median of two runs lies between them', () => {
  const totals = [10_000, 20_000].map((totalMs, i): TrendRun => {
    const none = { startMs: null, baselineMs: null, applyMs: null, undoMs: null }
    const timings = { ...none, verdictMs: null, recoveryMs: null, teardownMs: null, totalMs }
    const startedAt = `202${i}-11-01T10:00:00.000Z`
    return {
      runId: `run-${i}`,
      startedAt,
      verdict: 'pass',
      cells: [],
      timings,
      statusPage: null,
      git: null,
    }
  })
  const [trend, runs] = trendPage('shop', totals, 0, true).sections
  expect(trend?.table?.rows.at(-1)?.slice(2)).toEqual(['10.0 s', '15.0 s', '20.0 s', '20.0 s'])
  expect(runs?.table?.rows[0]?.[0]).toBe('2021-11-01 10:00')
})
