import { expect, it } from 'vitest'
import type { EventOf, SampleRecord } from '../core/index.ts'
import { defaultJudgement } from '../judge/index.ts'
import { Window, type SampleBegun } from './window.ts'

const cell = { flow: 'read', actor: 'web' }

function opened() {
  const events: { kind: string; data: unknown }[] = []
  let nowMs = 0
  const window = new Window({
    info: { id: 'change:1', kind: 'change', change: 'swap' },
    cells: [cell],
    effects: [],
    judgement: defaultJudgement,
    emit: ((kind: string, data: unknown) => events.push({ kind, data })) as never,
    now: () => nowMs,
  })
  return {
    window,
    begin: () => window.next() as SampleBegun,
    end(begun: SampleBegun, isOk = true) {
      nowMs += 10
      const sample: SampleRecord = {
        ...cell,
        window: 'change:1',
        ok: isOk,
        startMs: 0,
        durationMs: 10,
        ...(isOk ? {} : { symptom: 'timeout' }),
      }
      window.take(sample, begun)
    },
    judged: () =>
      events
        .filter(({ kind }) => kind === 'cell.judged')
        .map(({ data }) => data as EventOf<'cell.judged'>),
  }
}

it('is not content with the part of the samples that ends, while another part hangs', () => {
  const { begin, end, judged } = opened()
  const hanging = Array.from({ length: 12 }, () => {
    const hangs = begin()
    end(begin())
    return hangs
  })
  expect(judged()).toEqual([])
  for (const begun of hanging) end(begun, false)
  expect(judged()).toMatchObject([{ judgement: 'broken' }])
})

it('holds once those that were under way have ended, whatever is begun meanwhile', () => {
  const { begin, end, judged } = opened()
  const slow = [begin(), begin()]
  for (let i = 0; i < 20; i += 1) end(begin())
  begin()
  for (const begun of slow) {
    expect(judged()).toEqual([])
    end(begun)
  }
  expect(judged()).toMatchObject([{ judgement: 'holds' }])
})

it('says at its end what had not ended', () => {
  const { window, begin, end, judged } = opened()
  begin()
  for (let i = 0; i < 20; i += 1) end(begin())
  window.close('the window ended')
  expect(judged()).toMatchObject([
    {
      judgement: 'undecided',
      evidence: { note: 'the window ended; 1 that began early had not ended, after 0.2 s' },
    },
  ])
})
