import { describe, expect, it } from 'vitest'
import { seededRandom, type LoadJudgement } from '../core/index.ts'
import {
  isBrokenBaseline,
  judgeLoadAtDeadline,
  judgeLoadCell,
  loadEvidence,
  looksWithin,
  type LoadQuestion,
  type LoadSeen,
} from './load-judge.ts'
import { LoadTally } from './load-tally.ts'
import {
  blocksOfBaseline,
  judged,
  plainMedians,
  testOptions,
  type Traffic,
} from './test-traffic.ts'

const random = seededRandom(1)
const baseline = seen({ samples: 1_500, medians: plainMedians(blocksOfBaseline, random) })

function seen(given: Partial<LoadSeen>): LoadSeen {
  const medians = given.medians ?? []
  return { samples: 0, failures: 0, symptoms: {}, medians, tails: medians, ...given }
}

function question(given: Partial<LoadQuestion> = {}): LoadQuestion {
  return { baseline, comparisons: 1, options: testOptions, ...given }
}

function slower(factor: number, blocks: number): number[] {
  return plainMedians(blocks, random).map((ms) => ms * factor)
}

describe('a cell under load', () => {
  it.each<[string, Partial<LoadSeen>, LoadJudgement | undefined]>([
    ['all fails', { samples: 5, failures: 5 }, 'broken'],
    ['four failures come together', { samples: 4, failures: 4 }, undefined],
    ['one in a hundred fails', { samples: 700, failures: 7 }, undefined],
    ['all is as before', { samples: 700, medians: slower(1, 14) }, 'holds'],
    ['nothing was looked at yet', { samples: 700, medians: slower(1, 13) }, undefined],
    ['it takes half as long again', { samples: 700, medians: slower(1.5, 14) }, 'slower'],
    ['it takes less than before', { samples: 700, medians: slower(0.5, 14) }, 'holds'],
    [
      'only a moment was slow',
      { samples: 700, medians: [...slower(3, 6), ...slower(1, 8)] },
      undefined,
    ],
    ['much fails that did not', { samples: 700, failures: 60, medians: slower(1, 14) }, 'broken'],
    ['there is too little of it', { samples: 30, medians: slower(1, 14) }, undefined],
  ])('where %s: %3$s', (_, given, expected) => {
    expect(judgeLoadCell(seen(given), question())).toBe(expected)
  })

  it('is not slower by a share that is no time', () => {
    const quick = (factor: number) => slower(factor, 30).map((ms) => ms / 20)
    const about = question({ baseline: seen({ samples: 1_500, medians: quick(1) }) })
    expect(judgeLoadCell(seen({ samples: 1_500, medians: quick(1.8) }), about)).toBe('holds')
    expect(judgeLoadCell(seen({ samples: 1_500, medians: quick(5) }), about)).toBe('slower')
  })

  it('is compared with failures that it had before', () => {
    const failing = seen({ samples: 1_500, failures: 90, medians: baseline.medians })
    const about = question({ baseline: failing })
    const now = { samples: 1_400, medians: slower(1, 28) }
    expect(judgeLoadCell(seen({ ...now, failures: 84 }), about)).toBe('holds')
    expect(judgeLoadCell(seen({ ...now, failures: 200 }), about)).toBe('broken')
  })

  it('needs a baseline: of less than 10 blocks none is called slower or holding', () => {
    const about = question({ baseline: seen({ samples: 100, medians: slower(1, 9) }) })
    for (const factor of [1, 3]) {
      const now = seen({ samples: 1_500, medians: slower(factor, 30) })
      expect(judgeLoadCell(now, about)).toBeUndefined()
      expect(judgeLoadAtDeadline(now, about)).toBe('undecided')
    }
  })

  it('holds at the deadline where little traffic could have shown a great effect', () => {
    const thin = question({ baseline: seen({ samples: 60, medians: slower(1, 30) }) })
    expect(judgeLoadAtDeadline(seen({ samples: 40, medians: slower(1, 30) }), thin)).toBe('holds')
    expect(judgeLoadAtDeadline(seen({ samples: 5, medians: slower(1, 5) }), thin)).toBe('undecided')
    const suspect = seen({ samples: 1_500, medians: [...slower(1.3, 25), ...slower(1, 14)] })
    expect(judgeLoadAtDeadline(suspect, thin)).toBe('undecided')
  })

  it('is undecided at the deadline where more failed than counts, and too little to be called broken', () => {
    const before = question({
      baseline: seen({ samples: 166, medians: slower(1, 30) }),
      comparisons: 2,
    })
    const now = (failures: number) => seen({ samples: 194, failures, medians: slower(1, 30) })
    expect(judgeLoadCell(now(14), before)).toBeUndefined()
    expect(judgeLoadAtDeadline(now(14), before)).toBe('undecided')
    expect(judgeLoadAtDeadline(now(2), before)).toBe('holds')
  })

  it('says what it compared, and what it could have seen', () => {
    const evidence = loadEvidence(
      seen({ samples: 700, medians: slower(1.5, 14) }),
      question(),
      'slower',
    )
    expect(evidence).toMatchObject({ samples: 700, failures: 0, baselineSamples: 1_500 })
    expect(evidence.smallestRatio).toBeGreaterThan(0.01)
    expect(evidence.smallestRatio).toBeLessThan(0.06)
    const { latency } = evidence
    expect(latency?.growth).toBeGreaterThan(0.4)
    expect(latency?.growth).toBeLessThan(0.6)
    expect(latency?.low).toBeLessThan(latency?.growth ?? 0)
    expect(latency?.high).toBeGreaterThan(latency?.growth ?? 9)
    expect(latency?.smallestGrowth).toBeGreaterThan(0.1)
    expect(latency?.smallestGrowth).toBeLessThan(0.4)
  })
})

