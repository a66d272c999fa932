import { expect, it } from 'vitest'

import type { HalfInjected, PowerPort, Stack, SystemPort } from '../core/index.ts'
import { linkFault } from './link-fault.ts'
import { serviceFault } from './service-fault.ts'
import { timed } from './timed-fault.ts'

const { signal } = new AbortController()
const service = {
  name: 'media',
  replicas: 2,
  run: { kind: 'command' as const, command: 'node', args: [] },
  ports: ['http'],
  health: { path: '/' },
  connects: [],
}
const stack: Stack = { name: 's', entry: 'media', services: [service], sites: [] }

/** Two replicas that write down what is done to them. */
class TestPower implements SystemPort {
  readonly done: string[] = []
  readonly told: string[] = []
  /** Ids of replicas that do not start, while it is so. */
  readonly broken = new Set<string>()
  readonly toxics = new Set<string>()
  /** What each toxic struck. */
  struck = 1
  readonly links = {
    setToxic: async (_link: unknown, { type }: { readonly type: string }) => {
      this.toxics.add(type)
    },
    removeToxic: async () => {
      this.toxics.clear()
      return this.struck
    },
  }
  readonly sites = { setVariant: async () => undefined }
  readonly replicas = ['media-1', 'media-2'].map((id) => ({
    id,
    service: 'media',
    config: undefined,
    power: this.#powerOf(id),
  }))

  readonly tell = (text: string) => void this.told.push(text)

  #powerOf(id: string): PowerPort {
    const note = async (what: string) => void this.done.push(`${what} ${id}`)
    return {
      state: 'running',
      kill: () => note('kill'),
      pause: () => note('pause'),
      resume: () => note('resume'),
      stop: async () => (await note('stop'), 'ended with exit code 0'),
      start: async () => {
        if (this.broken.has(id)) throw new Error(`${id} does not start`)
        await note('start')
      },
    }
  }
}

