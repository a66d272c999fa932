import { describe, expect, it } from 'vitest'

import type { HalfInjected, SiteVariant, Stack, SystemPort } from '../core/index.ts'
import { siteFault } from './index.ts'

const stack: Stack = { name: 's', entry: 'a', services: [], sites: ['file:///sites/news.ts'] }
const { signal } = new AbortController()

/** Remembers what is in force; fails for hosts in `broken`. */
function system(broken: readonly string[] = []) {
  const inForce = new Map<string, SiteVariant>()
  const port: SystemPort = {
    replicas: [],
    links: {
      setToxic: () => Promise.resolve(),
      removeToxic: () => Promise.resolve(undefined),
    },
    sites: {
      setVariant(host, variant) {
        if (broken.includes(host)) return Promise.reject(new Error(`no site has the host ${host}`))
        if (variant) inForce.set(host, variant)
        else inForce.delete(host)
        return Promise.resolve()
      },
    },
  }
  return { port, inForce }
}

it('puts the variant in force for each host, and takes it back', async () => {
  const { port, inForce } = system()
  const fault = siteFault('sites-hang', {
    host: ['news.example', 'shop.example'],
    variant: 'hangs',
    toxicity: 0.25,
    first: 10,
  })
  const injected = await fault.inject(port, signal, () => undefined)
  const setting = { name: 'hangs', toxicity: 0.25, first: 10 }
  expect(Object.fromEntries(inForce)).toEqual({ 'news.example': setting, 'shop.example': setting })
  expect(injected.on).toEqual(['news.example', 'shop.example'])
  expect(injected.explain).toEqual([
    'news.example: hangs, on 25 % of the first 10 requests',
    'shop.example: hangs, on 25 % of the first 10 requests',
  ])
  await injected.heal(signal)
  expect(inForce.size).toBe(0)
})

it('gives a host back the variant of the fault before, whichever of them is healed first', async () => {
  const { port, inForce } = system()
  const strike = (variant: string) =>
    siteFault(variant, { host: 'news.example', variant }).inject(port, signal, () => undefined)
  const name = () => inForce.get('news.example')?.name
  const [hangs, gone] = [await strike('hangs'), await strike('gone')]
  expect(name()).toBe('gone')
  await gone.heal(signal)
  expect(name()).toBe('hangs')
  const slow = await strike('slow')
  await hangs.heal(signal)
  expect(name()).toBe('slow')
  await slow.heal(signal)
  expect(name()).toBeUndefined()
})

it.each([
  [{}, undefined],
  [{ toxicity: 1 }, undefined],
  [{ toxicity: 0.5 }, true],
  [{ first: 3 }, true],
])('of %j strikes a share only: %s', (extent, expected) => {
  const fault = siteFault('f', { host: 'news.example', variant: 'hangs', ...extent })
  expect(fault.intermittent).toBe(expected)
})

it('says what is to be healed when it cannot be injected in full', async () => {
  const { port, inForce } = system(['old.example'])
  const fault = siteFault('f', { host: ['news.example', 'old.example'], variant: 'gone' })
  const half: unknown = await fault.inject(port, signal, () => undefined).catch((e: unknown) => e)
  expect(half).toMatchObject({
    name: 'HalfInjected',
    message: 'no site has the host old.example',
  })
  expect(inForce.size).toBe(1)
  await (half as HalfInjected).injected.heal(signal)
  expect(inForce.size).toBe(0)
})

it('can be healed again after healing failed', async () => {
  const broken: string[] = []
  const { port, inForce } = system(broken)
  const fault = siteFault('f', { host: ['a.example', 'b.example'], variant: 'gone' })
  const injected = await fault.inject(port, signal, () => undefined)
  broken.push('a.example')
  await expect(injected.heal(signal)).rejects.toThrow('a.example')
  expect([...inForce.keys()]).toEqual(['a.example'])
  broken.pop()
  await injected.heal(signal)
  expect(inForce.size).toBe(0)
})

describe('in words', () => {
  it.each([
    [{ host: 'news.example', variant: 'hangs' }, "the site news.example fails as 'hangs' says"],
    [
      { host: 'news.example', variant: 'gone', first: 1 },
      "the site news.example fails as 'gone' says, on the first 1 request",
    ],
    [
      { host: ['a.example', 'b.example'], variant: 'slow', toxicity: 0.5 },
      "the sites a.example, b.example fail as 'slow' says, on 50 % of requests",
    ],
    [
      { host: 'a.example', variant: 'moved', to: 'b.example' },
      "the site a.example fails as 'moved' says, leading to b.example",
    ],
  ])('%j', (options, summary) => {
    expect(siteFault('f', options).summary).toBe(summary)
  })
})

describe('what is wrong with it', () => {
  it('is nothing when all is right', () => {
    expect(
      siteFault('f', { host: 'news.example', variant: 'slow', toxicity: 1 }).validate(stack),
    ).toEqual([])
  })

  it('is said all at once, each with what to do', () => {
    const host = ['http://news.example/', 'a.example', 'a.example']
    const fault = siteFault('f', { host, variant: '', toxicity: 0, first: 1.5 })
    expect(fault.validate({ ...stack, sites: [] })).toEqual([
      'the stack has no sites: name their modules in stack.sites',
      '"http://news.example/" is no host: leave scheme, port and path away',
      'names a host twice: once is enough',
      "variant is empty: 'hangs' is one, see harness/fabric/variants/README.md",
      'toxicity is 0: use a share in (0, 1]',
      'first is 1.5: use a whole number from 1',
    ])
    expect(siteFault('f', { host: [], variant: 'slow' }).validate(stack)).toEqual([
      'names no host: give it the host of a site',
    ])
  })
})
