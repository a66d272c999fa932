/** What `reproduce` says of the mocked sites can be typed into another terminal as it stands, and gives no password away. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { expect, it } from 'vitest'

import { TestProject, start, until, untilNothingIsLeft } from './test-cli.ts'

it('reaches the sites by the lines that are printed, as an actor', async () => {
  using project = new TestProject({ standing: 'hasSite: true' })
  const out = project.path('out')
  const { child, finished } = start(project, 'reproduce', 'standing', '--out', out)
  let printed = ''
  child.stdout?.on('data', (part: Buffer) => (printed += part.toString()))
  await until('the system to stay up', () => printed.includes('SIGTERM undoes'))
  const shell = async (line: string) => (await promisify(execFile)('sh', ['-ec', line])).stdout
  const directory = /^ {2}(A=.*)$/m.exec(printed)?.[1] ?? ''
  const curl = /^ {2}(curl .*https:\/\/SITE\/)$/m.exec(printed)?.[1] ?? ''
  const variables = /^ {2}(\. .*)$/m.exec(printed)?.[1] ?? ''
  try {
    const typed = curl.replace('SITE', 'news.example')
    expect(await shell(`${directory}; ${typed}`)).toMatch(/^HTTP\/1\.1 200 [^]*news$/)
    const program = `fetch('https://news.example/').then(async (a) => console.log(await a.text()))`
    const other = `${directory}; ${variables}; "${process.execPath}" -e "${program}"`
    expect(await shell(other)).toBe('news\n')
    const password = await shell(
      `${directory}; sed -n 's/^proxy = .*:\\(.*\\)@.*/\\1/p' "$A/outside.curl"`,
    )
    expect(password.trim().length).toBeGreaterThan(16)
    const journal = readFileSync(join(out, 'journal.ndjson'), 'utf8')
    for (const text of [printed, journal]) expect(text).not.toContain(password.trim())
    expect(journal).toContain('"from":"actor"')
  } finally {
    child.kill('SIGTERM')
    await finished
  }
  await untilNothingIsLeft(out)
})
