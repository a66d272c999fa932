import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'

import {
  TestProject,
  aftershock,
  eventsIn,
  start,
  untilNothingIsLeft,
  untilWindow,
} from './test-cli.ts'

let project: TestProject
beforeAll(() => {
  project = new TestProject({
    first: `isResettable: true`,
    second: `isResettable: true, config: { answer: 'of the second' }`,
    liar: `isResettable: true, config: { keeps: true }`,
    endless: `isResettable: true, paceMs: 30, judgement: { detectRatio: 0.011, windowMs: 600_000 }`,
  })
})
afterAll(() => project[Symbol.dispose]())

/** The process and its configuration, as the service said when it began last: a reset is proven before it is given another one. */
function startIn(folder: string): { pid: string; config: string } {
  const log = readFileSync(join(folder, 'services', 'app-1.log'), 'utf8')
  const [, pid = '', config = ''] =
    [...log.matchAll(/^process (\d+) listens with (.*)$/gm)].at(-1) ?? []
  expect(pid, log).not.toBe('')
  return { pid, config }
}

function saidIn(folder: string): string {
  return eventsIn(folder, 'phase')
    .map(({ text }) => text)
    .join('\n')
}

it('the stack of one run serves the next, reset, with the configuration of that one', async () => {
  const out = project.path('reused')
  const { code, stderr } = await aftershock(project, 'run', 'first', 'second', '--out', out)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(saidIn(`${out}/second`)).toContain('the stack of the run before is reused')
  const [first, second] = [startIn(`${out}/first`), startIn(`${out}/second`)]
  expect(second.pid).toBe(first.pid)
  expect(second.config).toContain('of the second')
  expect(first.config).not.toContain('of the second')
  await untilNothingIsLeft(`${out}/first`)
})

it('a service that keeps something is found out, and started anew', async () => {
  const out = project.path('found')
  const { code } = await aftershock(project, 'run', 'liar', 'first', '--out', out)
  expect(code).toBe(0)
  expect(saidIn(`${out}/first`)).toContain('app-1 keeps something that it did not have')
  expect(startIn(`${out}/first`).pid).not.toBe(startIn(`${out}/liar`).pid)
  await untilNothingIsLeft(`${out}/liar`)
})

it('--no-reuse starts each scenario anew', async () => {
  const out = project.path('anew')
  await aftershock(project, 'run', 'first', 'second', '--no-reuse', '--out', out)
  expect(saidIn(`${out}/second`)).not.toContain('reused')
  expect(startIn(`${out}/second`).pid).not.toBe(startIn(`${out}/first`).pid)
})

it.each(['SIGINT', 'SIGKILL'] as const)('%s on a reused stack leaves nothing', async (signal) => {
  const out = project.path(signal)
  const { child, finished } = start(project, 'run', 'first', 'endless', '--out', out)
  await untilWindow(`${out}/endless`, 'change:1')
  expect(saidIn(`${out}/endless`)).toContain('is reused')
  child.kill(signal)
  await finished
  await untilNothingIsLeft(`${out}/first`)
})
