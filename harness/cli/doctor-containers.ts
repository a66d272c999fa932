import { $ } from 'zx'
import { baseImageVariable } from '../core/index.ts'
import { composeHint, findComposeTool } from '../compose/compose-tool.ts'
import { findEngine } from '../runtimes/containers/availability.ts'
import type { Check } from './doctor-check.ts'

const quiet = $({ nothrow: true, quiet: true, timeout: '5s' })
const browsers = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** What only some commands and runtimes need: a container engine, images, compose, k6, a browser. */
export async function containerChecks(): Promise<Check[]> {
  const found = await findEngine()
  const [engine, compose, k6, chromium] = await Promise.all([
    found.ok ? describeEngine() : [absentEngine(found.why), unknownImages],
    checkCompose(),
    checkProgram(
      'k6',
      ['k6', 'version'],
      'install k6 (https://grafana.com/docs/k6): load tests can then run on it; the embedded engine needs nothing',
    ),
    checkBrowser(),
  ])
  return [...engine, compose, k6, chromium]
}

async function describeEngine(): Promise<Check[]> {
  // Loaded only where an engine answers.
  const { describeImages, engineFacts } = await import('../runtimes/containers/engine-facts.ts')
  const facts = await engineFacts()
  const images = await describeImages()
  return [
    { name: 'Docker', ok: true, optional: true, detail: facts, hint: '' },
    { name: 'images', optional: true, hint: imagesHint, ...images },
  ]
}

const imagesHint = `docker pull or docker load what ${baseImageVariable} names, or unset it: node:26-slim is pulled, or a base made from this machine's Node`
const unknownImages: Check = {
  name: 'images',
  ok: false,
  optional: true,
  detail: 'not known without an engine',
  hint: imagesHint,
}

function absentEngine(why: string): Check {
  return {
    name: 'Docker',
    ok: false,
    optional: true,
    detail: why,
    hint: 'install Docker Engine 20.10 or newer (Debian: docker.io) and start it, or set DOCKER_HOST; --runtime processes needs none',
  }
}

async function checkProgram(
  name: string,
  command: readonly [string, ...string[]],
  hint: string,
): Promise<Check> {
  const { exitCode, stdout } = await quiet`${[...command]}`
  const ok = exitCode === 0
  const detail = ok ? (stdout.trim().split('\n')[0] ?? '') : 'not found'
  return { name, ok, optional: true, detail, hint }
}

async function checkCompose(): Promise<Check> {
  const found = await findComposeTool()
  const detail = found ? `${found.version} (${found.command.join(' ')})` : 'not found'
  return { name: 'compose', ok: found !== undefined, optional: true, detail, hint: composeHint }
}

async function checkBrowser(): Promise<Check> {
  const checks = await Promise.all(
    browsers.map((name) =>
      checkProgram(
        'Chromium',
        [name, '--version'],
        'install chromium: reports can then be checked in a browser',
      ),
    ),
  )
  return checks.find(({ ok }) => ok) ?? (checks[0] as Check)
}
