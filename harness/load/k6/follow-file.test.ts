import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'

import { followFile } from './follow-file.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'aftershock-follow-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

it('passes on whole lines as they come, whatever pieces they are written in, and the last one at the end', async () => {
  const path = join(directory, 'output')
  const lines: string[] = []
  const ended = Promise.withResolvers<void>()
  const following = followFile(path, (line) => lines.push(line), ended.promise)
  const written = Buffer.from('one\ntwö\nthree')
  for (const byte of written.subarray(0, 10)) {
    appendFileSync(path, Buffer.from([byte]))
    await delay(1)
  }
  while (lines.length < 2) await delay(5)
  expect(lines).toEqual(['one', 'twö'])
  appendFileSync(path, written.subarray(10))
  ended.resolve()
  await following
  expect(lines).toEqual(['one', 'twö', 'three'])
})

it('ends when the writer does, also when that failed and never wrote', async () => {
  const lines: string[] = []
  const failed = Promise.reject(new Error('could not be started'))
  await followFile(join(directory, 'never'), (line) => lines.push(line), failed)
  expect(lines).toEqual([])
})
