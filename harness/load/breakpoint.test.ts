import { describe, expect, it } from 'vitest'
import type { BreakpointSearch } from '../core/index.ts'
import { searchBreakpoint, type Trial } from './breakpoint.ts'
import { awaitRecovery } from './recovery.ts'

const { signal } = new AbortController()
const wide = { from: 10, to: 100 }

/** With a system that is as it was at once. */
function search(given: BreakpointSearch, trial: (rate: number, times: number) => Trial) {
  const tried: number[] = []
  const found = searchBreakpoint(given, {
    signal,
    recover: () => Promise.resolve(true),
    attempt(rate) {
      tried.push(rate)
      return Promise.resolve(trial(rate, tried.filter((one) => one === rate).length))
    },
  })
  return found.then((result) => ({ ...result, tried }))
}

const limit = (most: number) => (rate: number) => (rate <= most ? 'holds' : 'breaks')

describe('the search for the breakpoint', () => {
  it.each([17, 50, 99, 63.2])('finds a limit of %d within its precision', async (most) => {
    const found = await search(wide, limit(most))
    expect(found.holdsAt).toBeLessThanOrEqual(most)
    expect(found.breaksAt).toBeGreaterThan(most)
    expect(found.holdsAt).toBeGreaterThanOrEqual((found.breaksAt ?? 0) * 0.9)
  })

  it.each([
    [1_000, { holdsAt: 100 }, [10, 20, 40, 80, 100, 100]],
    [5, { breaksAt: 10 }, [10, 10]],
  ])('says when all holds, or nothing does: a limit of %d', async (most, found, tried) => {
    expect(await search(wide, limit(most))).toEqual({ ...found, tried, trials: tried.length })
  })

  it('never tries a rate of more than twice what held', async () => {
    const { tried } = await search({ from: 10, to: 10_000 }, limit(63))
    expect(Math.max(...tried)).toBe(80)
  })

  it('ends where no rate is left between the two', async () => {
    const { holdsAt, breaksAt } = await search({ from: 1, to: 2, precision: 1e-9 }, limit(1.5))
    expect(holdsAt).toBeLessThanOrEqual(1.5)
    expect((breaksAt ?? 0) - (holdsAt ?? 0)).toBeLessThanOrEqual(0.02)
  })

  it('tries both of what it reports a second time', async () => {
    const { tried, holdsAt, breaksAt } = await search(wide, limit(50))
    for (const rate of [holdsAt, breaksAt]) {
      expect(tried.filter((one) => one === rate)).toHaveLength(2)
    }
  })

  it('does not report a rate that holds once in three tries, and goes on below it', async () => {
    const found = await search(wide, (rate, times) =>
      rate < 60 || (rate <= 90 && times === 1) ? 'holds' : 'breaks',
    )
    expect(found.holdsAt).toBeLessThan(60)
    expect(found.holdsAt).toBeGreaterThanOrEqual((found.breaksAt ?? 0) * 0.9)
  })

  it('does not report a rate that broke by chance, and goes on above it', async () => {
    const found = await search(wide, (rate, times) =>
      rate > 70 || (rate >= 40 && times === 1) ? 'breaks' : 'holds',
    )
    expect(found.holdsAt).toBeGreaterThanOrEqual(60)
    expect(found.holdsAt).toBeLessThanOrEqual(70)
    expect(found.breaksAt).toBeLessThanOrEqual((found.holdsAt ?? 0) / 0.9)
  })

  it('gives the first and the last rate another chance, too', async () => {
    const cold = await search(wide, (rate, times) =>
      rate === 10 && times === 1 ? 'breaks' : 'holds',
    )
    expect(cold).toMatchObject({ holdsAt: 100, tried: [10, 10, 10, 20, 40, 80, 100, 100] })
    const lucky = await search(wide, (rate, times) =>
      rate === 100 && times > 1 ? 'breaks' : 'holds',
    )
    expect(lucky.breaksAt).toBe(100)
    expect(lucky.holdsAt).toBeGreaterThanOrEqual(90)
  })
})

