import { readFileSync } from 'node:fs'
import { XmlDocument, XsdValidator } from 'libxml2-wasm'
import { expect, test } from 'vitest'
import { fail, inconclusive } from '../core/index.ts'
import { renderJunit } from './junit.ts'
import { collectRun } from './run-model.ts'
import { holds, incident, planChange, upToBaseline, upToChange } from './test-journal.ts'

const schema = readFileSync(new URL('fixtures/junit-for-jenkins.xsd', import.meta.url), 'utf8')

/** Throws what libxml2 has to say against it. */
function validate(xml: string): void {
  using schemaDocument = XmlDocument.fromString(schema)
  using validator = XsdValidator.fromDoc(schemaDocument)
  using document = XmlDocument.fromString(xml)
  validator.validate(document)
}

const web = { flow: 'open-link', actor: 'web' }
const broken = fail({ code: 'broken', message: 'it broke', cell: web })
const wicked = '<a>&"\' ]]> \u0000\u0008\ud800 \u202e\n\t é 🎉'

const journals = {
  'an incident that reproduces': incident(),
  'a change that breaks things': incident({ started: { expect: holds }, verdict: broken }),
  'a run that was cut off under the change': upToChange(),
  'a run that was cut off before any change': upToBaseline(),
  'a sick system': upToBaseline().end(
    inconclusive({ code: 'baseline-broken', message: 'sick', cell: web }),
  ),
  'a run that says wicked things': incident({
    started: {
      title: wicked,
      scenario: wicked,
      expect: holds,
      changes: [{ ...planChange, title: wicked }],
    },
    exchange: { responseBody: wicked, url: wicked },
    verdict: fail(
      { code: 'broken', message: wicked, cell: web },
      { code: 'status-page', message: wicked },
    ),
  }),
}

test.each(Object.entries(journals))('%s is valid', (_name, journal) => {
  expect(() => validate(renderJunit(collectRun(journal.events)))).not.toThrow()
})

test.each([
  ['a testcase without a name', / name="open link[^"]*"/, ''],
  ['an attribute that is not known', '<testcase ', '<testcase owner="me" '],
  ['an element that is not known', '<properties>', '<notes/><properties>'],
  ['a time that is no number', /time="[^"]*"/, 'time="soon"'],
])('%s is not', (_name, found, instead) => {
  const xml = renderJunit(collectRun(journals['an incident that reproduces'].events))
  const spoilt = xml.replace(found, instead)
  expect(spoilt).not.toBe(xml)
  expect(() => validate(spoilt)).toThrow()
})
