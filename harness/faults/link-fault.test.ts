import { expect, it } from 'vitest'

import {
  type HalfInjected,
  linkTargetKey,
  toxicName,
  type Stack,
  type SystemPort,
  type Toxic,
} from '../core/index.ts'
import { linkFault, partition } from './link-fault.ts'

const { signal } = new AbortController()
const service = (name: string, connects: readonly string[]) => ({
  name,
  replicas: 2,
  run: { kind: 'command' as const, command: 'node', args: [] },
  ports: ['http'],
  health: { path: '/' },
  connects,
})
const stack: Stack = {
  name: 's',
  entry: 'gateway',
  services: [service('gateway', ['media']), service('media', [])],
  sites: [],
}

function system(failing = '', struck: Readonly<Record<string, number>> = {}) {
  const inForce = new Set<string>()
  const port: Pick<SystemPort, 'links'> = {
    links: {
      setToxic(link, toxic) {
        const key = `${linkTargetKey(link)} ${toxicName(toxic)}`
        if (key.startsWith(failing) && failing !== '') return Promise.reject(new Error('no answer'))
        inForce.add(key)
        return Promise.resolve()
      },
      removeToxic(link, name) {
        inForce.delete(`${linkTargetKey(link)} ${name}`)
        return Promise.resolve(struck[name] ?? 0)
      },
    },
  }
  return { port: port as SystemPort, inForce }
}

it('puts its toxics on the link, and takes them back', async () => {
  const { port, inForce } = system()
  const fault = linkFault('slow', {
    from: 'gateway',
    to: 'media',
    toxics: [{ type: 'latency', attributes: { latency: 100 } }, { type: 'down' }],
  })
  expect(fault.validate(stack)).toEqual([])
  const injected = await fault.inject(port, signal, () => undefined)
  expect([...inForce]).toEqual([
    'gateway>media slow.latency_downstream',
    'gateway>media slow.down_downstream',
  ])
  expect(injected.explain).toEqual([
    'gateway to media: latency latency=100',
    'gateway to media: down',
  ])
  await injected.heal(signal)
  expect(inForce.size).toBe(0)
})

it('stays in force when another fault with the same toxic comes and goes', async () => {
  const { port, inForce } = system()
  const refuse = (name: string, path: string) =>
    linkFault(name, {
      to: 'media',
      toxics: [{ type: 'status', attributes: { status: 503 }, match: { method: 'GET', path } }],
    })
  const home = refuse('home', '/home')
  expect(home.title).toBe('front door of media: status status=503, on GET /home only')
  await home.inject(port, signal, () => undefined)
  const other = await refuse('other', '/other').inject(port, signal, () => undefined)
  expect(inForce.size).toBe(2)
  await other.heal(signal)
  expect([...inForce]).toEqual(['>media home.status_downstream'])
})

it('says what is to be healed when it cannot be injected in full', async () => {
  const { port, inForce } = system('>media')
  const fault = partition('cut', {
    replica: 'media-1',
    from: ['gateway', 'users'],
    direction: 'to',
  })
  expect(fault.validate(stack)).toEqual([])
  const half: unknown = await fault.inject(port, signal, () => undefined).catch((e: unknown) => e)
  expect(half).toMatchObject({ name: 'HalfInjected', message: 'no answer' })
  expect(inForce.size).toBe(1)
  await (half as HalfInjected).injected.heal(signal)
  expect(inForce.size).toBe(0)
})

it('a partition is of both directions where there are links for it', async () => {
  const { port, inForce } = system()
  const both: Stack = {
    ...stack,
    services: [service('gateway', ['media']), service('media', ['gateway'])],
  }
  const fault = partition('cut', { replica: 'media-1', from: ['gateway', 'users'] })
  expect(fault.validate(both)).toEqual([])
  const injected = await fault.inject(port, signal, () => undefined)
  expect([...inForce]).toEqual([
    'gateway>media cut.partition_media-1',
    '>media cut.partition_media-1',
    'media>gateway cut.partition_media-1',
  ])
  expect(injected.explain.at(-1)).toBe(
    'media to gateway: timeout timeout=0, upstream, from media-1 only',
  )
  await injected.heal(signal)
  expect(inForce.size).toBe(0)
})

it.each<[Partial<Toxic>, true | undefined]>([
  [{}, undefined],
  [{ toxicity: 1 }, undefined],
  [{ toxicity: 0.5 }, true],
  [{ replica: 'media-1' }, true],
  [{ first: 3 }, true],
])('with %o its effects come now and then: %s', (extent, expected) => {
  const toxic = { type: 'status', attributes: { status: 503 }, ...extent } as Toxic
  const fault = linkFault('f', { from: 'gateway', to: 'media', toxics: [toxic] })
  expect(fault.intermittent).toBe(expected)
})

it.each([
  ['nothing that it strikes came by gateway to media', {}],
  [undefined, { 'f.down_downstream': 3 }],
])('when it is healed it says why it did nothing: %s', async (why, struck) => {
  const { port, inForce } = system('', struck)
  const toxics = [{ type: 'status', attributes: { status: 500 } }, { type: 'down' }] as const
  const fault = linkFault('f', { from: 'gateway', to: 'media', toxics })
  const { heal } = await fault.inject(port, signal, () => undefined)
  expect(await heal(signal)).toBe(why)
  expect([...inForce]).toEqual([])
})

it('says what is wrong all at once', () => {
  const toxics = [{ type: 'latency', toxicity: 2, attributes: { latency: -5 } } as const]
  expect(linkFault('f', { from: 'media', to: 'gateway', toxics }).validate(stack)).toEqual([
    'there is no link from media to gateway: name a service that connects to it',
    'toxicity is 2: use a share in [0, 1]',
    'latency.latency is -5: use whole milliseconds from 0 to 600000',
  ])
  const misplaced = { type: 'status', attributes: { status: 503 }, path: '/x' } as Toxic
  expect(linkFault('f', { to: 'media', toxics: [misplaced] }).validate(stack)).toEqual([
    'path is not known: write match: { path }',
  ])
  const strange = partition('f', { replica: 'media-9', from: ['gateway'], direction: 'to' })
  expect(strange.validate(stack)).toEqual([
    'media has no replica media-9: use one of media-1, media-2',
  ])
  expect(partition('f', { replica: 'media-1', from: ['gateway'] }).validate(stack)).toEqual([
    "there is no link from media to gateway: name a service that connects to it, or cut one direction only, with direction: 'to'",
  ])
  expect(partition('f', { replica: 'gateway-1', from: ['media'] }).validate(stack)).toEqual([
    "there is no link from media to gateway: name a service that connects to it, or cut the other direction only, with direction: 'from'",
  ])
  expect(linkFault('f', { to: 'media', toxics: [] }).validate(stack)).toHaveLength(1)
})
