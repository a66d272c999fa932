import { mkdirSync, symlinkSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Browser, Page } from 'playwright-core'
import {
  TestPage,
  axeViolations,
  findChromium,
  launchBrowser,
} from '../report/viewer/test-browser.ts'
import {
  TestProject,
  aftershock,
  eventsIn,
  liveAddress,
  start,
  untilNothingIsLeft,
  type Running,
} from './test-cli.ts'

const chromium = findChromium() ?? ''
const minute = { timeout: 60_000 }

/** One session in which one thing is done after the other, as a person would. */
describe.skipIf(chromium === '')('by hand on the live page', () => {
  const project = new TestProject({
    poked: `replicas: 2, hasSite: true, config: { logs: true }`,
  })
  const out = project.path('out')
  let browser: Browser
  let running: Running
  let open: TestPage
  let page: Page

  beforeAll(async () => {
    // A saved scenario imports the package, as every scenario does.
    mkdirSync(project.path('node_modules'))
    symlinkSync(
      fileURLToPath(new URL('..', import.meta.url)),
      project.path('node_modules/aftershock'),
    )
    browser = await launchBrowser(chromium)
    running = start(project, 'reproduce', 'poked', '--out', out)
    open = await TestPage.open(browser, await liveAddress(running), { bypassCSP: true })
    page = open.page
    await state('The change is applied.')
  }, 120_000)

  afterAll(async () => {
    running.child.kill('SIGTERM')
    await running.finished
    await browser.close()
    await untilNothingIsLeft(out)
    project[Symbol.dispose]()
  }, 120_000)

  const state = (text: string) => page.locator('#state', { hasText: text }).waitFor(minute)
  const press = async (name: string) => {
    const button = page.locator(`button:visible:not([aria-disabled='true'])`, { hasText: name })
    await button.first().click(minute)
  }
  const tab = (name: string) => page.getByRole('tab', { name, exact: true }).click()
  const inForce = (text: string) => page.locator('.in-force li', { hasText: text })
  const failing = () => page.locator('#now .bad')
  const turnOff = async (text: string) => {
    await inForce(text).getByRole('button').click()
    await inForce(text).waitFor({ state: 'detached', ...minute })
  }

  test('has no accessibility violation, on any tab', async () => {
    for (const name of ['Configuration', 'Links', 'Sites', 'Load', 'Run a flow', 'Trace', 'Save']) {
      await tab(name)
      expect(await axeViolations(open), name).toEqual([])
    }
  })

  test('the change is rolled out to one replica', async () => {
    await press('Undo the change')
    await state('The change is not applied.')
    await press('Roll out to app-1 only')
    await state('A part of the replicas has the change.')
    expect(await inForce('on app-1').count()).toBe(1)
  })

  test('a configuration is edited: the difference and what the schema says against it show at once', async () => {
    await tab('Configuration')
    const refuse = page.getByRole('textbox', { name: 'refuse' })
    await refuse.fill('["/read", 7]')
    await page.getByText('/refuse/1 must be string').waitFor(minute)
    await refuse.fill('["/read"]')
    await page.locator('#config-difference', { hasText: 'refuse.-' }).waitFor(minute)
    await page.getByText('must be string').waitFor({ state: 'detached', ...minute })
    await press('Write to all 2')
    await failing().first().waitFor(minute)
    await page.locator('h1', { hasText: '1 of 2 cells fails right now.' }).waitFor(minute)
  })

  test('what fails by that leads to its exchange, and to what services logged about it', async () => {
    await page
      .locator('#failures nav h3', { hasText: 'under what was done by hand' })
      .waitFor(minute)
    await page.locator('#failures nav button', { hasText: 'read something' }).click()
    const log = page.locator('#exchange .log').first()
    expect(await log.textContent(minute)).toMatch(/^app-[12] trace [0-9a-f]{32} \/read/)
    expect(
      await page.locator('#changes article', { hasText: 'by-hand-1' }).textContent(),
    ).toContain('read something as A reader')
  })

  test('a wrong input of a tool is told there, not as a failure of the change, and the next input clears it', async () => {
    await tab('Links')
    const latency = page.locator('#panel-1').getByRole('textbox', { name: /^latency/ })
    const said = page.locator('#panel-1 .bad-text')
    for (const wrong of ['-5', 'abc']) {
      await latency.fill(wrong)
      await press('Turn on')
      await said.filter({ hasText: new RegExp(`latency.latency is .?${wrong}`) }).waitFor(minute)
      expect(await page.locator('#state, #problem').allTextContents()).toEqual([
        'A part of the replicas has the change.',
      ])
    }
    await latency.fill('500')
    await said.waitFor({ state: 'detached', ...minute })
    // The browser itself says of each request that was refused that it was.
    expect(open.problems.splice(0)).toHaveLength(2)
  })

  test('a toxic and a variant of a site are turned on and off, and what is being typed elsewhere stays', async () => {
    await tab('Configuration')
    const note = page.getByRole('textbox', { name: 'note' })
    await note.fill('not written yet \u202e')
    await tab('Links')
    await press('Turn on')
    await inForce('latency').waitFor(minute)
    await turnOff('latency')
    await tab('Sites')
    await press('Turn on')
    await inForce('news.example: slow').waitFor(minute)
    await turnOff('news.example: slow')
    await tab('Configuration')
    await page
      .locator('#config-difference', { hasText: 'not written yet \\u{202e}' })
      .waitFor(minute)
    expect(await note.inputValue()).toBe('not written yet \u202e')
    await press('Start over')
    await page.locator('#config-difference', { hasText: 'Nothing yet.' }).waitFor(minute)
  })

  test('load is started, given another rate, and stopped', async () => {
    await tab('Load')
    await page.getByLabel('flows a second').fill('0.5')
    await press('Start the load')
    await page
      .locator('#panel-3', { hasText: 'a whole number from 1 to 5000, not' })
      .waitFor(minute)
    await page.getByLabel('flows a second').fill('20')
    await press('Start the load')
    await page.locator('#load-now', { hasText: 'in the last second' }).waitFor(minute)
    await page.getByLabel('flows a second').fill('40')
    await press('Change the rate')
    await page.locator('#load-now', { hasText: '40 flows a second are asked for' }).waitFor(minute)
    await press('Stop the load')
    await page.locator('#load-now', { hasText: 'No load is running.' }).waitFor(minute)
    expect(eventsIn(out, 'load.second').some(({ wanted }) => wanted === 20)).toBe(true)
  })

  test('one flow is run, and its trace id leads to what services logged', async () => {
    await tab('Run a flow')
    await press('Run it once')
    const performed = page.locator('#performed')
    await performed.getByText('✗ 403').waitFor(minute)
    const traceId = (await performed.locator('.facts code').textContent()) ?? ''
    expect(await axeViolations(open)).toEqual([])
    await tab('Trace')
    await page.getByLabel('trace id').fill(traceId)
    const log = page.locator('#panel-5 .log', { hasText: `trace ${traceId} /read` })
    await log.waitFor(minute)
    expect(await log.textContent()).toMatch(/^app-[12] /)
  })

  test('what is in force is saved as a scenario that passes', async () => {
    await tab('Save')
    await press('Save as a scenario')
    await page.locator('#saved').waitFor({ timeout: 120_000 })
    expect(await page.locator('#saved').textContent()).toContain('poked-by-hand.scenario.ts')
    const passed = await aftershock(project, 'run', 'poked-by-hand')
    expect(passed.stdout).toContain('the incident reproduces')
    expect(passed.code).toBe(0)
  })

  test('all of it is in the journal, and nothing went wrong in the page', async () => {
    expect(eventsIn(out, 'hand.acted').map(({ action }) => action)).toEqual([
      'undo',
      'roll-out',
      'write-config',
      'set-toxic',
      'set-toxic',
      'set-toxic',
      'undo-step',
      'set-variant',
      'undo-step',
      'set-load',
      'set-load',
      'set-load',
      'save-scenario',
    ])
    expect(eventsIn(out, 'flow.performed')).toHaveLength(1)
    expect(open.problems).toEqual([])
  })
})
