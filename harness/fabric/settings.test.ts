import { expect, it } from 'vitest'

import type { HarnessError } from '../core/index.ts'
import { parseSettings } from './settings.ts'

const good = {
  host: '127.0.0.1',
  seed: 1,
  services: ['gateway', 'media'],
  links: [{ from: 'gateway', to: 'media', callers: ['gateway-1'] }],
  sites: ['file:///sites/news.ts'],
  controlToken: 'a-token-of-the-run',
  callers: { 'gateway-1': 'secret', actor: 'secret' },
}

function messageFor(change: object): string {
  try {
    parseSettings(JSON.stringify({ ...good, ...change }))
  } catch (error) {
    expect((error as HarnessError).code).toBe('USAGE')
    return (error as Error).message
  }
  throw new Error('these settings were accepted')
}

it('accepts complete settings', () => {
  expect(parseSettings(JSON.stringify(good))).toEqual(good)
})

it.each([
  [{ host: 'localhost' }, 'host must be an IP address'],
  [{ seed: -1 }, 'seed must be an integer in [0, 2^32)'],
  [{ services: [] }, 'services must be a list of names'],
  [{ services: ['A'], links: [] }, '"A" is not a name of lower case letters, digits and dashes'],
  [
    { links: [{ from: 'gateway', to: 'mail', callers: [] }] },
    'gateway>mail names an unknown service',
  ],
  [{ links: 'none' }, 'links must be a list of {from, to, callers}'],
  [{ links: [{ from: 'gateway', to: 'media' }] }, 'links must be a list of {from, to, callers}'],
  [{ sites: ['/sites/news.ts'] }, 'sites must be a list of file URLs'],
  [{ controlToken: 'short' }, 'controlToken must be a string of at least 16 characters'],
  [{ callers: { 'a:b': 'x' } }, 'callers: "a:b" is not a user name'],
  [{ callers: { actor: '' } }, 'callers: actor must have a password'],
  [{ cotnrolToken: 'x' }, 'cotnrolToken is not a setting'],
])('refuses %j', (change, message) => {
  expect(messageFor(change)).toContain(message)
})

it('names every problem at once, in one line', () => {
  const message = messageFor({ host: 1, seed: 'x', callers: [] })
  expect(message).toContain('host must')
  expect(message).toContain('seed must')
  expect(message).toContain('callers must')
  expect(message).not.toContain('\n')
})

it.each([
  [undefined, 'AFTERSHOCK_FABRIC is not set'],
  ['{"controlToken": "hush', 'AFTERSHOCK_FABRIC is not JSON'],
  ['[]', 'AFTERSHOCK_FABRIC must be a JSON object'],
])('refuses %j without repeating it', (text, message) => {
  expect(() => parseSettings(text)).toThrow(new RegExp(`^${message}$`))
})
