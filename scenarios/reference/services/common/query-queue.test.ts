import { describe, expect, it } from 'vitest'
import { QueryQueue } from './query-queue.ts'

const settings = { queryMs: 20, timeoutMs: 5_000, maxQueued: 5 }

describe('the queue of a database', () => {
  it('works off one query at a time, in their order', async () => {
    const queue = new QueryQueue(() => settings)
    const done: number[] = []
    await Promise.all([1, 2, 3].map((n) => queue.ask(() => done.push(n))))
    expect(done).toEqual([1, 2, 3])
    expect(queue.queued).toBe(0)
  })

  it('refuses what does not fit', async () => {
    const queue = new QueryQueue(() => settings)
    const results = await Promise.allSettled(Array.from({ length: 7 }, () => queue.ask(() => 1)))
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(2)
  })

  it('goes on working on what nobody waits for any more, and drops the answer', async () => {
    const queue = new QueryQueue(() => ({ queryMs: 300, timeoutMs: 10, maxQueued: 5 }))
    let reads = 0
    await expect(queue.ask(() => reads++)).rejects.toThrow(/no answer within 10 ms/)
    expect(queue.queued).toBe(1)
    expect(reads).toBe(0)
  })
})
