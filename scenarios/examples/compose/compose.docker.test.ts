import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, inject, test } from 'vitest'

const run = promisify(execFile)
const here = fileURLToPath(new URL('.', import.meta.url))

/** The example of the README: the compose file of a system that the harness knows nothing else about. */
describe.skipIf(!inject('docker') || !inject('compose'))('a docker compose file', () => {
  test('as a stack gives the verdicts of its scenarios', async () => {
    const out = mkdtempSync(join(tmpdir(), 'aftershock-test-'))
    // Its own aftershock.config.ts says the runtime.
    const args = ['aftershock', 'run', '--json', '--out', out]
    const { stdout } = await run('npx', args, { cwd: here })
    const { suite } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { suite: unknown[] }
    expect(suite).toMatchObject([
      { scenario: 'compose-slow-catalogue', verdict: 'pass' },
      { scenario: 'compose-unknown-currency', verdict: 'pass' },
    ])
    rmSync(out, { recursive: true })
  })
})
