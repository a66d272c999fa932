import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { RunFolder } from './run-folder.ts'

function temporaryFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'aftershock-folder-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return path
}

it('of an earlier run keeps nothing that would be taken for the new one', () => {
  const path = temporaryFolder()
  {
    using earlier = new RunFolder(path)
    writeFileSync(join(earlier.logDir, 'gateway-1.log'), 'of the earlier run')
    for (const name of ['summary.json', 'junit.xml', 'report.html'] as const) {
      writeFileSync(earlier.file(name), 'of the earlier run')
    }
    writeFileSync(join(path, 'notes.txt'), 'mine')
  }
  using later = new RunFolder(path)
  expect(readdirSync(later.logDir)).toEqual([])
  expect(readdirSync(path).toSorted()).toEqual(['journal.ndjson', 'notes.txt', 'services'])
  expect(readFileSync(later.file('journal.ndjson'), 'utf8')).toBe('')
})

it('that is no run of this project is left as it is', () => {
  const path = temporaryFolder()
  writeFileSync(join(path, 'report.html'), 'mine')
  using folder = new RunFolder(path)
  expect(readFileSync(folder.file('report.html'), 'utf8')).toBe('mine')
  expect(existsSync(folder.logDir)).toBe(true)
})
