import { expect, it } from 'vitest'

import type { OutsideRecord } from '../core/index.ts'
import { OutsideDigest } from './outside-digest.ts'

let seq = 0
function record(more: Partial<OutsideRecord> = {}): OutsideRecord {
  seq += 1
  const url = 'http://news.example/'
  return {
    seq,
    atMs: 0,
    from: 'link-1',
    method: 'GET',
    url,
    outcome: 'answered',
    status: 200,
    ...more,
  }
}

function filled(): OutsideDigest {
  seq = 0
  const digest = new OutsideDigest()
  for (let i = 0; i < 5_000; i += 1) expect(digest.take(record())).toBe(true)
  return digest
}

it('writes the first 5,000 down, and counts the others by kind', () => {
  const digest = filled()
  for (let i = 0; i < 3; i += 1) expect(digest.take(record())).toBe(false)
  digest.take(record({ status: 503, variant: '5xx' }))
  const kind = { from: 'link-1', host: 'news.example', outcome: 'answered' }
  expect(digest.counts).toEqual([
    { ...kind, status: 200, count: 3 },
    { ...kind, status: 503, variant: '5xx', count: 1 },
  ])
  expect(digest.lost).toBe(0)
})

it('still writes down what makes a run fail, up to 1,000 of it', () => {
  const digest = filled()
  expect(digest.take(record({ outcome: 'refused' }))).toBe(true)
  expect(digest.take(record({ note: 'handler threw: Error' }))).toBe(true)
  for (let i = 0; i < 998; i += 1) digest.take(record({ outcome: 'refused' }))
  expect(digest.take(record({ outcome: 'refused' }))).toBe(false)
  expect(digest.counts).toMatchObject([{ outcome: 'refused', count: 1 }])
})

it('does not grow with the number of hosts', () => {
  const digest = filled()
  for (let i = 0; i < 2_000; i += 1) digest.take(record({ url: `http://h${i}.example/` }))
  expect(digest.counts).toHaveLength(501)
  expect(digest.counts[0]).toEqual({ from: '*', host: '*', outcome: 'answered', count: 1_500 })
})

it('knows how many records never came', () => {
  const digest = new OutsideDigest()
  digest.take({ ...record(), seq: 1 })
  digest.take({ ...record(), seq: 5 })
  expect(digest.lost).toBe(3)
})
