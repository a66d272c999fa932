import { expect, test } from 'vitest'
import type { EventOf, JournalEvent } from '../core/index.ts'
import { jsonInScript, renderHtml } from './html.ts'
import { failureGroups } from './failure-groups.ts'
import { PageFold, traceIdsOf, type PageData } from './page-data.ts'
import type { Summary, SummaryCell } from './summary-types.ts'
import { holds, incident, JournalBuilder, twitterCells, upToBaseline } from './test-journal.ts'
import { TimelineFold } from './page-timeline.ts'

function pageOf(events: readonly JournalEvent[]): PageData {
  const fold = new PageFold()
  for (const event of events) fold.take(event)
  return fold.data()
}

test('the page says in sentences what broke, for whom, whether undoing helped, and what the status page said', () => {
  const { sentence } = pageOf(incident().events)
  expect(sentence).toContain('‘enforce API plans’ broke 10 of 15 flows')
  expect(sentence).toContain('Undoing it brought everything back in 0.8 s.')
  expect(sentence).toContain(
    'The status page said operational for all 3.1 s and never admitted it.',
  )
})

test('text that would turn the order of the text around it is made visible', () => {
  const turned = 'links \u202ereversed'
  const page = pageOf(
    upToBaseline({ started: { title: turned, expect: holds } })
      .open('change:1', 'enforce-plans')
      .sample('change:1', { flow: 'open-link', actor: 'web' }, 'a\u2066b').events,
  )
  expect(page.summary.title).toBe('links \\u{202e}reversed')
  expect(JSON.stringify(page)).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/)
  expect(page.failures[0]?.symptom).toBe('a\\u{2066}b')
})

test('the command that reproduces the run names its runtime', () => {
  expect(pageOf(incident().events).reproduce).toBe(
    'npx aftershock reproduce twitter-api-plan --seed 20230306 --runtime processes',
  )
})

test('each broken cell has its first failing exchange, with the trace id to look up in the logs', () => {
  const page = pageOf(incident().events)
  const broken = page.summary.cells.filter((cell) => cell.change?.judgement === 'broken')
  expect(broken.length).toBeGreaterThan(0)
  for (const { flow, actor } of broken) {
    expect(page.failures).toContainEqual(
      expect.objectContaining({ flow, actor, window: 'change:1', exchange: expect.any(Object) }),
    )
  }
  expect([...traceIdsOf(page)]).toContain('4bf92f3577b34da6a3ce929d0e0e4736')
})

test('changes and windows are marked in time', () => {
  const page = pageOf(incident().events)
  expect(page.spans.map(({ id }) => id)).toEqual(['baseline', 'change:1', 'recovery'])
  expect(page.marks.map(({ kind }) => kind)).toEqual(['applied', 'undone'])
})

function sampleAt(startMs: number, durationMs: number, ok = true): EventOf<'sample'> {
  const timing = { startMs, durationMs, atMs: startMs + durationMs }
  return { kind: 'sample', flow: 'a', actor: 'b', window: 'baseline', ok, ...timing }
}

test('the timeline counts runs and errors in buckets, with percentiles that are correct to 5 %', () => {
  const fold = new TimelineFold()
  for (let i = 1; i <= 100; i += 1) fold.take(sampleAt(300, i, i > 10))
  const { edgesMs, series } = fold.data()
  expect(edgesMs).toEqual([0, 250, 500])
  const [all] = series
  expect(all?.requests).toEqual([0, 100])
  expect(all?.errors).toEqual([0, 10])
  for (const [list, truth] of [
    [all?.p50, 50],
    [all?.p95, 95],
    [all?.p99, 99],
  ] as const) {
    expect(list?.[0]).toBeNull()
    expect(list?.[1]).toBeGreaterThanOrEqual(truth)
    expect(list?.[1]).toBeLessThanOrEqual(truth * 1.06)
  }
})

test('no bin has both what was before an undo and what came after, and none is a sliver', () => {
  const fold = new TimelineFold()
  for (const atMs of [10, 510, 540, 560]) fold.take(sampleAt(atMs, 5, false))
  fold.cut(565)
  fold.take(sampleAt(562, 5, false))
  for (const atMs of [566, 700, 760]) fold.take(sampleAt(atMs, 5))
  const { edgesMs, series } = fold.data()
  expect(edgesMs).toEqual([0, 250, 565, 750, 1_000])
  expect(series[0]?.errors).toEqual([1, 4, 0, 0])
  expect(series[0]?.requests).toEqual([1, 4, 2, 1])
})

