import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, inject, test } from 'vitest'

const run = promisify(execFile)
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/** The example of the README: a system of somebody else's, of which the harness knows nothing but what its stack says. */
describe.skipIf(!inject('docker'))('nginx before two upstreams', () => {
  beforeAll(async () => {
    if (!existsSync(here('image/root'))) await run(process.execPath, [here('fetch-nginx.ts')])
  })

  test.each(['nginx-wrong-location', 'nginx-harmless-reload'])('%s passes', async (id) => {
    const out = mkdtempSync(join(tmpdir(), 'aftershock-test-'))
    const args = ['aftershock', 'run', id, '--json', '--out', out]
    // Its own aftershock.config.ts says the runtime.
    const { stdout } = await run('npx', args, { cwd: here('.') })
    expect(JSON.parse(stdout)).toMatchObject({ scenario: id, verdict: 'pass' })
    rmSync(out, { recursive: true })
  })
})
