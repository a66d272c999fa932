import { describe, expect, it } from 'vitest'
import {
  formatReason,
  reasonsOf,
  type EventBody,
  type Expectation,
  type JournalEvent,
  type LoadJudgement,
} from '../core/index.ts'
import { checkLoad } from './load-check.ts'
import { defaultLoadJudgement } from './load-judge.ts'

const cell = { flow: 'timeline', actor: 'web' }

interface Given {
  readonly expect?: Expectation
  readonly effects?: readonly { readonly flows: readonly string[]; readonly becomes: string }[]
  readonly baseline?: LoadJudgement
  /** 'none': not judged. */
  readonly change?: LoadJudgement | 'none'
  readonly recovery?: LoadJudgement
  readonly symptom?: string
  readonly end?: Partial<EventBody<'load.summary'>>
  readonly without?: JournalEvent['kind']
}

function event(kind: JournalEvent['kind'], body: object): JournalEvent {
  return { kind, atMs: 0, ...body } as unknown as JournalEvent
}

function judged(window: string, judgement: LoadJudgement, symptom = '503'): JournalEvent {
  const failures = judgement === 'broken' ? 60 : 0
  const nowMs = judgement === 'slower' ? 30 : 20
  return event('load.judged', {
    ...cell,
    window,
    judgement,
    samples: 700,
    failures,
    symptoms: failures > 0 ? { [symptom]: failures } : {},
    baselineSamples: 1_500,
    baselineFailures: 1,
    eValue: 1,
    smallestRatio: 0.03,
    latency: {
      baselineMs: 20,
      nowMs,
      growth: nowMs / 20 - 1,
      low: 0.4,
      high: 0.6,
      pValue: 0.5,
      smallestGrowth: 0.15,
    },
    judgedMs: 7_000,
  })
}

const selfCheck = { ok: true, problems: [], lateP50Ms: 0, lateP99Ms: 1, busiest: 0.1, cpuMs: 1 }

function historyOf(given: Given): JournalEvent[] {
  const { change = 'holds', baseline = 'holds', recovery = 'holds', without } = given
  const windows = [
    { id: 'baseline', kind: 'baseline' },
    { id: 'change:1', kind: 'change', change: 'tune' },
    { id: 'recovery', kind: 'recovery' },
  ]
  return [
    event('run.started', {
      load: { cells: [cell], judgement: defaultLoadJudgement },
      changes: [{ name: 'tune', effects: given.effects ?? [] }],
      expect: given.expect ?? { kind: 'holds' },
    }),
    ...windows.map((window) => event('window.opened', { window })),
    judged('baseline', baseline),
    ...(change === 'none' ? [] : [judged('change:1', change, given.symptom)]),
    judged('recovery', recovery),
    event('load.summary', { thresholds: [], selfCheck, cells: [], ...given.end }),
  ].filter(({ kind }) => kind !== without)
}

const slows: Expectation = {
  kind: 'reproduces',
  broken: [],
  underLoad: [{ flows: ['timeline'], becomes: 'slower' }],
}
const crossed = { text: 'checks: rate>0.99', outcome: 'crossed', value: 0.9 } as const
const unmeasured = { text: 'checks: rate>0.99', outcome: 'no-data' } as const
const late = { ...selfCheck, ok: false, problems: ['flows were started late'] }