it('says of a cell that holds no more than what it excluded, however much its baseline varies', () => {
  const wild = (count: number) => slower(1, count).map((ms) => 20 * (ms / 20) ** 4)
  const about = question({ baseline: seen({ samples: 1_500, medians: wild(60) }) })
  const thin = seen({ samples: 60, medians: wild(60) })
  expect(judgeLoadAtDeadline(thin, about)).toBe('holds')
  const { smallestRatio, latency } = loadEvidence(thin, about, 'holds')
  expect(smallestRatio).toBeLessThanOrEqual(0.25)
  expect(latency?.smallestGrowth).toBeLessThanOrEqual(0.5)
})

it('calls a baseline broken in which more fails than is to be seen', () => {
  expect(isBrokenBaseline(seen({ samples: 1_000, failures: 200 }), question())).toBe(true)
  expect(isBrokenBaseline(seen({ samples: 1_000, failures: 40 }), question())).toBe(false)
})

it('looks after 7 s, and then when there is 1.4 times as much', () => {
  expect(looksWithin(20_000)).toEqual([14, 20, 28, 39])
  expect(looksWithin(5_000)).toEqual([])
})

describe('a tally', () => {
  it('has a median for each half second with a success, once it is over', () => {
    const tally = new LoadTally()
    for (const [endMs, durationMs] of [
      [10, 5],
      [490, 7],
      [499, 100],
      [510, 3],
      [1_700, 9],
    ] as const) {
      tally.take({ endMs, durationMs, symptom: undefined })
    }
    tally.take({ endMs: 1_200, durationMs: 1, symptom: '500' })
    expect(tally.closeUntil(499)).toBe(false)
    expect(tally.closeUntil(1_600)).toBe(true)
    expect(tally.medians).toEqual([7, 3])
    expect(tally.closeUntil(2_000)).toBe(true)
    expect(tally).toMatchObject({ samples: 6, failures: 1, medians: [7, 3, 9], tails: [100, 3, 9] })
  })
})

