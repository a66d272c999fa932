import { describe, expect, it } from 'vitest'
import { asApp, call, eventually, reconfigure, startSite } from '../../testing/site.ts'
import type { PolicyRule } from '../config.ts'
import { RatePolicy, rulesInForce } from './rate-policy.ts'

const rule = (id: string, limit: PolicyRule['limit'] | null): PolicyRule =>
  ({ id, route: 'posts.read', limit }) as PolicyRule

describe('the rate policy', () => {
  it('names the rule by which an app has had its share, until the next minute', () => {
    let now = 0
    const policy = new RatePolicy({ now: () => now })
    const rules = [rule('a', { perMinute: 2 })]
    const ask = (app: string) => policy.exceeded(rules, app, 'posts.read')
    expect([ask('one'), ask('one'), ask('one'), ask('two')]).toEqual([
      undefined,
      undefined,
      'a',
      undefined,
    ])
    expect(policy.exceeded(rules, 'one', 'posts.create')).toBeUndefined()
    now = 60_000
    expect(ask('one')).toBeUndefined()
  })

  it('has not thought of a rule whose limit was left blank, which the guard passes over', () => {
    const rules = [rule('blank', null), rule('a', { perMinute: 2 })]
    const ask = (guard: boolean) =>
      new RatePolicy().exceeded(rulesInForce(rules, guard), 'one', 'posts.read')
    expect(() => ask(false)).toThrow(TypeError)
    expect(ask(true)).toBeUndefined()
  })
})

describe('tasks of the policies', () => {
  const fast = { tasks: 2, queryMs: 20, timeoutMs: 2_000, restart: { delayMs: 1, jitterMs: 0 } }
  const rules = (...limits: (number | null)[]) =>
    limits.map((perMinute, n) => ({
      id: `rule-${n}`,
      route: 'timeline.public',
      limit: perMinute === null ? null : { perMinute },
    }))

  async function open(policy: object, guards = {}) {
    const site = await startSite({ gateway: { policy: { ...fast, ...policy }, guards } })
    const status = async (app = 'web'): Promise<number> =>
      (await call(site.gateway.url, '/api/timeline/public', { headers: asApp(app) })).status
    return { site, status, [Symbol.asyncDispose]: () => site[Symbol.asyncDispose]() }
  }

  it('refuse what is over a limit, app by app', async () => {
    await using it = await open({ rules: rules(2) })
    const { status } = it
    expect([await status(), await status(), await status()]).toEqual([200, 200, 429])
    expect(await status('mobile')).toBe(200)
  })

  it('begin with the first rule, and end with the last one', async () => {
    await using it = await open({ rules: [] })
    const { site, status } = it
    await reconfigure(site.gateway, { policy: { rules: rules(0) } })
    await eventually(status, (seen) => seen === 429)
    await reconfigure(site.gateway, { policy: { rules: [] } })
    expect(await status()).toBe(200)
  })

  it('end at a rule without a limit, time and again, until it is gone', async () => {
    await using it = await open({ rules: rules(1_000) })
    const { site, status } = it
    await reconfigure(site.gateway, { policy: { rules: rules(1_000, null) } })
    for (let n = 0; n < 5; n++) expect(await status()).toBe(503)
    expect((await call(site.gateway.url, '/status')).status).toBe(200)
    await reconfigure(site.gateway, { policy: { rules: rules(1_000) } })
    await eventually(status, (seen) => seen === 200)
  })

  it('go on past a rule without a limit, with the guard', async () => {
    await using it = await open({ rules: rules(1_000) }, { skipBlankPolicies: true })
    await reconfigure(it.site.gateway, { policy: { rules: rules(1_000, null) } })
    expect(await it.status()).toBe(200)
  })
})