describe('the load beside the cells of a scenario', () => {
  it.each<[string, Given, string, string[]]>([
    ['that holds', {}, 'pass', []],
    [
      'that fails more',
      { change: 'broken' },
      'fail',
      [
        "broken-under-load: timeline × web: failed under load: 60 of 700 failed, 503 (60×), before it were 1 of 1500, under 'tune'",
      ],
    ],
    [
      'that is slower',
      { change: 'slower' },
      'fail',
      [
        "slower-under-load: timeline × web: was slower under load: a median of 30.0 ms in place of 20.0 (by 50 %, 40 % to 60 %) under 'tune'",
      ],
    ],
    [
      'that tells too little',
      { change: 'undecided' },
      'inconclusive',
      [
        "no-data: timeline × web: its load did not tell enough (0 of 700 failed, median by 0 %; failures from 3 % on would have been seen, and slowness from 15 % on) under 'tune'",
      ],
    ],
    [
      'that was not judged',
      { change: 'none' },
      'inconclusive',
      ["no-data: timeline × web: its load was not judged under 'tune'"],
    ],
    [
      'of a cell with a declared effect, which is not judged',
      { change: 'none', effects: [{ flows: ['timeline'], becomes: '403' }] },
      'pass',
      [],
    ],
    [
      'that failed before',
      { baseline: 'broken', change: 'none' },
      'inconclusive',
      [
        'baseline-broken: timeline × web: failed under load before any change (60 of 700 failed, 503 (60×)); the change was not applied',
      ],
    ],
    [
      'that stays slower after the undo',
      { recovery: 'slower' },
      'fail',
      [
        'not-recovered: timeline × web: was slower under load: a median of 30.0 ms in place of 20.0 (by 50 %, 40 % to 60 %) after the undo still',
      ],
    ],
    ['that is slower as expected', { expect: slows, change: 'slower' }, 'pass', []],
    [
      'that was to be slower, and holds',
      { expect: slows },
      'fail',
      [
        'not-reproduced: timeline × web: was expected to be slower under load, and held (0 of 700 failed, median by 0 %; failures from 3 % on would have been seen, and slowness from 15 % on)',
      ],
    ],
    [
      'of a cell that is expected to break',
      { expect: { kind: 'reproduces', broken: [{ flows: ['timeline'] }] }, change: 'broken' },
      'pass',
      [],
    ],
    [
      'with a threshold that does not hold',
      { end: { thresholds: [crossed] } },
      'fail',
      ['threshold: checks: rate>0.99 does not hold: it is 0.9'],
    ],
    [
      'with a threshold without data',
      { end: { thresholds: [unmeasured] } },
      'inconclusive',
      ['no-data: checks: rate>0.99: nothing was measured'],
    ],
    [
      'that is slower when it could not keep its own times',
      { change: 'slower', end: { selfCheck: late } },
      'inconclusive',
      [
        'generator-limited: flows were started late',
        "slower-under-load: timeline × web: was slower under load: a median of 30.0 ms in place of 20.0 (by 50 %, 40 % to 60 %) under 'tune'",
      ],
    ],
    [
      'that is slower after the undo when it could not keep its own times',
      { recovery: 'slower', end: { selfCheck: late } },
      'inconclusive',
      [
        'generator-limited: flows were started late',
        'not-recovered: timeline × web: was slower under load: a median of 30.0 ms in place of 20.0 (by 50 %, 40 % to 60 %) after the undo still',
      ],
    ],
    [
      'that had no answer in time when it could not keep its own times',
      { change: 'broken', symptom: 'timeout', end: { selfCheck: late } },
      'inconclusive',
      [
        'generator-limited: flows were started late',
        "broken-under-load: timeline × web: failed under load: 60 of 700 failed, timeout (60×), before it were 1 of 1500, under 'tune'",
      ],
    ],
    [
      'that holds when it could not keep its own times',
      { end: { selfCheck: late } },
      'inconclusive',
      ['generator-limited: flows were started late'],
    ],
    [
      'that failed, whether it kept its times or not',
      { change: 'broken', end: { selfCheck: late } },
      'fail',
      [
        "broken-under-load: timeline × web: failed under load: 60 of 700 failed, 503 (60×), before it were 1 of 1500, under 'tune'",
      ],
    ],
    [
      'that did not end',
      { without: 'load.summary' },
      'inconclusive',
      ['no-data: the load did not come to its end'],
    ],
  ])('%s: %3$s', (_, given, kind, reasons) => {
    const verdict = checkLoad(historyOf(given))
    expect(verdict.kind).toBe(kind)
    expect(reasonsOf(verdict).map((one) => `${one.code}: ${formatReason(one)}`)).toEqual(reasons)
  })

  it('says nothing where there is none', () => {
    expect(checkLoad([event('run.started', { changes: [], expect: { kind: 'holds' } })])).toEqual({
      kind: 'pass',
    })
  })
})

it('tells what load showed before somebody left a system that stayed up, and nothing of a run that was cut short', () => {
  const seen = historyOf({ change: 'broken' })
  const interrupted = event('interrupted', { signal: 'SIGINT' })
  const left = [...seen, event('phase', { phase: 'live', text: 'staying up' }), interrupted]
  expect(reasonsOf(checkLoad(left)).map(({ code }) => code)).toEqual(['broken-under-load'])
  expect(checkLoad([...seen, interrupted])).toEqual({ kind: 'pass' })
})