describe('of 10,000 runs in which nothing changed', () => {
  // A practical threshold of nothing: what is left is the test itself. A quarter of the 10 % is for medians.
  const bare = { ...testOptions, falseAlarm: 0.1, slowerBy: 1e-9, slowerByMs: 1e-9 }

  it('at most 5 % are called slower, at four looks', () => {
    const draw = seededRandom(21)
    let alarms = 0
    for (let run = 0; run < 10_000; run += 1) {
      const before = seen({ samples: 1_500, medians: plainMedians(blocksOfBaseline, draw) })
      const medians = plainMedians(39, draw)
      const about = question({ baseline: before, options: bare })
      const isAlarm = looksWithin(20_000).some(
        (look) =>
          judgeLoadCell(seen({ samples: 1, medians: medians.slice(0, look) }), about) === 'slower',
      )
      if (isAlarm) alarms += 1
    }
    expect(alarms / 10_000).toBeLessThanOrEqual(0.05)
    // It is no test that never says anything.
    expect(alarms).toBeGreaterThan(0)
  })
})

describe('on noisy traffic', () => {
  const usual: Traffic = {
    ratePerSecond: 50,
    medianMs: 20,
    sigma: 0.4,
    failureRatio: 0.002,
    isNoisy: true,
  }
  const runs = (given: Traffic, count: number) =>
    Array.from({ length: count }, (_, seed) => judged(given, seed + 1))
  const share = (list: readonly { judgement: LoadJudgement }[], one: LoadJudgement) =>
    list.filter(({ judgement }) => judgement === one).length / list.length

  it('500 harmless runs with pauses, bursts and drift raise no alarm', () => {
    const outcomes = runs(usual, 500)
    expect(share(outcomes, 'slower') + share(outcomes, 'broken')).toBe(0)
    expect(share(outcomes, 'holds')).toBeGreaterThan(0.95)
  })

  it('a total break is seen at once, and 5 % of failures within seconds', () => {
    const total = runs({ ...usual, failureRatioAfter: 1 }, 50)
    expect(share(total, 'broken')).toBe(1)
    expect(Math.max(...total.map(({ atMs }) => atMs))).toBeLessThan(300)
    expect(share(runs({ ...usual, failureRatioAfter: 0.05 }, 50), 'broken')).toBeGreaterThan(0.9)
  })

  it('the more it is slowed down, the more often that is seen', () => {
    const power = [1.03, 1.2, 1.4, 2].map((slowdown) =>
      share(runs({ ...usual, ratePerSecond: 100, slowdown }, 60), 'slower'),
    )
    expect(power).toEqual(power.toSorted((a, b) => a - b))
    expect(power[0]).toBeLessThan(0.05)
    expect(power[1]).toBeGreaterThan(0.7)
    expect(power[3]).toBeGreaterThan(0.95)
  })

  it.each([
    [0.4, 3_000],
    [0.2, 200],
  ])('a share of %d that waits %d ms longer is seen, though the median stands', (part, byMs) => {
    const outcomes = runs({ ...usual, delayedAfter: { share: part, byMs } }, 50)
    expect(share(outcomes, 'slower')).toBeGreaterThan(0.9)
  })

  it('a slowest tenth that is what is slower is told as such', () => {
    const tails = baseline.medians.map((ms) => ms * 30)
    const evidence = loadEvidence(
      seen({ samples: 700, medians: baseline.medians.slice(0, 14), tails: tails.slice(0, 14) }),
      question(),
      'slower',
    )
    expect(evidence.tail?.growth).toBeGreaterThan(20)
    expect(evidence.latency?.growth).toBeLessThan(0.05)
  })

  it('what is told of a slower cell is what it was found by, and not what came after', () => {
    const about = question()
    const factors = [...Array.from({ length: 14 }, () => 30), ...Array.from({ length: 5 }, () => 1)]
    const medians = baseline.medians.slice(0, factors.length)
    const bySlowTails = seen({
      samples: 950,
      medians,
      tails: medians.map((ms, i) => ms * (factors[i] ?? 1)),
    })
    expect(judgeLoadCell(bySlowTails, about)).toBe('slower')
    expect(loadEvidence(bySlowTails, about, 'slower').tail?.growth).toBeGreaterThan(20)
    expect(loadEvidence(bySlowTails, about, 'holds').tail).toBeUndefined()
    const slow = seen({ samples: 950, medians: medians.map((ms, i) => ms * (factors[i] ?? 1)) })
    expect(loadEvidence(slow, about, 'slower').latency?.growth).toBeGreaterThan(20)
  })
})
