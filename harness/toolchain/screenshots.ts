/** `npm run screenshots`: runs the first incident, and makes the pictures of its report that the README shows. Needs a Chromium. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { TestPage, findChromium, launchBrowser } from '../report/viewer/test-browser.ts'

const cliFile = fileURLToPath(new URL('../bin/aftershock.js', import.meta.url))
const pictures = resolve('reports', 'screenshots')
const viewport = { width: 1000, height: 860 }

const chromium = findChromium()
if (chromium === undefined) throw new Error('screenshots need a Chromium')
const out = mkdtempSync(join(tmpdir(), 'aftershock-screenshots-'))
try {
  const args = ['run', 'twitter-api-plan', '--runtime', 'processes', '--out', out]
  const { status } = spawnSync(process.execPath, [cliFile, ...args], { stdio: 'inherit' })
  if (status !== 0) throw new Error(`the run ended with ${status}`)
  mkdirSync(pictures, { recursive: true })
  await picture(chromium, pathToFileURL(join(out, 'report.html')).href)
} finally {
  rmSync(out, { recursive: true })
}

async function picture(executable: string, url: string): Promise<void> {
  const browser = await launchBrowser(executable)
  try {
    for (const colorScheme of ['light', 'dark'] as const) {
      await using open = await TestPage.open(browser, url, { colorScheme, viewport })
      await open.page.screenshot({ path: join(pictures, `report-${colorScheme}.png`) })
    }
  } finally {
    await browser.close()
  }
}
