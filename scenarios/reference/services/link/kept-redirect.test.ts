import { expect, it } from 'vitest'
import { PAGE_LINKS } from '../seed-facts.ts'
import { asApp, call, eventually, reconfigure, startSite } from '../testing/site.ts'

it('a permanent redirect to itself outlives the rule that made it, until it expires', async () => {
  await using site = await startSite()
  const open = async () => {
    const answer = await call(site.gateway.url, '/l/terms', { headers: asApp('web') })
    return answer.headers.get('location')
  }
  expect(await open()).toBe(PAGE_LINKS['terms'])
  const rules = [{ code: 'terms', to: '/l/terms' }]
  await reconfigure(site.link, { redirect: { status: 301, cacheTtlS: 2, rules } })
  expect(await open()).toBe('/l/terms')
  await reconfigure(site.link, { redirect: { status: 302, cacheTtlS: 0, rules: [] } })
  expect((await call(site.link.url, '/links/terms/open')).status).toBe(302)
  await eventually(open, (location) => location === PAGE_LINKS['terms'])
}, 15_000)

it('with the lint, such a rule changes nothing', async () => {
  await using site = await startSite({ link: { guards: { redirectLint: true } } })
  const rules = [{ code: 'terms', to: '/l/terms' }]
  await reconfigure(site.link, { redirect: { status: 301, cacheTtlS: 60, rules } })
  const answer = await call(site.gateway.url, '/l/terms', { headers: asApp('web') })
  expect(answer.headers.get('location')).toBe(PAGE_LINKS['terms'])
  expect(answer.headers.get('cache-control')).toBe('public, max-age=60')
}, 15_000)
