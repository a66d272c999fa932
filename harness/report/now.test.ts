import { expect, it } from 'vitest'
import { NowFold } from './now.ts'
import { incident } from './test-journal.ts'

it('a cell is what its latest sample says, whatever it was before', () => {
  const { events } = incident()
  const samples = events.filter((event) => event.kind === 'sample')
  const failed = samples.find(({ ok }) => !ok)
  const now = new NowFold()
  for (const event of events) now.take(event)
  expect(now.failing).toBe(0)
  expect(failed).toBeDefined()
  if (failed) now.take(failed)
  expect(now.failing).toBe(1)
  expect(failed && now.latest(failed)).toBe(failed)
})
