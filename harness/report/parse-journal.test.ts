import { expect, test } from 'vitest'
import { HarnessError } from '../core/index.ts'
import { parseJournal } from './parse-journal.ts'
import { incident } from './test-journal.ts'

function problemOf(text: string): { code: string; message: string; hint: string | undefined } {
  try {
    parseJournal(text)
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error
    return { code: error.code, message: error.message, hint: error.hint }
  }
  throw new Error('the journal was read')
}

test('what was written is read back', () => {
  const journal = incident()
  expect(parseJournal(journal.text())).toEqual({
    events: journal.events,
    skipped: {},
    truncated: false,
  })
})

test('windows line ends and a byte order mark are no problem', () => {
  const text = `\uFEFF${incident().text().replaceAll('\n', '\r\n')}`
  expect(parseJournal(text).events).toHaveLength(incident().events.length)
})

test('kinds of a later version are skipped and counted', () => {
  const journal = incident()
  const text = `${journal.text()}{"kind":"weather","atMs":1}\n{"kind":"weather"}\n{"kind":"toString","atMs":1}\n`
  const parsed = parseJournal(text)
  expect(parsed.skipped).toEqual({ weather: 2, toString: 1 })
  expect(parsed.events).toHaveLength(journal.events.length)
})

test('a last line that was cut off is tolerated, and told', () => {
  const journal = incident()
  const parsed = parseJournal(journal.text().slice(0, -20))
  expect(parsed.truncated).toBe(true)
  expect(parsed.events).toEqual(journal.events.slice(0, -1))
})

test('a corrupt line in the middle is an error with its number', () => {
  const lines = incident().text().split('\n')
  lines[4] = '{"kind":"sample",'
  expect(problemOf(lines.join('\n'))).toMatchObject({
    code: 'JOURNAL_UNREADABLE',
    message: 'line 5 of the journal is not JSON',
  })
})

test('a corrupt last line that ends with a line break was not cut off: an error', () => {
  expect(problemOf(`${incident().text()}{"kind":\n`).message).toMatch(/^line \d+ of .* not JSON$/)
})

test('an event without what reports need is an error that names the member', () => {
  const text = `${incident().text()}{"kind":"cell.judged","atMs":1,"flow":"a"}\n`
  expect(problemOf(text).message).toMatch(
    /^line \d+ of the journal \(cell\.judged\) needs 'actor' as a string$/,
  )
})

test.each([['12'], ['null'], ['[]'], ['"text"'], ['{}'], ['{"kind":7}']])(
  '%s in the middle is not an event',
  (line) => {
    expect(problemOf(`${incident().text()}${line}\n`).code).toBe('JOURNAL_UNREADABLE')
  },
)

test('a journal of another version is refused, saying which version is needed', () => {
  const text = incident().text().replace('"version":1', '"version":2')
  expect(problemOf(text)).toEqual({
    code: 'JOURNAL_UNREADABLE',
    message: 'the journal has version 2; this aftershock reads version 1',
    hint: 'Use the aftershock that wrote it, or run the scenario again with this one.',
  })
})

test.each([
  ['', 'the journal is empty: it holds no event that this version knows'],
  ['{"kind":"run.st', 'the journal was cut off in its first line'],
])('%j is no journal', (text, message) => {
  expect(problemOf(text).message).toBe(message)
})
