import { applyPatch } from 'rfc6902'
import { expect, test } from 'vitest'
import { operationsFor } from './config-alterations.ts'

const wanted = { version: 5, delay: 3, 'a/b': { list: [1, 2] } }

test('documents that are alike get the smallest difference', () => {
  const before = { ...wanted, 'a/b': { list: [1] } }
  expect(operationsFor([before, { ...before }], wanted)).toEqual([
    { op: 'add', path: '/a~1b/list/-', value: 2 },
  ])
})

test('documents that are not alike become the wanted one all the same', () => {
  const documents = [
    { ...wanted, delay: 0 },
    { ...wanted, version: 1, delay: 0, extra: true },
    { version: 5, delay: 3, 'a/b': { list: [2, 2, 7] } },
  ]
  const operations = operationsFor(documents, wanted)
  for (const document of documents) {
    expect(applyPatch(document, structuredClone(operations))).not.toContainEqual(expect.any(Error))
    expect(document).toEqual(wanted)
  }
})

test.each([
  [[1], [2, 2], [3]],
  [{ v: 1 }, [2], { v: 3 }],
])('of documents without members that are not alike nothing is made: %j, %j', (a, b, becomes) => {
  expect(() => operationsFor([a, b], becomes)).toThrow('what has no members')
})
