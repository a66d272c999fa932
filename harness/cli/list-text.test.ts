import { expect, it } from 'vitest'
import { renderList } from './list-text.ts'

const incident = {
  date: '2023-03-06',
  organisation: 'Twitter',
  durationText: 'about an hour',
  mechanism: 'the enforcement of API plans had no exemption for the own apps and services',
  caughtBy: ['every kind of client', 'one replica first, gated on core flows', 'the real value'],
  sources: [],
}
const row = { id: 'plan', title: 'A plan', expectation: 'reproduces', file: 'plan.scenario.ts' }

it('an incident is listed with date, mechanism and what would have caught it', () => {
  const text = renderList([{ ...row, incident }], 80)
  expect(text).toBe(`plan  reproduces          A plan
    2023-03-06, Twitter, about an hour: the enforcement of API plans had no
    exemption for the own apps and services
    would have been caught by: every kind of client; one replica first, gated on
    core flows; the real value
    plan.scenario.ts
`)
})

it('no line is wider than the screen, however long titles are', () => {
  const long = { ...row, id: 'plan-again', title: 'A plan that is enforced '.repeat(9), incident }
  for (const width of [40, 80, 120]) {
    const lines = renderList([row, long], width).split('\n')
    expect(lines.filter((line) => line.length > width)).toEqual([])
  }
})

it('a guard names what it guards against, and does not repeat the facts', () => {
  const text = renderList([{ ...row, incident: { ...incident, guardOf: 'plan' } }], 80)
  expect(text).toContain('\n    the guard of plan\n')
  expect(text).not.toContain('2023')
})
