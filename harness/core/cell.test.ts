import { expect, it } from 'vitest'

import { cellKey, selects, type CellSelector } from './cell.ts'
import { cellsOf, type Actor, type Flow } from './scenario.ts'

const cell = { flow: 'open-link', actor: 'web' }

it.each<[CellSelector, boolean]>([
  [{}, true],
  [{ flows: ['open-link'] }, true],
  [{ actors: ['web'] }, true],
  [{ flows: ['timeline', 'open-link'], actors: ['web'] }, true],
  [{ flows: ['timeline'] }, false],
  [{ flows: ['open-link'], actors: ['mobile'] }, false],
  [{ flows: [] }, false],
])('selector %j selects open-link × web: %s', (selector, expected) => {
  expect(selects(selector, cell)).toBe(expected)
})

it('names a cell by flow and actor', () => {
  expect(cellKey(cell)).toBe('open-link × web')
})

it('makes a cell of each flow and each of its actors that the scenario has', () => {
  const flow = (id: string, actors: string[]): Flow => ({
    id,
    title: id,
    actors,
    run: async () => {},
  })
  const actors: Actor[] = ['web', 'mobile'].map((id) => ({ id, title: id, headers: {} }))
  expect(
    cellsOf({ actors, flows: [flow('read', ['web', 'mobile']), flow('post', ['mobile', 'bot'])] }),
  ).toEqual([
    { flow: 'read', actor: 'web' },
    { flow: 'read', actor: 'mobile' },
    { flow: 'post', actor: 'mobile' },
  ])
})