test('a run that began before a change and failed by it is after it', () => {
  const fold = new TimelineFold()
  fold.cut(1_000)
  const exchange = { method: 'GET', url: 'http://a.test/', requestHeaders: {}, durationMs: 20 }
  fold.take({ ...sampleAt(900, 400, false), exchange })
  const { edgesMs, series } = fold.data()
  expect(edgesMs[series[0]?.errors.indexOf(1) ?? -1]).toBe(1_250)
})

test('a cut stays where it is in a run that grows long', () => {
  const fold = new TimelineFold()
  fold.take(sampleAt(60_001, 5, false))
  fold.cut(60_010)
  fold.take(sampleAt(60_011, 5))
  fold.take(sampleAt(3_600_000, 5))
  const { edgesMs, series } = fold.data()
  expect(edgesMs).toContain(60_010)
  const before = edgesMs.indexOf(60_010) - 1
  expect(series[0]?.errors[before]).toBe(1)
  expect(series[0]?.requests.slice(before, before + 2)).toEqual([1, 1])
})

test('a run of a day keeps at most 360 buckets, and loses no sample', () => {
  const fold = new TimelineFold()
  for (let second = 0; second < 86_400; second += 20) fold.take(sampleAt(second * 1000, 5))
  const { edgesMs, series } = fold.data()
  expect(edgesMs.length).toBeLessThanOrEqual(361)
  const total = series[0]?.requests.reduce((sum, times) => sum + times, 0)
  expect(total).toBe(4_320)
})

test('the page of a journal a hundred times as long is no larger', () => {
  const build = (rounds: number) => {
    const journal = new JournalBuilder().start()
    journal.open('baseline')
    for (let i = 0; i < rounds; i += 1) {
      for (const cell of twitterCells) journal.after(5).sample('baseline', cell, '403/467')
    }
    return JSON.stringify(pageOf(journal.events)).length
  }
  expect(build(1_000)).toBeLessThan(build(100) * 2)
})

test('a cell that broke under load only has the exchange that the load kept', () => {
  const page = pageOf(incident().events)
  const { summary } = page
  const cell = summary.cells.find(({ sample }) => !sample)
  if (!cell) throw new Error('every cell broke')
  const { flow, actor } = cell
  const harmed = { flow, actor, window: 'change:1', judgement: 'broken' }
  const load = { cells: [harmed] } as unknown as NonNullable<Summary['load']>
  const kept = { flow, actor, window: 'load', symptom: '429', message: '', atMs: 1, exchange: null }
  const before = failureGroups(page)
  const groups = failureGroups({ ...page, summary: { ...summary, load }, failures: [kept] })
  expect(groups).toHaveLength(before.length + 1)
  expect(groups).toContainEqual({ symptom: '429', how: 'under-load', cells: [cell] })
})

test('cells that failed alike under load stand together, whatever was judged of them without', () => {
  const page = pageOf(incident().events)
  const all = page.summary.cells.filter(({ sample }) => !sample).slice(0, 2)
  const cells = all.map((cell, i) => ({
    ...cell,
    change: cell.change && { ...cell.change, judgement: i === 0 ? 'holds' : 'undecided' },
  })) as SummaryCell[]
  const harmed = cells.map(({ flow, actor }) => ({
    flow,
    actor,
    window: 'change:1',
    judgement: 'broken',
  }))
  const load = { cells: harmed } as unknown as NonNullable<Summary['load']>
  const failures = harmed.map(({ flow, actor }) => {
    return { flow, actor, window: 'load', symptom: '429', message: '', atMs: 1, exchange: null }
  })
  const groups = failureGroups({ ...page, summary: { ...page.summary, cells, load }, failures })
  expect(groups).toEqual([{ symptom: '429', how: 'under-load', cells }])
})

test('what came from the system cannot leave the script element that holds the data', () => {
  const nasty = '</script><script>alert(1)</script><!--&\u2028'
  const text = jsonInScript({ nasty })
  expect(text).not.toMatch(/[<>&\u2028]/)
  expect(JSON.parse(text)).toEqual({ nasty })
  const page = pageOf(incident({ started: { scenario: '<img src=x>$&' } }).events)
  const html = renderHtml('<title><!--page-title--></title><!--page-plain-->|/*page-data*/|', page)
  expect(html).toContain('&#60;img src=x&#62;$&#38;')
  expect(html).not.toContain('<img')
})

test('what came from the system is never taken for the place of the data', () => {
  const page = pageOf(
    incident({ started: { scenario: '/*page-data*/', title: '/*page-data*/' } }).events,
  )
  const html = renderHtml('<title><!--page-title--></title><!--page-plain-->|/*page-data*/|', page)
  expect(JSON.parse(html.split('|').at(-2) ?? '')).toMatchObject({ sentence: page.sentence })
})
