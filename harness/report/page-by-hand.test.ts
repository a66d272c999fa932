import { expect, test } from 'vitest'
import type { JournalEvent } from '../core/index.ts'
import { failureGroups } from './failure-groups.ts'
import { PageFold } from './page-data.ts'
import { JournalBuilder, planExchange, twitterCells, upToBaseline } from './test-journal.ts'

const link = { flow: 'open-link', actor: 'web' }
const text = { flow: 'post-text', actor: 'web' }

function pageOf(events: readonly JournalEvent[]) {
  const fold = new PageFold()
  for (const event of events) fold.take(event)
  return fold.data()
}

function applied(journal: JournalBuilder, change: string, replicas: string[]): JournalBuilder {
  return journal.after(10).emit('change.applied', {
    change,
    replicas,
    explain: ['mode: "good" -> "bad"'],
    durationMs: 5,
  })
}

test('what a person did is told with its difference and what failed meanwhile, with the exchange', () => {
  const journal = upToBaseline()
  const exchange = planExchange(link)
  applied(journal, 'enforce-plans', ['gateway-1'])
  journal.after(10).sample('transition', text, '503')
  journal.emit('hand.acted', { action: 'write-config', text: 'editing the configuration' })
  applied(journal, 'by-hand-1', ['gateway-1'])
  journal.after(10).sample('transition', link, '503', exchange).sample('transition', link)
  applied(journal, 'by-hand-1', ['gateway-2'])
  journal.after(10).emit('change.undone', { change: 'by-hand-1', replicas: [], durationMs: 5 })
  journal.after(10).sample('transition', link, '504')
  const page = pageOf(journal.events)
  expect(page.byHand).toEqual([
    {
      name: 'by-hand-1',
      text: 'editing the configuration',
      on: ['gateway-1', 'gateway-2'],
      explain: ['mode: "good" -> "bad"'],
      fromMs: expect.any(Number),
      undoneMs: expect.any(Number),
      failed: [{ ...link, samples: 2, failures: 1 }],
      failedAlready: [],
    },
  ])
  expect(page.failures.filter(({ window }) => window === 'by-hand-1')).toEqual([
    expect.objectContaining({ ...link, symptom: '503', exchange }),
  ])
  expect(failureGroups(page)).toMatchObject([{ symptom: '503', how: 'by-hand', cells: [link] }])
})

test('a step by hand is not blamed for what failed as often without it', () => {
  const journal = upToBaseline()
  journal.sample('baseline', link).sample('baseline', text)
  applied(journal, 'enforce-plans', ['gateway-1'])
  journal.after(10).sample('change:1', link, '503').sample('change:1', text)
  applied(journal, 'by-hand-1', ['gateway-1'])
  journal.after(10).sample('transition', link, '503').sample('transition', text, '504')
  const page = pageOf(journal.events)
  expect(page.byHand).toMatchObject([
    {
      failed: [{ ...text, samples: 1, failures: 1 }],
      failedAlready: [{ ...link, samples: 1, failures: 1 }],
    },
  ])
  expect(page.failures.filter(({ window }) => window === 'by-hand-1')).toMatchObject([text])
})

test('what still fails when the other step is undone is held against how things were without both', () => {
  const journal = upToBaseline()
  journal.sample('baseline', link).sample('baseline', text)
  applied(journal, 'enforce-plans', ['gateway-1'])
  journal.after(10).sample('change:1', link, '503').sample('change:1', text, '503')
  applied(journal, 'by-hand-1', ['gateway-1'])
  journal.after(10).sample('transition', link, '503').sample('transition', text, '503')
  const undone = { change: 'enforce-plans', replicas: [], durationMs: 5 }
  journal.after(10).emit('change.undone', undone)
  journal.after(10).sample('transition', link, '503').sample('transition', text)
  expect(pageOf(journal.events).byHand).toMatchObject([
    {
      failed: [{ ...link, samples: 1, failures: 1 }],
      failedAlready: [{ ...text, samples: 1, failures: 1 }],
    },
  ])
})

test('a step that comes when damage is left is not blamed for it', () => {
  const journal = upToBaseline()
  journal.sample('baseline', link)
  applied(journal, 'by-hand-1', ['gateway-1'])
  journal.after(10).sample('transition', link, '503')
  journal.after(10).emit('change.undone', { change: 'by-hand-1', replicas: [], durationMs: 5 })
  journal.after(10).sample('transition', link, '503')
  applied(journal, 'by-hand-2', ['gateway-1'])
  journal.after(10).sample('transition', link, '503')
  expect(pageOf(journal.events).byHand).toMatchObject([
    { failed: [link], failedAlready: [] },
    { failed: [], failedAlready: [link] },
  ])
})

test('however many cells failed in however many windows, each has its exchange, that under a change', () => {
  const cells = Array.from({ length: 500 }, (_, i) => ({
    ...twitterCells[0],
    ...link,
    flow: `flow-${i}`,
    flowTitle: 'a flow',
    actorTitle: 'the web',
  }))
  const journal = new JournalBuilder().start({ cells })
  journal.open('baseline')
  for (const cell of cells.slice(100)) journal.after(1).sample('baseline', cell, 'timeout')
  journal.open('change:1', 'enforce-plans')
  for (const cell of cells) journal.after(1).sample('change:1', cell, '503')
  const { failures } = pageOf(journal.events)
  expect(failures).toHaveLength(500)
  expect(new Set(failures.map(({ flow }) => flow)).size).toBe(500)
  expect(new Set(failures.map(({ window }) => window))).toEqual(new Set(['change:1']))
})