describe('a rate of which nothing can be told', () => {
  it('is tried up to four times, until two tries agree', async () => {
    const said: readonly Trial[] = ['breaks', 'holds', 'unknown', 'holds']
    const found = await search(wide, (rate, times) =>
      rate === 10 ? (said[times - 1] ?? 'unknown') : 'breaks',
    )
    expect(found).toMatchObject({ holdsAt: 10, breaksAt: 10.63 })
    expect(found.tried.slice(0, 5)).toEqual([10, 10, 10, 10, 20])
  })

  it('sends the search lower, and does not matter where one below it breaks', async () => {
    const found = await search(wide, (rate) =>
      rate > 70 ? 'unknown' : rate > 30 ? 'breaks' : 'holds',
    )
    expect(found.unknownAt).toBeUndefined()
    expect(found.holdsAt).toBeLessThanOrEqual(30)
    expect(found.breaksAt).toBeLessThanOrEqual((found.holdsAt ?? 0) / 0.9)
  })

  it('bounds what was found where none below it breaks', async () => {
    const found = await search(wide, (rate) => (rate > 70 ? 'unknown' : 'holds'))
    expect(found.breaksAt).toBeUndefined()
    expect(found.holdsAt).toBeGreaterThanOrEqual((found.unknownAt ?? 0) * 0.9)
    expect(found.unknownAt).toBeGreaterThan(70)
  })

  it('is tried again before it bounds anything', async () => {
    const once = await search(wide, (_, times) => (times === 1 ? 'unknown' : 'holds'))
    expect(once).toMatchObject({ holdsAt: 100 })
    expect(once.unknownAt).toBeUndefined()
  })

  it('ends the search when it is the first', async () => {
    const found = await search(wide, () => 'unknown')
    expect(found).toEqual({ unknownAt: 10, trials: 2, tried: [10, 10] })
  })
})

/**
 * Serves 60 flows a second, and what is too much later: a rate holds when that takes less than 0.3 s. What was tried too fast leaves
 * `litter` times as much to do.
 */
class Backlogged {
  nowMs = 0
  #waiting = 0
  readonly #litter: number

  constructor(litter: number) {
    this.#litter = litter
  }

  /** Two seconds of it. */
  take(rate: number): Promise<Trial> {
    this.nowMs += 2_000
    const more = (rate - 60) * 2
    this.#waiting = Math.max(0, this.#waiting + (more > 0 ? more * this.#litter : more))
    return Promise.resolve(this.#waiting < 60 * 0.3 ? 'holds' : 'breaks')
  }

  search(withinMs: number, search: BreakpointSearch = { from: 10, to: 1_000 }) {
    return searchBreakpoint(search, {
      signal,
      attempt: (rate) => this.take(rate),
      recover: () =>
        awaitRecovery({
          probe: async () => (await this.take(search.from)) === 'holds',
          now: () => this.nowMs,
          withinMs,
          signal,
        }),
    })
  }
}

describe('a system that is still busy with an earlier rate', () => {
  it('recovers before the next one is tried', async () => {
    const found = await new Backlogged(20).search(60_000)
    expect(found.holdsAt).toBeGreaterThan(54)
    expect(found.breaksAt).toBeLessThan(72)
    expect(found.unrecoveredAfter).toBeUndefined()
  })

  it('that does not recover in time ends the search', async () => {
    const system = new Backlogged(1_000)
    const found = await system.search(10_000)
    expect(found).toEqual({ holdsAt: 40, breaksAt: 80, unrecoveredAfter: 80, trials: 4 })
    // Four rates, and probes of two seconds until ten are over.
    expect(system.nowMs).toBe(8_000 + 12_000)
  })
})

it('an interrupted search ends with what was known before, and waits for no recovery', async () => {
  const interrupt = new AbortController()
  const found = await searchBreakpoint(wide, {
    signal: interrupt.signal,
    recover: () => Promise.reject(new Error('waited')),
    attempt(rate) {
      if (rate > 20) interrupt.abort()
      return Promise.resolve<Trial>('holds')
    },
  })
  expect(found).toEqual({ holdsAt: 20, interrupted: true, trials: 2 })
})
