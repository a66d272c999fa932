import { describe, expect, it } from 'vitest'
import { LruCache } from './lru-cache.ts'
import { mergePatch } from './merge-patch.ts'
import { chooseRange, matchesEtag } from './send-bytes.ts'
import { continueTrace } from './trace.ts'
import { retryDelayMs } from './upstream.ts'

describe('mergePatch follows RFC 7396, appendix A', () => {
  it.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j patched with %j is %j', (target, patch, expected) => {
    expect(mergePatch(target, patch)).toEqual(expected)
  })

  it('keeps __proto__ as an own key, for the schema to refuse', () => {
    const merged = mergePatch({}, JSON.parse('{"__proto__":{"polluted":true}}')) as object
    expect(Object.keys(merged)).toEqual(['__proto__'])
    expect((merged as { polluted?: boolean }).polluted).toBeUndefined()
  })
})

describe('chooseRange', () => {
  it.each([
    [undefined, 'whole'],
    ['bytes=0-3', { start: 0, end: 3 }],
    ['bytes=4-', { start: 4, end: 9 }],
    ['bytes=-3', { start: 7, end: 9 }],
    ['bytes=-30', { start: 0, end: 9 }],
    ['bytes=5-99', { start: 5, end: 9 }],
    ['bytes=10-', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=5-4', 'whole'],
    ['bytes=-', 'whole'],
    ['bytes=0-1,3-4', 'whole'],
    ['lines=0-1', 'whole'],
  ])('of %s in ten bytes is %j', (header, expected) => {
    expect(chooseRange(header, 10)).toEqual(expected)
  })
})

describe('matchesEtag', () => {
  it.each([
    ['"a"', true],
    ['W/"a"', true],
    ['"b", "a"', true],
    ['*', true],
    ['"b"', false],
    [undefined, false],
  ])('%s against "a" is %s', (header, expected) => {
    expect(matchesEtag(header, '"a"')).toBe(expected)
  })
})

describe('LruCache', () => {
  it('drops the entry that was used least recently', () => {
    const cache = new LruCache<number>()
    cache.set('a', 1, 2)
    cache.set('b', 2, 2)
    cache.get('a', 60)
    cache.set('c', 3, 2)
    expect(['a', 'b', 'c'].map((key) => cache.get(key, 60))).toEqual([1, undefined, 3])
  })

  it('forgets what is as old as the limit', () => {
    let nowMs = 0
    const cache = new LruCache<number>({ now: () => nowMs })
    cache.set('a', 1, 10)
    nowMs = 9_999
    expect(cache.get('a', 10)).toBe(1)
    nowMs = 10_000
    expect(cache.get('a', 10)).toBeUndefined()
    expect(cache.size).toBe(0)
  })
})

describe('continueTrace', () => {
  const id = '4bf92f3577b34da6a3ce929d0e0e4736'

  it.each([`00-${id}-00f067aa0ba902b7-01`, `cc-${id}-00f067aa0ba902b7-01-later-version`])(
    'goes on with %s',
    (header) => {
      expect(continueTrace(header)).toEqual({ traceId: id, flags: '01' })
    },
  )

  it.each([
    undefined,
    'nonsense',
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `00-${id}-${'0'.repeat(16)}-01`,
    `ff-${id}-00f067aa0ba902b7-01`,
    `00-${id}-00f067aa0ba902b7-01-extra`,
    `00-${id.toUpperCase()}-00f067aa0ba902b7-01`,
  ])('begins a new trace instead of %s', (header) => {
    const { traceId } = continueTrace(header)
    expect(traceId).toMatch(/^[0-9a-f]{32}$/)
    expect(traceId).not.toBe(id)
  })
})

describe('retryDelayMs', () => {
  it.each([
    [1, 0, 10],
    [1, 1, 20],
    [2, 0, 20],
    [3, 1, 80],
  ])('attempt %i with random %d waits %d ms', (attempt, random, expected) => {
    expect(retryDelayMs({ max: 5, baseMs: 20, jitter: 0.5 }, attempt, () => random)).toBe(expected)
  })
})
