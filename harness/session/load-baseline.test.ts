import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { LoadFigures } from '../core/index.ts'
import { readLoadBaseline, writeLoadBaseline } from './load-baseline.ts'

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'aftershock-test-'))
})
afterAll(() => rmSync(directory, { recursive: true }))

const cell = {
  actor: 'web',
  samples: 3,
  failures: 0,
  symptoms: {},
  medians: [1.25, 2],
  tails: [3, 4.5],
}
const figures: LoadFigures = {
  test: 'average',
  run: 'run-1',
  runtime: 'processes',
  machine: 'a machine',
  profile: 'a profile',
  durationMs: 1_000,
  dropped: 0,
  cells: [
    { flow: 'timeline', ...cell },
    { flow: 'post', ...cell },
  ],
}

it('reads what it wrote, a line for each cell', () => {
  const file = join(directory, 'new', 'average.json')
  writeLoadBaseline(file, figures)
  expect(readLoadBaseline(file)).toMatchObject(figures)
  const lines = readFileSync(file, 'utf8').split('\n')
  expect(lines.filter((line) => line.includes('"flow"'))).toHaveLength(2)
})

it.each([
  ['missing', undefined, /cannot be read.*ENOENT/],
  ['text', 'no JSON', /is not JSON/],
  ['null', 'null', /is no baseline of a load/],
  ['other', '{"format":"aftershock-baseline","version":1,"cells":[]}', /is no baseline of a load/],
  ['older', '{"format":"aftershock-load-baseline","version":1,"cells":[]}', /version 2/],
  ['newer', '{"format":"aftershock-load-baseline","version":3,"cells":[]}', /version 2/],
])('refuses a file that is %s, with what to do', (name, content, message) => {
  const file = join(directory, `${name}.json`)
  if (content !== undefined) writeFileSync(file, content)
  expect(() => readLoadBaseline(file)).toThrow(message)
  expect(() => readLoadBaseline(file)).toThrow(
    expect.objectContaining({ code: 'USAGE', hint: expect.stringContaining('--update-baseline') }),
  )
})
