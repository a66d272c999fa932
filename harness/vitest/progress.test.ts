import { expect, test } from 'vitest'
import type { EventBody, JournalEvent, Judgement, WindowInfo } from '../core/index.ts'
import { Progress } from './progress.ts'

const cell = { flow: 'browse', actor: 'guest' }
const evidence: EventBody<'cell.judged'>['evidence'] = {
  samples: 5,
  failures: 0,
  symptoms: {},
  eValue: 0,
  smallestDetectable: 0.3,
  judgedMs: 1,
}
const stage = (number: number): WindowInfo => ({
  id: `change:1:stage:${number}`,
  kind: 'change',
  change: 'patch',
  stage: number,
})
const opened = (window: WindowInfo): JournalEvent => ({ kind: 'window.opened', atMs: 0, window })
const closed = (window: WindowInfo): JournalEvent => ({
  kind: 'window.closed',
  atMs: 0,
  window,
  durationMs: 1,
})
const judged = (window: WindowInfo, judgement: Judgement): JournalEvent => ({
  kind: 'cell.judged',
  atMs: 0,
  ...cell,
  window: window.id,
  judgement,
  evidence,
})
const undoing: JournalEvent = { kind: 'phase', atMs: 0, phase: 'undoing', text: '' }
const baseline: WindowInfo = { id: 'baseline', kind: 'baseline' }

function after(...events: readonly JournalEvent[]): Progress {
  const progress = new Progress()
  for (const event of events) progress.take(event)
  return progress
}

async function isOver(progress: Progress, part: Parameters<Progress['over']>[0]) {
  const pending = Symbol('pending')
  return (await Promise.race([progress.over(part), Promise.resolve(pending)])) !== pending
}

test('the baseline is over when its window closes', async () => {
  const open = after(opened(baseline), judged(baseline, 'holds'))
  expect(await isOver(open, 'baseline')).toBe(false)
  open.take(closed(baseline))
  expect(await isOver(open, 'baseline')).toBe(true)
})

test('a staged change is over when it is undone, not between its stages', async () => {
  const progress = after(opened(stage(1)), closed(stage(1)))
  expect(await isOver(progress, 'change patch')).toBe(false)
  progress.take(undoing)
  expect(await isOver(progress, 'change patch')).toBe(true)
})

test('a change is over when the next one is watched', async () => {
  const next: WindowInfo = { id: 'change:2', kind: 'change', change: 'other' }
  expect(await isOver(after(opened(stage(1)), opened(next)), 'change patch')).toBe(true)
})

test.for<{ seen: readonly Judgement[]; held: boolean }>([
  { seen: [], held: false },
  { seen: ['holds'], held: true },
  { seen: ['holds', 'effect'], held: true },
  { seen: ['holds', 'broken'], held: false },
  { seen: ['undecided'], held: false },
  { seen: ['effect-absent'], held: false },
])('a cell with the judgements [$seen] in the stages of a change held: $held', ({ seen, held }) => {
  const events = seen.flatMap((judgement, i) => [
    opened(stage(i + 1)),
    judged(stage(i + 1), judgement),
  ])
  expect(after(...events, undoing).held('change patch', cell)).toBe(held)
})
