import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from 'playwright-core'

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const quiet =
  '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'

/** Where a Chromium is; undefined where there is none. Throws where CI is set: there it must be. */
export function findChromium(): string | undefined {
  const found = places.find((place) => existsSync(place))
  if (found === undefined && process.env['CI'])
    throw new Error(`no Chromium at ${places.join(', ')}`)
  if (found === undefined) process.stderr.write('page tests are skipped: there is no Chromium\n')
  return found
}

/** A browser with no more than it needs. One serves many pages: to start it takes longer than all that they do. */
export function launchBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, headless: true, args: quiet.split(' ') })
}

/** A page with cookies and storage of its own, and all that went wrong or out of it. */
export class TestPage implements AsyncDisposable {
  readonly problems: string[] = []
  readonly requests: string[] = []
  readonly page: Page
  readonly #context: BrowserContext

  private constructor(context: BrowserContext, page: Page) {
    this.#context = context
    this.page = page
    page.on('console', (message) => {
      if (message.type() === 'error') this.problems.push(message.text())
    })
    page.on('pageerror', (error) => this.problems.push(error.message))
    page.on('request', (request) => this.requests.push(request.url()))
    page.on('dialog', (dialog) => {
      this.problems.push(`dialog: ${dialog.message()}`)
      void dialog.dismiss()
    })
  }

  static async open(
    browser: Browser,
    url: string,
    options: BrowserContextOptions = {},
  ): Promise<TestPage> {
    const context = await browser.newContext(options)
    const opened = new TestPage(context, await context.newPage())
    await opened.page.goto(url)
    await opened.page.waitForSelector('h1')
    return opened
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.close()
  }
}

/** What axe-core finds wrong with the page. Opened with `bypassCSP`, or served without one: the policy of a page keeps axe out, too. */
export async function axeViolations({ page }: TestPage): Promise<string[]> {
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  return page.evaluate(
    `(() => { ${axe}; return axe.run().then((r) => r.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.html.slice(0, 120)).join(' | '))) })()`,
  )
}
