import { expect, it } from 'vitest'
import { Redactor, type JournalEvent } from '../core/index.ts'
import { monotonicClock } from './clock.ts'
import { Journal } from './journal.ts'

it('keeps nothing that there is more of the longer a run goes on; who listens is told all', () => {
  const heard: JournalEvent[] = []
  const journal = new Journal(monotonicClock(), new Redactor(), [(event) => heard.push(event)])
  const second = { elapsedMs: 1, started: 1, ended: 1, failed: 0, dropped: 0, inFlight: 0 }
  const sample = { flow: 'read', actor: 'web', window: 'baseline', startMs: 0, durationMs: 1 }
  for (let i = 0; i < 100; i += 1) {
    journal.emit('load.second', { ...second, requests: 1, symptoms: {}, flows: [] })
    journal.emit('sample', { ...sample, ok: true })
  }
  journal.emit('phase', { phase: 'watching', text: 'under load' })
  expect(journal.history.map(({ kind }) => kind)).toEqual(['phase'])
  expect(heard).toHaveLength(201)
})
