import { expect, it } from 'vitest'
import { RedirectCache } from './redirect-cache.ts'

it('keeps a redirect for as long as it may be kept, and no longer', () => {
  let now = 0
  const cache = new RedirectCache({ now: () => now })
  cache.offer('terms', {
    status: 301,
    headers: { location: '/l/terms', 'cache-control': 'public, max-age=60' },
  })
  now = 59_999
  expect(cache.get('terms')).toMatchObject({ status: 301, location: '/l/terms' })
  now = 60_000
  expect(cache.get('terms')).toBeUndefined()
})

it.each([
  ['may not be kept', { location: '/', 'cache-control': 'no-store' }],
  ['does not say', { location: '/' }],
  ['leads nowhere', { 'cache-control': 'max-age=60' }],
])('keeps no redirect that %s', (_what, headers) => {
  const cache = new RedirectCache()
  cache.offer('terms', { status: 301, headers: { ...headers } as Record<string, string> })
  expect(cache.get('terms')).toBeUndefined()
})
