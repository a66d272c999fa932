import { describe, expect, it } from 'vitest'
import { ConfigStore } from '../../common/config-store.ts'
import { gatewayConfig, type GatewayConfig } from '../config.ts'
import { Quota } from '../quota.ts'
import { BOT_FEATURES } from './bot-features.ts'
import { BotScore } from './bot-score.ts'
import { FeatureFile } from './feature-file.ts'
import { Tenants } from './tenants.ts'
import { Waf } from './waf.ts'

const guarded = (guard: keyof GatewayConfig['guards'], isOn: boolean): GatewayConfig => ({
  ...gatewayConfig.defaults,
  guards: { ...gatewayConfig.defaults.guards, [guard]: isOn },
})

describe('the bot score', () => {
  const doubled = [...BOT_FEATURES, ...BOT_FEATURES]
  const unguarded = gatewayConfig.defaults

  it('is the same for the same request, and between 0 and 1', () => {
    const score = new BotScore().of(unguarded, BOT_FEATURES, 'curl/8')
    expect(score).toBe(new BotScore().of(unguarded, BOT_FEATURES, 'curl/8'))
    expect(score).toBeGreaterThan(0)
    expect(score).toBeLessThan(1)
  })

  it('fails on a list that does not fit', () => {
    expect(() => new BotScore().of(unguarded, doubled, 'curl/8')).toThrow(RangeError)
  })

  it('goes on with the last list that fitted, with the guard', () => {
    const bots = new BotScore()
    const config = guarded('refuseOversizedFeatures', true)
    const before = bots.of(config, BOT_FEATURES, 'curl/8')
    expect(bots.of(config, doubled, 'curl/8')).toBe(before)
  })
})

it('the list of features doubles and is as before, as the node that is asked sees the table twice or once', async () => {
  const config = new ConfigStore(gatewayConfig)
  const nodes = [['default'], ['default', 'r0']].map((schemas) => ({ schemas }))
  await config.applyPatch({ features: { nodes } })
  const file = new FeatureFile(config)
  const lengths = [1, 2, 3, 4].map(() => {
    file.renew()
    return file.list.length
  })
  expect(lengths).toEqual([120, 240, 120, 240])
})

describe('tenants', () => {
  const owners = (cacheKey: string, isGuarded: boolean) => {
    const config = {
      ...guarded('isolateTenants', isGuarded),
      tenants: { site: { cacheKey: '/media/*' }, acme: { cacheKey } },
    }
    const tenants = new Tenants()
    return ['/media/1', '/acme/a/b', '/other'].map((path) => tenants.ownerOf(config, path))
  }

  it.each([false, true])('own what is below their key (isolated: %s)', (isGuarded) => {
    expect(owners('/acme/*', isGuarded)).toEqual(['site', 'acme', undefined])
  })

  it('all fail on the key of one that cannot be compiled', () => {
    expect(() => owners('*', false)).toThrow(SyntaxError)
  })

  it('are not touched by the key of another one, with the guard', () => {
    expect(owners('*', true)).toEqual(['site', undefined, undefined])
  })
})

describe('the firewall', () => {
  const rules = (pattern: string, mode: 'simulate' | 'block', isGuarded: boolean) => ({
    ...guarded('wafTimeBudget', isGuarded),
    waf: { rules: [{ id: 'new', mode, pattern }], timeBudgetMs: 1_000 },
  })

  it.each([false, true])('names the rules that match (time budget: %s)', (isGuarded) => {
    const config = rules('<script', 'block', isGuarded)
    expect(new Waf().matching(config, 'GET /?q=<SCRIPT>').map(({ id }) => id)).toEqual(['new'])
    expect(new Waf().matching(config, 'GET /')).toEqual([])
  })

  it('puts a rule out of use that would not end in its time, until the configuration changes', () => {
    // 2^50 ways to try: without the budget this test would not end.
    const pattern = '^(x+x+)+y'
    const subject = 'x'.repeat(50)
    const waf = new Waf()
    const config = rules(pattern, 'simulate', true)
    expect(waf.matching(config, subject)).toEqual([])
    expect(waf.matching(config, 'xxy')).toEqual([])
    expect(waf.matching({ ...config }, 'xxy')).toHaveLength(1)
  })
})

describe('the quota', () => {
  const without = (isGuarded: boolean) => ({ ...guarded('keepLastQuota', isGuarded), quota: {} })

  it('is zero when it is missing, and what it was last with the guard', () => {
    const quota = new Quota(gatewayConfig.defaults)
    expect(quota.postsPerDay(without(false))).toBe(0)
    expect(quota.postsPerDay(without(true))).toBe(10_000)
    expect(new Quota(without(true)).postsPerDay(without(true))).toBeUndefined()
  })
})
