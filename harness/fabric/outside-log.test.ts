import { expect, it } from 'vitest'

import { OutsideLog } from './outside-log.ts'

function add(log: OutsideLog, url: string): void {
  log.add({ atMs: 0, from: 'link-1', method: 'GET', url, outcome: 'answered', status: 200 })
}

it('returns what came after a sequence number, oldest first', () => {
  const log = new OutsideLog()
  for (const path of ['a', 'b', 'c']) add(log, `http://news.example/${path}`)
  const { records, dropped } = log.after(1)
  expect(records.map(({ seq, url }) => [seq, url])).toEqual([
    [2, 'http://news.example/b'],
    [3, 'http://news.example/c'],
  ])
  expect(dropped).toBe(0)
})

it('keeps the last records only, goes on counting, and says how many are lost', () => {
  const log = new OutsideLog(3)
  for (let i = 1; i <= 8; i += 1) add(log, `http://news.example/${i}`)
  const seqs = (after: number) => log.after(after).records.map(({ seq }) => seq)
  expect([seqs(0), log.after(0).dropped]).toEqual([[6, 7, 8], 5])
  expect([seqs(4), log.after(4).dropped]).toEqual([[6, 7, 8], 1])
  expect([seqs(7), log.after(7).dropped]).toEqual([[8], 0])
  expect([seqs(99), log.after(99).dropped]).toEqual([[], 0])
})

it('keeps 10,000 records by default', () => {
  const log = new OutsideLog()
  for (let i = 1; i <= 10_001; i += 1) add(log, 'http://news.example/')
  expect(log.after(0).records.length).toBe(10_000)
  expect(log.after(0).dropped).toBe(1)
})

it.each([
  ['http://ann:pw@news.example/a', 'http://news.example/a'],
  ['http://news.example/?page=2&q=a%20b', 'http://news.example/?page=2&q=a%20b'],
  ['http://news.example/?api_key=k&page=2', 'http://news.example/?api_key=%5Bredacted%5D&page=2'],
  [`http://news.example/${'x'.repeat(3000)}`, `http://news.example/${'x'.repeat(2028)}`],
])('keeps secrets and excess out of %s', (url, kept) => {
  const log = new OutsideLog()
  add(log, url)
  expect(log.after(0).records[0]?.url).toBe(kept)
})
