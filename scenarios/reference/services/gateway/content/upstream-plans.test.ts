import { expect, it } from 'vitest'
import { asApp, call, reconfigure, startSite } from '../../testing/site.ts'
import { isAcceptable } from './upstream-plans.ts'

const inForce = { generation: 12, media: ['primary'], link: ['primary'] }

it.each([
  ['the same plan', inForce, true],
  ['a newer plan', { ...inForce, generation: 13 }, true],
  ['an older plan', { ...inForce, generation: 9 }, false],
  ['a plan without addresses of media', { ...inForce, generation: 13, media: [] }, false],
  ['a plan without addresses of link', { ...inForce, generation: 13, link: [] }, false],
])('%s is acceptable or not', (_what, plan, expected) => {
  expect(isAcceptable(plan, inForce)).toBe(expected)
})

const read = async (site: { gateway: { url: string } }) => {
  const answer = await call(site.gateway.url, '/media/new-0007', { headers: asApp('web') })
  return answer.status
}

it('a service without addresses cannot be reached, until the plan has some again', async () => {
  await using site = await startSite({ gateway: { cache: { maxEntries: 0 } } })
  expect(await read(site)).toBe(200)
  await reconfigure(site.gateway, { upstreams: { generation: 9, media: [] } })
  expect(await read(site)).toBe(502)
  await reconfigure(site.gateway, { upstreams: { generation: 12, media: ['primary'] } })
  expect(await read(site)).toBe(200)
}, 15_000)

it('with the guard, a stale and empty plan changes nothing', async () => {
  const guards = { upstreamPlans: true }
  await using site = await startSite({ gateway: { cache: { maxEntries: 0 }, guards } })
  await reconfigure(site.gateway, { upstreams: { generation: 9, media: [] } })
  expect(await read(site)).toBe(200)
}, 15_000)
