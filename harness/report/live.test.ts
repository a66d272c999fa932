import { expect, test } from 'vitest'
import { initialLiveState, reduce, samplesPerSecond, type LiveState } from './live.ts'
import { renderLive } from './live-view.ts'
import { incident, JournalBuilder, planChange, upToBaseline, upToChange } from './test-journal.ts'

const web = { flow: 'open-link', actor: 'web' }

function stateAfter(journal: JournalBuilder): LiveState {
  const state = initialLiveState()
  for (const event of journal.events) reduce(state, event)
  return state
}

function view(journal: JournalBuilder, height = 40): string {
  const options = { width: 80, height, colour: false, unicode: true, nowMs: journal.nowMs }
  return renderLive(stateAfter(journal), options)
}

function markOf(journal: JournalBuilder): string | undefined {
  return stateAfter(journal).cells.get('open-link × web')?.mark
}

test('a cell waits, is sampled, fails, and is judged; the next window begins anew', () => {
  const journal = upToBaseline()
  expect(markOf(journal)).toBe('holds')
  expect(markOf(journal.open('change:1', planChange.name))).toBe('waiting')
  expect(markOf(journal.sample('change:1', web))).toBe('sampling')
  expect(markOf(journal.sample('change:1', web, '500'))).toBe('failing')
  expect(markOf(journal.sample('change:1', web))).toBe('failing')
  expect(markOf(journal.judge('change:1', web, 'broken', { symptom: '500' }))).toBe('broken')
  expect(markOf(journal.sample('change:1', web))).toBe('broken')
})

test('samples of another window do not colour the open one', () => {
  const journal = upToBaseline().open('change:1', planChange.name)
  expect(markOf(journal.sample('transition', web, '500'))).toBe('waiting')
})

test('the rate is that of the last two seconds in full quarters', () => {
  const journal = new JournalBuilder().start()
  for (let sample = 0; sample < 400; sample += 1) journal.after(10).sample('baseline', web)
  expect(samplesPerSecond(stateAfter(journal), 4000)).toBeCloseTo(100, -1)
  expect(samplesPerSecond(stateAfter(journal), 60_000)).toBe(0)
  expect(samplesPerSecond(initialLiveState(), 0)).toBe(0)
})

test('the memory for the rate does not grow with the run', () => {
  const journal = new JournalBuilder().start()
  for (let sample = 0; sample < 2000; sample += 1) journal.after(100).sample('baseline', web)
  expect(stateAfter(journal).recent.length).toBeLessThan(12)
})

test('the view tells the phase, what is in force, and what is left to decide', () => {
  const journal = upToChange()
  journal.emit('status.read', { overall: 'operational', components: {} })
  const lines = view(journal).split('\n')
  expect(lines[0]).toMatch(/^twitter-api-plan · processes · seed 20230306 +2\.7 s$/)
  expect(lines[1]).toBe('watching what enforce API plans does')
  expect(lines[2]).toMatch(
    /^114 samples · \d+\/s · status page: operational · IN FORCE: enforce-plans$/,
  )
  expect(lines).toContain(
    'open-link          ✗   ✗      ✗     ✗       ·        ·        ·         ·',
  )
  expect(lines.at(-1)).toBe('● 23 working, ✗ 32 broken, ◆ 2 as declared, 0 of 57 cells to decide')
})

test('what was undone is no longer in force', () => {
  expect(view(incident())).not.toContain('IN FORCE')
})

test('flows that do not fit are counted, and the broken ones among them', () => {
  const lines = view(upToChange(), 14).split('\n')
  expect(lines).toHaveLength(14)
  expect(lines.at(-2)).toBe('7 more flows, 5 with broken cells')
})

test('the first line and the last word survive the smallest window', () => {
  expect(view(upToChange(), 1)).toMatch(/^twitter-api-plan/)
})

test('before the start of the run there is something to see', () => {
  expect(view(new JournalBuilder())).toContain('waiting for the run to start')
})

test('control sequences in what the system says are shown, not obeyed', () => {
  const journal = new JournalBuilder().start({ title: '\x1b[2J' })
  journal.emit('phase', { phase: 'starting', text: 'a\x1b[2Jb\u202E' })
  expect(view(journal)).toContain('a\\x1b[2Jb\\u{202e}')
  expect(view(journal).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
})

test('a load test, which samples no cell, shows none while its system starts', () => {
  const starting = { phase: 'starting' as const, text: 'starting the stack' }
  const load = new JournalBuilder().start({ changes: [] }).emit('phase', starting)
  expect(view(load).split('\n').slice(1)).toEqual(['starting the stack'])
  expect(view(new JournalBuilder().start().emit('phase', starting))).toMatch(/open-link/)
})
