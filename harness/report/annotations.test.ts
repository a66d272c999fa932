import { expect, test } from 'vitest'
import { fail, inconclusive } from '../core/index.ts'
import { annotationCommand, annotationsOf } from './annotations.ts'
import { summarize } from './summary.ts'
import { holds, incident, upToBaseline, upToChange } from './test-journal.ts'

const place = { file: 'scenarios/a.scenario.ts', line: 12 }

test('a run that passes has none', () => {
  expect(annotationsOf(summarize(incident().events))).toEqual([])
})

test('what broke is an error at the step that broke it, with symptoms and cells', () => {
  const verdict = fail({ code: 'broken', message: 'broke' })
  const { events } = incident({ started: { expect: holds }, verdict })
  const [only, ...others] = annotationsOf(summarize(events))
  expect(others).toEqual([])
  expect(only).toMatchObject({
    level: 'error',
    step: 'enforce-plans',
    title: 'FAIL twitter-api-plan',
  })
  expect(only?.message).toContain("'enforce API plans' BROKE 32 of 57 cells")
  expect(only?.message).toContain('\n403/467, 31 cells: ')
})

test('a system that was sick before is a warning about the whole', () => {
  const journal = upToBaseline()
  journal.end(inconclusive({ code: 'no-data', message: 'too little was seen' }))
  expect(annotationsOf(summarize(journal.events))).toMatchObject([{ level: 'warning' }])
})

test('what is wrong with the run as a whole is said once', () => {
  const message = 'shop.example was to be asked 2× at most'
  const { events } = upToBaseline({ started: { expect: holds } }).end(
    fail({ code: 'outside-limit', message }),
  )
  expect(annotationsOf(summarize(events))).toMatchObject([{ level: 'error', message }])
})

test('a run that was cut off is a warning', () => {
  expect(annotationsOf(summarize(upToChange().events))).toMatchObject([
    { level: 'warning', title: 'INCONCLUSIVE twitter-api-plan' },
  ])
})

test.each([
  ['100 % sure', '100 %25 sure'],
  ['one\ntwo', 'one%0Atwo'],
  ['x\r\n::error::injected', 'x %0A::error::injected'],
  ['::set-output name=a::b', '::set-output name=a::b'],
])('the message %j is written as %j, in one line', (message, written) => {
  const line = annotationCommand({ level: 'error', title: 't', message }, place)
  expect(line).toBe(`::error file=scenarios/a.scenario.ts,line=12,title=t::${written}`)
})

test('no property can end early', () => {
  const title = 'a,line=1::b\n::error::c%'
  const line = annotationCommand({ level: 'warning', title, message: 'm' }, place)
  expect(line).toBe(
    '::warning file=scenarios/a.scenario.ts,line=12,title=a%2Cline=1%3A%3Ab%0A%3A%3Aerror%3A%3Ac%25::m',
  )
})
