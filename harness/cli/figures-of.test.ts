import { mkdirSync, mkdtempDisposableSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { summarize } from '../report/index.ts'
import { incident } from '../report/test-journal.ts'
import { runsOf } from './figures-of.ts'

it('a session in which a person did what they wanted is no run of the scenario', () => {
  using directory = mkdtempDisposableSync(join(tmpdir(), 'aftershock-runs-'))
  const leave = (folder: string, args: readonly string[]) => {
    mkdirSync(join(directory.path, folder))
    const summary = summarize(incident({ started: { args } }).events)
    writeFileSync(join(directory.path, folder, 'summary.json'), JSON.stringify(summary))
  }
  leave('a', ['run', 'twitter-api-plan'])
  leave('b', ['reproduce', 'twitter-api-plan'])
  const { runs, sessions } = runsOf('twitter-api-plan', directory.path)
  expect(runs.map(({ folder }) => folder)).toEqual([join(directory.path, 'a')])
  expect(sessions).toBe(1)
})