async function until(what: string, isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + 20_000
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`not within 20 s: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

it.each([
  ['kill', ['kill media-1', 'kill media-2'], 'media-1 was killed'],
  ['pause', ['pause media-1', 'pause media-2'], 'media-1 is paused'],
  ['stop', ['stop media-1', 'stop media-2'], 'media-1 ended with exit code 0'],
] as const)('%s strikes every replica until it is healed', async (action, done, explained) => {
  const system = new TestPower()
  const fault = serviceFault('f', { service: 'media', action })
  const injected = await fault.inject(system, signal, system.tell)
  expect(system.done).toEqual(done)
  expect(injected.explain[0]).toBe(explained)
  expect(injected.on).toEqual(['media-1', 'media-2'])
  await injected.heal(signal)
  expect(system.done.slice(2)).toEqual(['start media-1', 'start media-2'])
})

it('what is done to others is waited for before one that failed is told of', async () => {
  const system = new TestPower()
  const slow = Promise.withResolvers<string>()
  const stops = [() => Promise.reject(new Error('it did not end')), () => slow.promise]
  for (const [i, { power }] of system.replicas.entries()) {
    Object.assign(power, { stop: stops[i] })
  }
  const fault = serviceFault('f', { service: 'media', action: 'stop' })
  let isTold = false
  const injected = fault.inject(system, signal, system.tell).catch((error: unknown) => {
    isTold = true
    return error
  })
  await new Promise((resolve) => setTimeout(resolve, 10))
  expect(isTold).toBe(false)
  slow.resolve('ended')
  expect(await injected).toMatchObject({ name: 'HalfInjected', message: 'it did not end' })
})

it('restart takes one after the other, and has nothing to heal then', async () => {
  const system = new TestPower()
  const fault = serviceFault('f', { service: 'media', action: 'restart' })
  const injected = await fault.inject(system, signal, system.tell)
  await injected.heal(signal)
  expect(system.done).toEqual(['stop media-1', 'start media-1', 'stop media-2', 'start media-2'])
})

it('restart is over before anybody looks: what it is declared to do may come or not', () => {
  const effects = [{ becomes: '502' }]
  const of = (action: 'restart' | 'kill') =>
    serviceFault('f', { service: 'media', action, effects }).effects
  expect(of('restart')).toEqual([{ becomes: '502', optional: true }])
  expect(of('kill')).toEqual(effects)
})

it('restart that did not come to its end is healed', async () => {
  const system = new TestPower()
  system.broken.add('media-2')
  const fault = serviceFault('f', { service: 'media', action: 'restart' })
  const half: unknown = await fault.inject(system, signal, system.tell).catch((e: unknown) => e)
  system.broken.clear()
  await (half as HalfInjected).injected.heal(signal)
  expect(system.done.slice(-2)).toEqual(['start media-1', 'start media-2'])
})

it('strikes the one replica that is named, so that its effects come now and then', async () => {
  const system = new TestPower()
  const fault = serviceFault('f', { replica: 'media-2', action: 'kill' })
  await fault.inject(system, signal, system.tell)
  expect(system.done).toEqual(['kill media-2'])
  expect(fault.intermittent).toBe(true)
  expect(serviceFault('f', { service: 'media', action: 'kill' }).intermittent).toBeUndefined()
})

it('a crash loop goes on until it is healed, and tells of it', async () => {
  const system = new TestPower()
  const options = { replica: 'media-1', action: 'crash-loop', upMs: 1, downMs: 1 } as const
  const injected = await serviceFault('f', options).inject(system, signal, system.tell)
  await until('three kills', () => system.done.filter((one) => one === 'kill media-1').length >= 3)
  await injected.heal(signal)
  expect(system.done.at(-1)).toBe('start media-1')
  expect(system.told.slice(0, 2)).toEqual(['media-1 is up', 'media-1 was killed'])
  const ended = system.done.length
  await new Promise((resolve) => setTimeout(resolve, 30))
  expect(system.done).toHaveLength(ended)
})

it('what does not start again makes healing fail, and can be healed later', async () => {
  const system = new TestPower()
  const fault = serviceFault('f', { service: 'media', action: 'kill' })
  const injected = await fault.inject(system, signal, system.tell)
  system.broken.add('media-2')
  await expect(injected.heal(signal)).rejects.toThrow('media-2 does not start')
  system.broken.clear()
  await injected.heal(signal)
  expect(system.done.at(-1)).toBe('start media-2')
})

it('where the runtime cannot, it says so and strikes nobody', async () => {
  const system = new TestPower()
  const [one, two] = system.replicas.map(({ power, ...others }, i) =>
    i === 0 ? { ...others, power } : others,
  ) as [SystemPort['replicas'][0], SystemPort['replicas'][0]]
  const { links, sites } = system
  const without: SystemPort = { links, sites, replicas: [one, two] }
  const fault = serviceFault('f', { service: 'media', action: 'kill' })
  await expect(fault.inject(without, signal, system.tell)).rejects.toThrow(
    'cannot do that to media-2',
  )
  expect(system.done).toEqual([])
})

it('says what is wrong all at once', () => {
  const options = { service: 'nobody', action: 'explode', upMs: -1 } as never
  expect(serviceFault('f', options).validate(stack)).toEqual([
    'nobody is no service: the stack has media',
    "action is 'explode': use kill, stop, pause, restart, crash-loop",
    'upMs is -1: use 0 to 600000 ms',
  ])
  const both = { service: 'media', replica: 'media-1', action: 'kill' } as const
  expect(serviceFault('f', both).validate(stack)).toEqual([
    "strikes nobody in particular: name a 'service' or a 'replica', and not both",
  ])
  const unknown = { replica: 'media-3', action: 'kill' } as const
  expect(serviceFault('f', unknown).validate(stack)).toEqual([
    'media-3 is no replica: the stack has media-1, media-2',
  ])
})

const down = linkFault('down', {
  to: 'media',
  toxics: [{ type: 'down' }],
  effects: [{ flows: ['read'], becomes: '*' }],
})

it('a timed fault comes and goes by itself, and is gone when it is healed', async () => {
  const system = new TestPower()
  const fault = timed(down, { forMs: 5, everyMs: 10 })
  expect(fault.effects).toEqual([{ flows: ['read'], becomes: '*', optional: true }])
  const injected = await fault.inject(system, signal, system.tell)
  expect(injected.explain).toEqual(['front door of media: down, for 5 ms, every 10 ms'])
  await until('two rounds', () => system.told.filter((text) => text === 'goes').length >= 2)
  await injected.heal(signal)
  expect([...system.toxics]).toEqual([])
})

it('a timed fault comes as often as it is to, and not before its time', async () => {
  const system = new TestPower()
  const started = performance.now()
  const timing = { afterMs: 50, forMs: 1, everyMs: 2, times: 2 }
  const injected = await timed(down, timing).inject(system, signal, system.tell)
  await until('it to come', () => system.told.length > 0)
  expect(performance.now() - started).toBeGreaterThan(49)
  await until('two rounds', () => system.told.length === 4)
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(system.told).toHaveLength(4)
  await injected.heal(signal)
})

it('a timed fault says that it did nothing where it never came, or struck nothing each time', async () => {
  const system = new TestPower()
  const late = await timed(down, { afterMs: 60_000, forMs: 1 }).inject(system, signal, system.tell)
  expect(await late.heal(signal)).toBe(
    'it was undone before it came for the first time, 60000 ms after the step',
  )
  const timing = { forMs: 1, everyMs: 2, times: 2 }
  for (const struck of [0, 1]) {
    system.struck = struck
    system.told.length = 0
    const injected = await timed(down, timing).inject(system, signal, system.tell)
    await until('its first end', () => system.told.includes('goes'))
    // Once is enough.
    system.struck = 0
    expect(await injected.heal(signal)).toBe(
      struck === 1 ? undefined : 'nothing that it strikes came by front door of media',
    )
  }
})

it('a timed fault that cannot come fails when it is healed', async () => {
  const system = new TestPower()
  const fails = { ...down, inject: () => Promise.reject(new Error('no answer')) }
  const injected = await timed(fails, { forMs: 5 }).inject(system, signal, system.tell)
  await until('it to try', () => system.told.length > 0)
  await expect(injected.heal(signal)).rejects.toThrow(
    'could not come and go as it was to: no answer',
  )
})

it.each([
  [{ forMs: 0 }, 'forMs is 0'],
  [{ forMs: 5, everyMs: 5 }, 'everyMs is 5'],
  [{ forMs: 5, everyMs: 6, times: 0 }, 'times is 0'],
  [{ forMs: 5, times: 3 }, 'times is of no use'],
  [{ forMs: 5, afterMs: -1 }, 'afterMs is -1'],
])('a timing of %j makes no sense', (timing, problem) => {
  expect(timed(down, timing).validate(stack)[0]).toContain(problem)
})
