import { expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { TestPage, findChromium, launchBrowser } from '../report/viewer/test-browser.ts'
import { TestProject, eventsIn, liveAddress, start, untilNothingIsLeft } from './test-cli.ts'

const chromium = findChromium() ?? ''
const minute = { timeout: 60_000 }

async function press(page: Page, name: string): Promise<void> {
  const button = page.getByRole('button', { name })
  await page.locator(`button:not([aria-disabled='true']):text-is('${name}')`).waitFor(minute)
  await button.focus()
  await page.keyboard.press('Enter')
}

test.skipIf(chromium === '')(
  'the live page shows cells turn: undo by keyboard, they return; apply, they break again',
  async () => {
    using project = new TestProject({
      breaks: `patch: { refuse: ['/read'] }, demonstrates: 'fail'`,
    })
    const out = project.path('out')
    const { child, finished } = start(project, 'reproduce', 'breaks', '--out', out)
    const browser = await launchBrowser(chromium)
    try {
      const address = await liveAddress({ child, finished })
      await using open = await TestPage.open(browser, address)
      const { page } = open
      const broken = page.locator('#now .bad')
      await broken.getByText('403').waitFor(minute)
      await page.locator('#state', { hasText: 'The change is applied.' }).waitFor(minute)
      expect(await broken.count()).toBe(1)

      await press(page, 'Undo the change')
      await page.locator('#state', { hasText: 'The change is not applied.' }).waitFor(minute)
      await page.locator('h1', { hasText: 'All 2 cells work right now.' }).waitFor(minute)
      expect(await broken.count()).toBe(0)

      await press(page, 'Apply the change')
      await page.locator('h1', { hasText: '1 of 2 cells fails right now.' }).waitFor(minute)
      await page.locator('#state', { hasText: 'The change is applied.' }).waitFor(minute)
      expect(await broken.textContent()).toContain('403')

      const { origin } = new URL(address)
      expect(open.requests.filter((url) => !url.startsWith(`${origin}/`))).toEqual([])
      expect(open.problems).toEqual([])

      child.kill('SIGTERM')
      await page.locator('.badge', { hasText: 'OVER' }).waitFor(minute)
      expect(await finished).toMatchObject({ code: 143 })
      expect(eventsIn(out, 'change.applied')).toHaveLength(2)
      expect(eventsIn(out, 'change.undone')).toHaveLength(2)
    } finally {
      child.kill('SIGTERM')
      await finished
      await browser.close()
    }
    await untilNothingIsLeft(out)
  },
)
