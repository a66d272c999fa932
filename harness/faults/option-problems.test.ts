import { expect, it } from 'vitest'

import type { Fault, Stack } from '../core/index.ts'
import { clockFault } from './clock-fault.ts'
import { linkFault, partition } from './link-fault.ts'
import { pressureFault } from './pressure-fault.ts'
import { serviceFault } from './service-fault.ts'
import { siteFault } from './site-fault.ts'
import { timed } from './timed-fault.ts'

const service = {
  name: 'media',
  replicas: 2,
  run: { kind: 'command' as const, command: 'node', args: [] },
  ports: ['http'],
  health: { path: '/' },
  connects: ['gateway'],
  clock: { port: 'http', path: '/clock' },
}
const stack: Stack = {
  name: 's',
  entry: 'media',
  services: [service, { ...service, name: 'gateway', connects: ['media'] }],
  sites: ['site.ts'],
}

/** As a scenario file can write it, whose types nobody checks. */
const untyped = (make: unknown, ...given: unknown[]): Fault =>
  (make as (...all: unknown[]) => Fault)(...given)

const kill = serviceFault('f', { replica: 'media-2', action: 'kill' })
const down = { to: 'media', toxics: [{ type: 'down' }] }

it.each<[string, Fault]>([
  [
    'effect is not known: use service, replica, action, graceMs, upMs, downMs, effects, title',
    untyped(serviceFault, 'f', { replica: 'media-2', action: 'kill', effect: [] }),
  ],
  [
    'every is not known: use afterMs, forMs, everyMs, times',
    untyped(timed, kill, { forMs: 5, every: 9 }),
  ],
  ['forMs is "5": use a number', untyped(timed, kill, { forMs: '5' })],
  [
    "direction is 'sideways': use both, to, from",
    untyped(partition, 'f', { replica: 'media-2', from: ['gateway'], direction: 'sideways' }),
  ],
  [
    'from is "gateway": use a list of texts',
    untyped(partition, 'f', { replica: 'media-2', from: 'gateway' }),
  ],
  [
    'diskful is not known: use service, replica, cpus, memoryMb, diskFull, effects, title',
    untyped(pressureFault, 'f', { service: 'media', cpus: 1, diskful: true }),
  ],
  [
    'offset is not known: use service, replica, offsetMs, effects, title',
    untyped(clockFault, 'f', { service: 'media', offsetMs: 1, offset: 1 }),
  ],
  [
    'toxicty is not known: use host, variant, toxicity, first, to, effects, title',
    untyped(siteFault, 'f', { host: 'x.example', variant: 'hangs', toxicty: 0.5 }),
  ],
  ['host is [5]: use a list of texts', untyped(siteFault, 'f', { host: [5], variant: 'hangs' })],
  ['effects is {}: use a list', untyped(linkFault, 'f', { ...down, effects: {} })],
  [
    'stream is not known: use from, to, toxics, effects, title',
    untyped(linkFault, 'f', { ...down, stream: 'upstream' }),
  ],
  [
    'a toxic must be {type, attributes, stream?, toxicity?, ...}',
    untyped(linkFault, 'f', { to: 'media', toxics: [{ type: 'down' }, null] }),
  ],
])('%s', (problem, fault) => {
  expect(fault.validate(stack)).toEqual([problem])
})

it.each<[Fault]>([
  [kill],
  [timed(kill, { forMs: 5, everyMs: 9, times: 2, afterMs: 1 })],
  [untyped(linkFault, 'f', { ...down, from: undefined, title: 'down', effects: [] })],
  [siteFault('f', { host: ['x.example'], variant: 'hangs', toxicity: 0.5, first: 2 })],
  [partition('f', { replica: 'media-1', from: ['gateway'], direction: 'to' })],
])('takes what is right: %#', (fault) => {
  expect(fault.validate(stack)).toEqual([])
})
