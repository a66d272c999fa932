import { expect, it } from 'vitest'
import { PAGE_LINKS } from '../seed-facts.ts'
import { ADMIN_TOKEN, asApp, call, json, reconfigure, startSite } from '../testing/site.ts'

const rules = [{ code: 'terms', to: '/l/terms' }]

it('a redirect to itself shows once a good one that is kept has expired, and outlives its rule until it expires as well', async () => {
  const redirect = { status: 301, cacheTtlS: 3_600 }
  await using site = await startSite({ link: { redirect } })
  const { gateway, link } = site
  const open = async () => {
    const answer = await call(gateway.url, '/l/terms', { headers: asApp('web') })
    return answer.headers.get('location')
  }
  const hoursLater = async (hours: number) => {
    const request = { ...json({ offsetMs: hours * 3_600_000 }), method: 'PUT' }
    const headers = { ...request.headers, authorization: `Bearer ${ADMIN_TOKEN}` }
    expect((await call(gateway.adminUrl, '/clock', { ...request, headers })).status).toBe(200)
  }
  const target = PAGE_LINKS['terms']
  expect(await open()).toBe(target)
  await reconfigure(link, { redirect: { ...redirect, rules } })
  expect(await open()).toBe(target)
  await hoursLater(2)
  expect(await open()).toBe('/l/terms')
  await reconfigure(link, { redirect: { ...redirect, rules: [] } })
  expect((await call(link.url, '/links/terms/open')).headers.get('location')).toBe(target)
  expect(await open()).toBe('/l/terms')
  await hoursLater(4)
  expect(await open()).toBe(target)
}, 15_000)

it('of a redirect that is not permanent nothing is kept', async () => {
  await using site = await startSite({ link: { redirect: { cacheTtlS: 3_600 } } })
  const open = async () =>
    (await call(site.gateway.url, '/l/terms', { headers: asApp('web') })).headers.get('location')
  await reconfigure(site.link, { redirect: { status: 302, cacheTtlS: 3_600, rules } })
  expect(await open()).toBe('/l/terms')
  await reconfigure(site.link, { redirect: { status: 302, cacheTtlS: 3_600, rules: [] } })
  expect(await open()).toBe(PAGE_LINKS['terms'])
}, 15_000)

it('with the lint, such a rule changes nothing', async () => {
  await using site = await startSite({ link: { guards: { redirectLint: true } } })
  await reconfigure(site.link, { redirect: { status: 301, cacheTtlS: 60, rules } })
  const answer = await call(site.gateway.url, '/l/terms', { headers: asApp('web') })
  expect(answer.headers.get('location')).toBe(PAGE_LINKS['terms'])
  expect(answer.headers.get('cache-control')).toBe('public, max-age=60')
}, 15_000)
