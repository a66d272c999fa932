import { expect, it } from 'vitest'
import { defaultJudgement, defaultLoadJudgement } from '../judge/index.ts'
import type { EventOf } from '../core/index.ts'
import { LoadWindow } from './load-window.ts'

const cell = { flow: 'item', actor: 'ann' }
const medians = Array.from({ length: 30 }, (_, i) => 5 + (i % 3) / 10)
const baseline = { samples: 600, failures: 0, symptoms: {}, medians, tails: medians }

/** The finding of 20 s of recovery at 40 a second; `symptomAt` by the time in ms. */
function recovery(
  symptomAt: (ms: number) => string | undefined,
  oldestMs = Infinity,
): EventOf<'load.judged'> {
  const found: EventOf<'load.judged'>[] = []
  let nowMs = 60_000
  const window = new LoadWindow({
    id: 'recovery',
    kind: 'recovery',
    cells: [cell],
    comparisons: 1,
    options: { ...defaultJudgement, ...defaultLoadJudgement },
    baselineOf: () => baseline,
    emit: (kind, given) => void found.push({ kind, atMs: nowMs, ...given } as (typeof found)[0]),
    fromMs: nowMs,
    elapsed: () => nowMs,
    oldestOf: () => oldestMs,
  })
  for (let ms = 0; ms < 20_000; ms += 25) {
    nowMs = 60_000 + ms + 5
    const sample = { ...cell, window: 'recovery', startMs: 60_000 + ms, durationMs: 5, lateMs: 0 }
    const symptom = symptomAt(ms)
    window.take(symptom === undefined ? sample : { ...sample, symptom })
    window.look()
  }
  window.close('the window of 20000 ms ended')
  const [first] = found
  if (!first || found.length > 1) throw new Error(`${found.length} findings`)
  return first
}

it('what does not recover is told with all that failed, however often it was looked at anew', () => {
  expect(recovery(() => '500')).toMatchObject({
    judgement: 'broken',
    samples: 800,
    failures: 800,
    symptoms: { 500: 800 },
    eValue: 1e12,
  })
})

it('what recovers is told with what was seen since', () => {
  const finding = recovery((ms) => (ms < 1_000 ? '500' : undefined))
  expect(finding).toMatchObject({ judgement: 'holds', failures: 0 })
  expect(finding.samples).toBeGreaterThan(200)
})

it.each([
  ['a flow has hung from the beginning', 60_010, 'undecided'],
  ['the oldest flow is young', 79_900, 'holds'],
  ['a flow hangs that was begun just before', 59_000, 'undecided'],
])('where %s, what ends says: %3$s', (_, oldestMs, judgement) => {
  const finding = recovery(() => undefined, oldestMs)
  expect(finding.judgement).toBe(judgement)
  if (judgement === 'undecided') {
    expect(finding.note).toMatch(
      /^the window of 20000 ms ended; flows had no end yet, the oldest after 2[01]\.0 s$/,
    )
  }
})
