import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'

import { connectEngine, type Docker } from '../containers/engine.ts'
import { resolveBase } from '../containers/image/base-image.ts'
import { buildImage } from '../containers/image/build-image.ts'
import { partLabel } from '../containers/labels.ts'
import { containerK6 } from './container-k6.ts'

/** Grafana's image cannot be had everywhere: what stands in for k6, in an image of its own. */
const dockerfile = `ARG BASE_IMAGE
FROM $BASE_IMAGE
COPY . /k6
ENTRYPOINT ["node", "--experimental-vm-modules", "--no-warnings", "/k6/k6.ts"]
`

const script = (executor: string) => `import { sleep } from 'k6'
export const options = { scenarios: { one: { ${executor}, exec: 'perform' } } }
export const setup = () => ({})
export const perform = () => sleep(0.05)
`

describe.skipIf(!inject('docker'))('k6 in a container', () => {
  let docker: Docker
  let directory: string
  beforeAll(async () => {
    docker = await connectEngine()
    directory = mkdtempSync(join(tmpdir(), 'aftershock-test-k6-'))
    const context = join(directory, 'image')
    const testing = new URL('../../load/k6/testing', import.meta.url)
    cpSync(fileURLToPath(testing), context, { recursive: true })
    writeFileSync(join(context, 'Dockerfile'), dockerfile)
    const base = await resolveBase(docker, () => undefined)
    process.env['AFTERSHOCK_K6_IMAGE'] = await buildImage(docker, {
      name: 'k6-stand-in',
      context,
      dockerfile: 'Dockerfile',
      base,
    })
  })
  afterAll(() => {
    delete process.env['AFTERSHOCK_K6_IMAGE']
    rmSync(directory, { recursive: true, force: true })
  })

  async function run(runId: string, executor: string, signal: AbortSignal) {
    writeFileSync(join(directory, 'script.js'), script(executor))
    // What stands in for k6 reads it as it starts, as the script from where it runs.
    writeFileSync(join(directory, 'ca.pem'), '')
    const k6 = await containerK6()
    return k6.run({
      runId,
      directory,
      args: ['run', '--out', 'json=output.ndjson', 'script.js'],
      log: join(directory, 'k6.log'),
      env: { SSL_CERT_FILE: 'ca.pem' },
      signal,
    })
  }

  async function containersLeft(): Promise<number> {
    const filters = { label: [`${partLabel}=k6`] }
    return (await docker.listContainers({ all: true, filters })).length
  }

  it('runs the script where the harness can read what it measured, and is removed', async () => {
    const executor = `executor: 'shared-iterations', vus: 1, iterations: 3`
    const { code, lastLines } = await run('k6-test-runs', executor, new AbortController().signal)
    expect(code, lastLines).toBe(0)
    const output = readFileSync(join(directory, 'output.ndjson'), 'utf8')
    expect(output.match(/"metric":"iterations","type":"Point"/g)).toHaveLength(3)
    expect(await containersLeft()).toBe(0)
    expect(existsSync(join(tmpdir(), 'aftershock-run-k6-test-runs'))).toBe(false)
  })

  it.each([
    ['while it runs', 3],
    ['before it is up', 0],
  ])('is stopped by the signal %s', async (_when, iterations) => {
    rmSync(join(directory, 'output.ndjson'), { force: true })
    const stop = new AbortController()
    const executor = `executor: 'constant-vus', vus: 1, duration: '10m'`
    const running = run(`k6-test-stops-${iterations}`, executor, stop.signal)
    const output = join(directory, 'output.ndjson')
    const counted = () => (existsSync(output) ? readFileSync(output, 'utf8') : '').split('Point')
    while (counted().length <= iterations) await delay(20)
    stop.abort()
    // Interrupted, or killed where it did not hear that.
    expect([105, 137]).toContain((await running).code)
    expect(await containersLeft()).toBe(0)
  })
})
