import { describe, expect, it } from 'vitest'

import { reasonsOf, type AmplificationLimit, type JournalEvent } from '../core/index.ts'
import { checkAmplification } from './amplification.ts'
import { judgeRun } from './run-judge.ts'
import { event, historyOf } from './test-history.ts'

/** What passed in a window: `[from, to, requests]`. */
function counted(
  window: string | undefined,
  ...links: readonly (readonly [from: string, to: string, requests: number])[]
): JournalEvent {
  return event('links.counted', {
    sinceMs: 0,
    ...(window === undefined ? {} : { window }),
    links: links.map(([from, to, requests]) => ({
      from,
      to,
      requests,
      answers: {},
      errors: 0,
      abandoned: 0,
      latency: [],
    })),
  })
}

const toMedia = { link: { from: 'gateway', to: 'media' }, atMost: 2 } as const

function judged(limit: AmplificationLimit, ...events: readonly JournalEvent[]): string[] {
  const start = { ...historyOf()[0], amplification: [limit] } as JournalEvent
  const verdict = checkAmplification([start, ...events])
  return reasonsOf(verdict).map(({ code, message }) => `${verdict.kind} ${code}: ${message}`)
}

const storm = counted('change:2:stage:1', ['actors', 'gateway', 100], ['gateway', 'media', 340])

describe('requests sent for requests got', () => {
  it('as many as allowed are all right', () => {
    const calm = counted('change:1', ['actors', 'gateway', 50], ['gateway', 'media', 100])
    expect(judged(toMedia, calm)).toEqual([])
  })

  it('more fail, with the figures, and those of the baseline beside them', () => {
    const before = counted('baseline', ['actors', 'gateway', 40], ['gateway', 'media', 20])
    expect(judged({ ...toMedia, window: 'change' }, before, storm)).toEqual([
      "fail amplification: gateway > media amplified 3.40 times in windows of kind 'change', allowed is 2: 340 requests sent for 100 that gateway got; in the baseline it was 0.50",
    ])
  })

  it('count in windows of the kind only, where one is given', () => {
    const after = counted('recovery', ['actors', 'gateway', 100], ['gateway', 'media', 60])
    expect(judged({ ...toMedia, window: 'recovery' }, storm, after)).toEqual([])
    expect(judged({ ...toMedia, window: 'change' }, storm, after)).toHaveLength(1)
  })

  it('count in the whole run otherwise, between windows too', () => {
    const between = counted(undefined, ['gateway', 'media', 300])
    const calm = counted('baseline', ['actors', 'gateway', 100], ['gateway', 'media', 50])
    expect(judged(toMedia, calm)).toEqual([])
    expect(judged(toMedia, calm, between)).toEqual([
      'fail amplification: gateway > media amplified 3.50 times in the whole run, allowed is 2: 350 requests sent for 100 that gateway got; in the baseline it was 0.50',
    ])
  })

  it('count those of other services as got, and all that a service asks as sent', () => {
    const service = { service: 'gateway', atMost: 1 }
    const links = [
      ['actors', 'gateway', 30],
      ['link', 'gateway', 10],
      ['gateway', 'media', 20],
      ['gateway', 'link', 15],
      ['gateway', 'outside', 10],
      ['link', 'media', 500],
    ] as const
    expect(judged(service, counted('baseline', ...links))).toEqual([
      'fail amplification: gateway > all that it asks amplified 1.13 times in the whole run, allowed is 1: 45 requests sent for 40 that gateway got; in the baseline it was 1.13',
    ])
  })
})

it.each([
  ['nothing was counted', []],
  ['nothing was got', [counted('change:1', ['gateway', 'media', 300])]],
  ['too little was got', [counted('change:1', ['actors', 'gateway', 9], ['gateway', 'media', 99])]],
])('is not known when %s, which is no pass', (_, events) => {
  expect(judged({ ...toMedia, window: 'change' }, ...events)).toEqual([
    expect.stringMatching(
      /^inconclusive no-data: how much gateway > media amplifies in windows of kind 'change' is not known: gateway got \d requests, and 10 are needed$/,
    ),
  ])
})

it('makes a run fail in which every cell holds', () => {
  const [start, ...rest] = historyOf({ also: [storm] })
  const run = (limits: readonly AmplificationLimit[]) =>
    judgeRun([{ ...start, amplification: limits } as JournalEvent, ...rest])
  expect(run([]).kind).toBe('pass')
  expect(run([toMedia]).kind).toBe('fail')
  expect(run([{ ...toMedia, atMost: 4 }]).kind).toBe('pass')
})
