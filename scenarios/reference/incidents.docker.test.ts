import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'

const run = promisify(execFile)

/** The same scenarios, unchanged, in containers: the verdicts are those that they have on processes. */
describe.skipIf(!inject('docker'))('the reference site in containers', () => {
  let out: string

  beforeAll(() => {
    out = mkdtempSync(join(tmpdir(), 'aftershock-test-'))
  })

  afterAll(() => rmSync(out, { recursive: true, force: true }))

  test.each(['twitter-api-plan', 'twitter-api-plan-guarded'])(
    '%s passes, with the log of every container',
    async (id) => {
      const folder = join(out, id)
      const args = ['aftershock', 'run', id, '--runtime', 'containers', '--json', '--out', folder]
      // The exit code says less than the summary does.
      const { stdout } = await run('npx', args).catch((error: { stdout: string }) => error)
      expect(JSON.parse(stdout)).toMatchObject({ scenario: id, verdict: 'pass', reasons: [] })
      const logs = readdirSync(join(folder, 'services'))
      expect(logs.toSorted()).toEqual([
        'fabric.log',
        'gateway-1.log',
        'gateway-2.log',
        'link-1.log',
        'link-2.log',
        'media-1.log',
        'media-2.log',
      ])
      expect(readFileSync(join(folder, 'services', 'media-1.log'), 'utf8')).toContain('"listening"')
    },
  )
})
