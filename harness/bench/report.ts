import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser } from 'playwright-core'
import { TestPage, findChromium, launchBrowser } from '../report/viewer/test-browser.ts'
import { goal, median, row } from './figures.ts'
import { writeJournal } from './journal-of.ts'
import { liveLag } from './live-lag.ts'
import { pageCost } from './page-cost.ts'
import { cliFile } from './reference.ts'

const sizes = { small: 0, '100 MB': 100e6 }
const times = 5

/** report.html and the live page, in a real browser. Linux only. */
export async function report(scale: number): Promise<boolean> {
  const chromium = findChromium()
  if (chromium === undefined) {
    row('report.html and the live page', 'not measured', 'needs a Chromium')
    return true
  }
  const directory = mkdtempSync(join(tmpdir(), 'aftershock-bench-'))
  const browser = await launchBrowser(chromium)
  try {
    const results: boolean[] = []
    for (const [name, bytes] of Object.entries(sizes)) {
      results.push(...(await pageOf(browser, directory, name, bytes * Math.min(1, scale))))
    }
    results.push(...(await liveLag(browser, directory, scale)))
    results.push(await pageCost(directory))
    return results.every(Boolean)
  } finally {
    await browser.close()
    rmSync(directory, { recursive: true })
  }
}

async function pageOf(
  browser: Browser,
  directory: string,
  name: string,
  bytes: number,
): Promise<boolean[]> {
  const journal = join(directory, 'journal.ndjson')
  const file = join(directory, 'report.html')
  const events = await writeJournal(journal, bytes)
  const startedMs = performance.now()
  await makeReport(journal, file)
  const size = statSync(file).size
  row(
    `${name} journal: report.html made by the command in`,
    `${((performance.now() - startedMs) / 1_000).toFixed(2)} s`,
    `${events} events, ${(statSync(journal).size / 1e6).toFixed(1)} MB`,
  )
  const views: number[] = []
  for (let i = 0; i < times; i += 1) views.push(await firstViewMs(browser, file))
  return [
    goal(`${name} journal: size of report.html`, size / 1e6, 'MB', (mb) => mb < 1, '1 MB'),
    goal(`${name} journal: first meaningful view`, median(views), 'ms', (ms) => ms < 1_000, '1 s'),
  ]
}

async function makeReport(journal: string, file: string): Promise<void> {
  await using out = await open(file, 'w')
  const args = [cliFile, 'report', journal, '--format', 'html']
  const child = spawn(process.execPath, args, { stdio: ['ignore', out.fd, 'inherit'] })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`aftershock report ended with ${code}`)
}

/** From the start of the navigation to the first paint of content: there is none before the verdict and the matrix are in the page. */
async function firstViewMs(browser: Browser, file: string): Promise<number> {
  await using page = await TestPage.open(browser, pathToFileURL(file).href)
  await page.page.getByText('enforce API plans').first().waitFor()
  return await page.page
    .evaluate<number>(`new Promise((resolve) => new PerformanceObserver((list) => {
    for (const { name, startTime } of list.getEntries()) if (name === 'first-contentful-paint') resolve(startTime)
  }).observe({ type: 'paint', buffered: true }))`)
}
