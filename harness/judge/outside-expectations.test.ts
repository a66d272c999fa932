import { describe, expect, it } from 'vitest'

import type {
  EventBody,
  JournalEvent,
  OutsideCount,
  OutsideLimit,
  WindowKind,
} from '../core/index.ts'
import { checkOutsideLimits, checkOutsideWorld } from './outside-expectations.ts'
import { event, historyOf } from './test-history.ts'

const startedAt = '2023-03-06T16:45:00.000Z'
const startMs = Date.parse(startedAt)
let seq = 0

/** One request, `atMs` after the start of the run. */
function asked(url: string, atMs = 0, more: Partial<EventBody<'outside'>> = {}): JournalEvent {
  seq += 1
  return event('outside', {
    seq,
    askedAt: startMs + atMs,
    from: 'link-1',
    method: 'GET',
    url,
    outcome: 'answered',
    status: 200,
    ...more,
  })
}

function counted(host: string, more: Partial<OutsideCount> = {}): OutsideCount {
  return { from: 'link-1', host, outcome: 'answered', count: 5, ...more }
}

const start = { ...historyOf()[0], startedAt } as JournalEvent

function window(kind: WindowKind, fromMs: number, toMs: number): JournalEvent[] {
  const info = { id: `${kind} ${fromMs}`, kind }
  return [
    { ...event('window.opened', { window: info }), atMs: fromMs },
    { ...event('window.closed', { window: info, durationMs: toMs - fromMs }), atMs: toMs },
  ]
}

const news = 'http://news.example/a'
const limit: OutsideLimit = { host: 'news.example', atMost: 2 }

function messages(events: readonly JournalEvent[], ...limits: readonly OutsideLimit[]): string[] {
  return checkOutsideLimits([start, ...events], limits).map(
    ({ kind, message }) => `${kind}: ${message}`,
  )
}

describe('at most', () => {
  it('as often as allowed is all right', () => {
    expect(messages([asked(news), asked(news), asked('http://shop.example/')], limit)).toEqual([])
  })

  it('once more is too often, and the message says who', () => {
    const events = [
      asked(news),
      asked('https://news.example/b'),
      asked(news, 0, { from: 'link-2' }),
    ]
    expect(messages(events, limit)).toEqual([
      'too-many: news.example was to be asked 2× at most, and was asked 3×, by link-1 2×, link-2 1×',
    ])
  })

  it('counts a window by when it was, however long it took until the journal was begun', () => {
    const late = { ...start, atMs: 3_000 } as JournalEvent
    const events = [...window('change', 900, 1_100), asked(news, 1_000)]
    const found = checkOutsideLimits([late, ...events], [{ ...limit, atMost: 0, window: 'change' }])
    expect(found).toMatchObject([{ kind: 'too-many' }])
  })

  it('counts what was refused, too', () => {
    const events = [asked(news, 0, { outcome: 'refused' })]
    expect(messages(events, { ...limit, atMost: 0 })).toHaveLength(1)
  })

  it.each([
    ['/a', ['/a', '/a?x=1'], 2],
    ['/a', ['/a/b', '/ab'], 0],
    ['/a/*', ['/a/b', '/a/c', '/a'], 2],
    ['*', ['/', '/b'], 2],
  ])('on the path %s: %j', (path, paths, count) => {
    const events = paths.map((each) => asked(`http://news.example${each}`))
    const found = checkOutsideLimits(events, [{ host: 'news.example', path, atMost: 0 }])
    expect(found.map(({ message }) => /asked (\d+)×,/.exec(message)?.[1])).toEqual(
      count === 0 ? [] : [String(count)],
    )
  })

  it('in one kind of window counts all windows of it, and nothing between', () => {
    const events = [
      ...window('baseline', 0, 100),
      ...window('change', 200, 300),
      ...window('change', 400, 500),
      asked(news, 50),
      asked(news, 150),
      asked(news, 200),
      asked(news, 299),
      asked(news, 300),
      asked(news, 450),
    ]
    expect(messages(events, { ...limit, window: 'change' })).toEqual([
      'too-many: news.example during change was to be asked 2× at most, and was asked 3×, by link-1 3×',
    ])
    expect(messages(events, { ...limit, window: 'baseline' })).toEqual([])
  })

  it('in a window that never closed counts to the end', () => {
    const [opened] = window('change', 200, 300) as [JournalEvent]
    const found = messages([opened, asked(news, 9_999)], { ...limit, atMost: 0, window: 'change' })
    expect(found).toHaveLength(1)
  })
})

describe('what the journal has as numbers only', () => {
  const rest = { counts: [counted('news.example')], lost: 0 }
  const check = (given: OutsideLimit, all: EventBody<'outside.counted'> = rest) =>
    checkOutsideLimits([asked(news)], [given], all)

  it('counts', () => {
    expect(check({ host: 'news.example', atMost: 6 })).toEqual([])
    expect(check({ host: 'news.example', atMost: 5 })).toMatchObject([{ kind: 'too-many' }])
    expect(check({ host: 'shop.example', atMost: 0 })).toEqual([])
  })

  it.each([{ path: '/a' }, { window: 'change' as const }])(
    'cannot be said to be within %j',
    (narrow) => {
      const found = check({ host: 'news.example', atMost: 5, ...narrow })
      expect(found.every(({ kind }) => kind === 'unknown')).toBe(true)
      expect(check({ host: 'news.example', atMost: 6, ...narrow })).toEqual([])
    },
  )

  it('is never taken for nothing when records were lost', () => {
    expect(check({ host: 'shop.example', atMost: 0 }, { counts: [], lost: 1 })).toEqual([
      {
        kind: 'unknown',
        message:
          'whether shop.example was asked 0× at most cannot be said: at least 0×, at most 1×, since not all requests are in the journal one by one',
      },
    ])
  })
})

it('cannot be judged when requests were counted without their host', () => {
  const rest = { counts: [counted('*')], lost: 0 }
  expect(
    checkOutsideLimits([asked(news)], [{ host: 'shop.example', atMost: 4 }], rest),
  ).toMatchObject([{ kind: 'unknown' }])
  expect(checkOutsideLimits([asked(news)], [{ host: 'shop.example', atMost: 5 }], rest)).toEqual([])
})

describe('of many requests the ones that were refused', () => {
  const refused = { outcome: 'refused' } as const
  it.each<[string, OutsideCount[], string[], number, string[]]>([
    ['are no matter when there are none', [counted('news.example')], [], 0, []],
    ['fail the run', [counted('evil.example', refused)], [], 0, ['outside-traffic']],
    ['may be allowed', [counted('evil.example', refused)], ['evil.example'], 0, []],
    ['fail it without their host', [counted('*', refused)], [], 0, ['outside-traffic']],
    ['may be others than allowed', [counted('*', refused)], ['evil.example'], 0, ['no-data']],
    ['are not known when records were lost', [], [], 3, ['no-data']],
  ])('%s', (_name, counts, allowOutside, lost, codes) => {
    const history = [
      { ...start, allowOutside } as JournalEvent,
      event('outside.counted', { counts, lost }),
    ]
    const verdict = checkOutsideWorld(history)
    expect(verdict.kind === 'pass' ? [] : verdict.reasons.map(({ code }) => code)).toEqual(codes)
  })
})
