import { expect, it } from 'vitest'

import type { HttpClient } from './http.ts'
import { statuspageSummary } from './statuspage-summary.ts'

function answering(status: number, body: unknown): HttpClient {
  const get = async () => ({ status, json: () => body, exchange: undefined })
  return { get } as unknown as HttpClient
}

it.each([
  ['none', 'operational'],
  ['minor', 'degraded'],
  ['major', 'outage'],
  ['critical', 'outage'],
  ['maintenance', 'unknown'],
  ['constructor', 'unknown'],
  ['something new', 'unknown'],
])("reads the indicator '%s' as %s", async (indicator, overall) => {
  const http = answering(200, { status: { indicator }, components: [] })
  expect(await statuspageSummary().read(http)).toEqual({ overall, components: {} })
})

it('reads components by name, and leaves groups out', async () => {
  const components = [
    { name: 'API', status: 'operational' },
    { name: 'Images', status: 'partial_outage' },
    { name: 'Links', status: 'major_outage' },
    { name: 'Odd', status: 'new word' },
    { name: 'All', status: 'major_outage', group: true },
  ]
  const http = answering(200, { status: { indicator: 'minor' }, components })
  expect(await statuspageSummary().read(http)).toEqual({
    overall: 'degraded',
    components: { API: 'operational', Images: 'degraded', Links: 'outage', Odd: 'unknown' },
  })
})

it('tells components of one name apart by their groups, and takes the worst of those that are alike', async () => {
  const components = [
    { id: 'eu', name: 'Europe', status: 'operational', group: true },
    { name: 'API', status: 'major_outage', group_id: 'eu' },
    { name: 'API', status: 'operational', group_id: 'us' },
    { name: 'Site', status: 'major_outage', group_id: null },
    { name: 'Site', status: 'operational', group_id: null },
    { name: 'Mail', status: 'under_maintenance', group_id: 'eu' },
    { name: 'Odd', status: 'toString', group_id: null },
  ]
  const http = answering(200, { status: { indicator: 'none' }, components })
  expect(await statuspageSummary().read(http)).toEqual({
    overall: 'operational',
    components: {
      'Europe: API': 'outage',
      'us: API': 'operational',
      Site: 'outage',
      Mail: 'unknown',
      Odd: 'unknown',
    },
  })
})

it.each([
  [503, {}],
  [404, {}],
])('takes an answer of %i for no reading', async (status, body) => {
  await expect(statuspageSummary().read(answering(status, body))).rejects.toThrow(
    `/api/v2/summary.json answered ${status}`,
  )
})

it('takes any other document for unknown', async () => {
  expect(await statuspageSummary().read(answering(200, {}))).toMatchObject({ overall: 'unknown' })
})
