import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'
import type { JournalEvent } from '../core/index.ts'
import { LiveServer } from '../live/index.ts'
import { twitterCells, upToChange } from '../report/test-journal.ts'
import { makeLivePage } from '../session/index.ts'
import { goal, median, row } from './figures.ts'
import { sampleAt } from './journal-of.ts'

const perSecond = 5_000
const tickMs = 20
/** One event in so many says when it was written, by its symptom: ten a second. */
const stampEvery = perSecond / 10
const nothing = { change: 'applied', inForce: [], rollOuts: [], loadPerSecond: 0, system: null }

/** Counts the lines that the page is given, and notes when it shows a stamp. */
const watch = `{
  const Native = EventSource
  window.taken = 0
  window.shown = []
  window.EventSource = class extends Native {
    constructor(url) {
      super(url)
      this.addEventListener('message', ({ data }) => { window.taken += data.split('\\n').length })
    }
  }
  new MutationObserver(() => {
    const stamp = Number(/✗ t(\\d{13})/.exec(document.querySelector('#now')?.textContent ?? '')?.[1] ?? 0)
    if (stamp > (window.shown.at(-1)?.stamp ?? 0)) window.shown.push({ stamp, atMs: Date.now() })
  }).observe(document, { subtree: true, childList: true, characterData: true })
}`

interface Shown {
  readonly stamp: number
  readonly atMs: number
}

/** How far the live page lags behind a journal that grows by 5,000 events a second, and how many it takes at once. */
export async function liveLag(
  browser: Browser,
  directory: string,
  scale: number,
): Promise<boolean[]> {
  const journal = new Growing(join(directory, 'live.ndjson'))
  await using live = await LiveServer.start({
    page: makeLivePage(),
    journalFile: journal.file,
    state: () => nothing,
    act: async () => ({ kind: 'refused', message: 'nobody acts here' }),
  })
  const context = await browser.newContext()
  const page = await context.newPage()
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(error.message))
  await page.addInitScript(watch)
  await page.goto(live.url)
  await page.locator('#now').waitFor()
  await journal.growFor(Math.max(3_000, 20_000 * scale))
  const shown = await untilShown(page, journal.stamps.at(-1) ?? 0)
  const lags = journal.stamps.map((stamp) => {
    // A stamp that a later one overtook was seen with that one.
    const first = shown.find((one) => one.stamp >= stamp)
    return first ? first.atMs - stamp : Infinity
  })
  const sorted = lags.toSorted((a, b) => a - b)
  row('live page: events a second', `${Math.round(journal.rate)}/s`, `${journal.written} events`)
  row('live page: lag, median', `${median(lags).toFixed(0)} ms`)
  const p95 = sorted[Math.floor(sorted.length * 0.95)] ?? NaN
  const results = [
    goal('live page: lag, p95 of all stamps', p95, 'ms', (ms) => ms <= 200, 'at most 200 ms'),
    await takesAtOnce(page, journal, Math.round(200_000 * Math.min(1, scale))),
  ]
  const taken = await page.evaluate<number>('window.taken')
  const lost = journal.written - taken + problems.length
  results.push(goal('live page: events dropped', lost, '', (count) => count === 0, '0'))
  await context.close()
  return results
}

async function takesAtOnce(page: Page, journal: Growing, events: number): Promise<boolean> {
  const startedMs = Date.now()
  const stamp = journal.append(events)
  const shown = await untilShown(page, stamp)
  const rate = events / (((shown.at(-1)?.atMs ?? Infinity) - startedMs) / 1_000)
  const what = `live page: ${events} events at once, taken`
  return goal(what, rate, '/s', (one) => one >= perSecond, `${perSecond}/s`)
}

/** Asks again and again, since the policy of the page forbids what Playwright's own waiting takes. Throws after 2 min. */
async function untilShown(page: Page, stamp: number): Promise<Shown[]> {
  const deadline = performance.now() + 120_000
  while (performance.now() < deadline) {
    const last = await page.evaluate<number>('window.shown.at(-1)?.stamp ?? 0')
    if (last >= stamp) return page.evaluate<Shown[]>('window.shown')
    await delay(100)
  }
  throw new Error('the live page has not shown the last event after 2 min')
}

/** A journal that goes on, as that of a run under load. */
class Growing {
  readonly stamps: number[] = []
  written = 0
  rate = 0
  readonly file: string
  readonly #startMs: number

  constructor(file: string) {
    this.file = file
    const { events, nowMs } = upToChange()
    this.#startMs = Date.now() - nowMs
    this.written = events.length
    writeFileSync(file, events.map((event) => `${JSON.stringify(event)}\n`).join(''))
  }

  async growFor(durationMs: number): Promise<void> {
    const startedMs = Date.now()
    let sent = 0
    for (let elapsedMs = 0; elapsedMs < durationMs; elapsedMs = Date.now() - startedMs) {
      const due = Math.floor((elapsedMs / 1_000) * perSecond)
      if (due > sent) this.append(due - sent, sent)
      sent = due
      await delay(tickMs)
    }
    this.rate = (sent * 1_000) / (Date.now() - startedMs)
    this.append(1)
  }

  /** Returns the stamp of the last; without `from` that one has a stamp whatever its number. */
  append(count: number, from?: number): number {
    const stamp = Date.now()
    const atMs = stamp - this.#startMs
    const lines = Array.from({ length: count }, (_, i) => {
      const isStamp = from === undefined ? i === count - 1 : (from + i) % stampEvery === 0
      if (isStamp) this.stamps.push(stamp)
      return `${JSON.stringify(isStamp ? stampAt(stamp, atMs) : sampleAt(i, atMs))}\n`
    })
    appendFileSync(this.file, lines.join(''))
    this.written += count
    return stamp
  }
}

/** A failure of a cell that `sampleAt` leaves alone. */
function stampAt(stamp: number, atMs: number): JournalEvent {
  const { flow, actor } = twitterCells[0] ?? { flow: '', actor: '' }
  const timing = { atMs, startMs: atMs, durationMs: 1 }
  const failure = { ok: false, symptom: `t${stamp}`, message: 'a stamp of the bench' }
  return { kind: 'sample', flow, actor, window: 'transition', ...timing, ...failure }
}
