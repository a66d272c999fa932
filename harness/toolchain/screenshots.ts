/**
 * `npm run screenshots`: runs the first incident, and makes the pictures of its report that the README shows: the verdict and the matrix, whole.
 * Needs a Chromium, and a tree without changes, since the pictures name its commit.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { TestPage, findChromium, launchBrowser } from '../report/viewer/test-browser.ts'

const cliFile = fileURLToPath(new URL('../bin/aftershock.js', import.meta.url))
const pictures = resolve('reports', 'screenshots')
const viewport = { width: 1000, height: 860 }
const belowPx = 14

const { stdout: changes } = spawnSync('git', ['status', '--porcelain'], { encoding: 'utf8' })
if (changes !== '') throw new Error(`commit first, the pictures name the commit:\n${changes}`)
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
      const matrix = await open.page.locator('#matrix').boundingBox()
      if (!matrix) throw new Error('the report has no matrix')
      const clip = { x: 0, y: 0, width: viewport.width, height: matrix.y + matrix.height + belowPx }
      const path = join(pictures, `report-${colorScheme}.png`)
      await open.page.screenshot({ path, fullPage: true, clip })
    }
  } finally {
    await browser.close()
  }
}
