import { globSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Scenario } from 'aftershock'
import { format, resolveConfig } from 'prettier'
import { beforeAll, expect, it } from 'vitest'
import { renderPage, seenFrom, type ScenarioFile } from './page.ts'

const page = fileURLToPath(new URL('README.md', import.meta.url))
let files: readonly ScenarioFile[]

beforeAll(async () => {
  const root = dirname(dirname(page))
  const paths = globSync('**/*.scenario.ts', { cwd: root }).map((path) => `${root}/${path}`)
  files = await Promise.all(
    paths.toSorted().map(async (path) => {
      const module = (await import(pathToFileURL(path).href)) as { default: Scenario }
      return { file: seenFrom(page, path), scenario: module.default }
    }),
  )
}, 60_000)

it('the page is in step with the scenarios', async () => {
  const text = await format(renderPage(files), { ...(await resolveConfig(page)), filepath: page })
  await expect(text).toMatchFileSnapshot(page)
})

it('every incident has its guard, with the same facts, and every guard its incident', () => {
  const incidents = files.flatMap(({ scenario }) =>
    scenario.incident ? [{ id: scenario.id, incident: scenario.incident }] : [],
  )
  const open = incidents.filter(({ incident }) => incident.guardOf === undefined)
  const guarded = incidents.filter(({ incident }) => incident.guardOf !== undefined)
  const ids = open.map(({ id }) => id)
  expect(new Set(guarded.map(({ incident }) => incident.guardOf))).toEqual(new Set(ids))
  expect(guarded).toHaveLength(ids.length)
  for (const { incident } of guarded) {
    const { guardOf, ...facts } = incident
    expect(open.find(({ id }) => id === guardOf)?.incident).toEqual(facts)
  }
})
