import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { renderHtml } from '../html.ts'
import { PageFold } from '../page-data.ts'
import {
  JournalBuilder,
  incident,
  twitterCells,
  upToBaseline,
  type IncidentOptions,
} from '../test-journal.ts'
import { TestPage, axeViolations, findChromium, launchBrowser } from './test-browser.ts'

const chromium = findChromium() ?? ''
const shell = new URL('./dist/shell.html', import.meta.url)
const directory = mkdtempSync(join(tmpdir(), 'aftershock-report-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

function fileOf(
  name: string,
  what: IncidentOptions | JournalBuilder = {},
  logLine = 'quiet',
): string {
  const fold = new PageFold()
  const { events } = what instanceof JournalBuilder ? what : incident(what)
  for (const event of events) fold.take(event)
  const logs = { '4bf92f3577b34da6a3ce929d0e0e4736': [{ replica: 'gateway-1', line: logLine }] }
  const file = join(directory, `${name}.html`)
  writeFileSync(file, renderHtml(readFileSync(shell, 'utf8'), fold.data(logs)))
  return pathToFileURL(file).href
}

describe.skipIf(chromium === '')('report.html of the first incident', () => {
  let browser: Browser

  beforeAll(async () => {
    browser = await launchBrowser(chromium)
  })

  afterAll(() => browser.close())

  test('shows the verdict and the matrix, and asks for nothing but itself', async () => {
    const url = fileOf('plain')
    await using open = await TestPage.open(browser, url)
    expect(await open.page.locator('.badge').textContent()).toBe('PASS')
    expect(await open.page.locator('h1').textContent()).toContain('‘enforce API plans’ broke')
    const cell = open.page.getByRole('button', {
      name: /^post image as the web client: before works, during broken, after works/,
    })
    expect(await cell.count()).toBe(1)
    expect(await open.page.locator('.legend').textContent()).toContain('a cell that failed')
    expect(open.requests).toEqual([url])
    expect(open.problems).toEqual([])
  })

  test('without scripts, as Jenkins shows it, the verdict, the sentence and the matrix are there', async () => {
    await using open = await TestPage.open(browser, fileOf('plain-text'), {
      javaScriptEnabled: false,
    })
    expect(await open.page.locator('h1').textContent()).toMatch(/^PASS: ‘enforce API plans’ broke/)
    expect(await open.page.locator('pre').textContent()).toMatch(/CELLS[\s\S]*●✗●[\s\S]*403\/467/)
  })

  test('where no cell failed the legend does not speak of cells that did', async () => {
    await using open = await TestPage.open(browser, fileOf('whole', upToBaseline()))
    const legend = (await open.page.locator('.legend').textContent()) ?? ''
    expect(legend).toContain('Three marks a cell')
    expect(legend).not.toContain('failed')
  })

  test('on paper the evidence stands open, and each kind of failure has an example', async () => {
    await using open = await TestPage.open(browser, fileOf('paper'))
    const row = open.page.locator('#evidence tbody tr').first()
    const examples = open.page.locator('.on-paper article')
    expect(await row.isVisible()).toBe(false)
    expect(await examples.first().isVisible()).toBe(false)
    await open.page.emulateMedia({ media: 'print' })
    expect(await row.isVisible()).toBe(true)
    const groups = await open.page.locator('.failures nav h3').allTextContents()
    expect(groups.length).toBeGreaterThan(2)
    expect(await open.page.locator('.on-paper > div > h3').allTextContents()).toEqual(groups)
    expect(await examples.count()).toBe(groups.length)
    expect(await examples.last().isVisible()).toBe(true)
  })

  test('a chosen cell has no ground of its own, on which its marks could not be read', async () => {
    await using open = await TestPage.open(browser, fileOf('chosen'))
    const chosen = open.page.locator(`.matrix button[aria-pressed='true']`)
    expect(await chosen.count()).toBe(1)
    const ground = await open.page.evaluate(
      `getComputedStyle(document.querySelector(".matrix button[aria-pressed='true']")).backgroundColor`,
    )
    expect(ground).toBe('rgba(0, 0, 0, 0)')
  })

  test('a click on a broken cell leads to its failing exchange, its logs and curl', async () => {
    await using open = await TestPage.open(browser, fileOf('click', {}, 'planned to refuse'))
    await open.page.getByRole('button', { name: /^post link as the mobile client/ }).click()
    const exchange = open.page.locator('#exchange')
    await exchange.getByText('post link as the mobile client').waitFor()
    const text = (await exchange.textContent()) ?? ''
    expect(text).toContain('POST http://gateway.test/api/post-link/8812')
    expect(text).toContain('4bf92f3577b34da6a3ce929d0e0e4736')
    expect(text).toContain('planned to refuse')
    expect(text).toContain('curl -isS -X POST')
    expect(text).toContain('X_APP_KEY is the header x-app-key')
    expect(text).toContain('The address is gone with this run.')
  })

  test.each([
    ['light', 1240],
    ['dark', 1240],
    ['light', 380],
    ['dark', 380],
  ] as const)(
    'has no accessibility violation, %s, %i wide, and is never wider than the screen',
    async (colorScheme, width) => {
      const options = { colorScheme, viewport: { width, height: 800 } }
      const long = `look at ${'a picture and then another one, '.repeat(6)}and the last`
      const cells = twitterCells.map((cell) => ({
        ...cell,
        flowTitle: `${cell.flowTitle} ${long}`,
      }))
      await using open = await TestPage.open(browser, fileOf('looks', { started: { cells } }), {
        ...options,
        bypassCSP: true,
      })
      expect(await axeViolations(open)).toEqual([])
      expect(await open.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(
        width,
      )
      const back = String(
        await open.page.evaluate('getComputedStyle(document.body).backgroundColor'),
      )
      const [red = 128] = (back.match(/\d+/g) ?? []).map(Number)
      expect(colorScheme === 'dark' ? red < 60 : red > 200, back).toBe(true)
    },
  )

  test('scripts in titles, headers, bodies and logs do not run', async () => {
    const planted =
      '</script><script>alert(1)</script><img src=x onerror=alert(1)><svg onload=alert(1)>'
    const url = fileOf(
      'planted',
      {
        started: { title: planted, description: planted, scenario: planted },
        exchange: {
          responseBody: planted,
          responseHeaders: { [planted]: planted },
          url: `javascript:${planted}`,
        },
      },
      planted,
    )
    await using open = await TestPage.open(browser, url)
    expect(await open.page.locator('#exchange').textContent()).toContain(planted)
    expect(await open.page.locator('.where').textContent()).toContain(planted)
    expect(open.problems).toEqual([])
    expect(open.requests).toEqual([url])
    expect(await open.page.locator('#app img, #app svg').count()).toBe(0)
  })

  test('the policy of the page stops a script that got in all the same', async () => {
    await using open = await TestPage.open(browser, fileOf('policy'))
    const attempt = `{ const s = document.createElement('script'); s.textContent = 'window.ran = true'; document.body.append(s) }; typeof window.ran`
    expect(await open.page.evaluate(attempt)).toBe('undefined')
    expect(open.problems.join()).toContain('Content Security Policy')
  })
})
