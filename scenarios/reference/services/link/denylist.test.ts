import { expect, it } from 'vitest'
import { denylistInForce, linkConfig } from './config.ts'
import { blockingEntry, isSpecific } from './denylist.ts'

it('a lone slash blocks every target', () => {
  for (const url of ['http://news.example/', 'https://shop.example/items/7?a=b']) {
    expect(blockingEntry(new URL(url), ['/'])).toBe('/')
  }
})

it.each([
  ['/', false],
  ['//', false],
  ['/a', false],
  ['com', false],
  ['com/', false],
  ['.example', false],
  ['malware.example', true],
  ['malware.example/', true],
  ['/wp-login', true],
  ['com/malware', true],
])('%s is specific enough: %s', (entry, expected) => {
  expect(isSpecific(entry)).toBe(expected)
})

it('with the guard, entries that are not specific enough do not count, and the others do', () => {
  const denylist = ['/', 'malware.example']
  const config = (specificEntries: boolean) => ({
    ...linkConfig.defaults,
    denylist,
    guards: { ...linkConfig.defaults.guards, specificEntries },
  })
  expect(denylistInForce(config(false))).toEqual(denylist)
  expect(denylistInForce(config(true))).toEqual(['malware.example'])
})
