import { expect, it } from 'vitest'

import { everyOrder, repeat, undo, wait, type Fault, type Step } from '../core/index.ts'
import { clockFault, pressureFault, serviceFault, siteFault, timed } from '../faults/index.ts'
import { checkDecided } from './validate-decided.ts'
import { TestSystem } from './test-system.ts'

const { stack } = new TestSystem({ service: 'shop', replicas: 2 })

function problems(...steps: readonly Step[]): string[] {
  return steps.flatMap((step, i) =>
    checkDecided('steps', step, steps.slice(0, i), stack).map(({ message }) => message),
  )
}

const kill = serviceFault('dies', { replica: 'shop-2', action: 'kill' })
const restart = serviceFault('again', { service: 'shop', action: 'restart' })
const hangs = siteFault('hangs', { host: 'x.example', variant: 'hangs' })
const ahead = clockFault('ahead', { service: 'shop', offsetMs: 1_000 })
const slow = pressureFault('slow', { replica: 'shop-1', cpus: 0.2 })
const named = (fault: Fault, name: string): Fault => ({ ...fault, name })

it.each<[string, readonly Step[]]>([
  [
    "whether shop-2 runs, as 'dies'",
    [kill, serviceFault('p', { service: 'shop', action: 'pause' })],
  ],
  ["whether shop-2 runs, as 'dies'", [kill, restart]],
  ["whether shop-2 runs, as 'again'", [timed(restart, { forMs: 5, everyMs: 10 }), kill]],
  [
    "the limits of shop-1, as 'slow'",
    [slow, pressureFault('small', { service: 'shop', memoryMb: 64 })],
  ],
  [
    "the disk of shop, as 'full'",
    [
      pressureFault('full', { replica: 'shop-1', diskFull: true }),
      pressureFault('full-2', { replica: 'shop-2', diskFull: true }),
    ],
  ],
  ["the failure mode of x.example, as 'hangs'", [hangs, named(hangs, 'more')]],
  ["whether shop-2 runs, as 'dies'", everyOrder(kill, named(kill, 'too')).slice(0, 2)],
])('refuses a second fault that decides %s does', (what, steps) => {
  expect(problems(...steps)[0]?.replace('order-1-', '')).toBe(`decides ${what} does already`)
})

it.each<[string, readonly Step[]]>([
  ['of another replica', [kill, serviceFault('p', { replica: 'shop-1', action: 'pause' })]],
  ['of another kind', [kill, ahead, slow, hangs]],
  ['that moves a clock on', [ahead, named(ahead, 'more')]],
  ['after the first is undone', [kill, wait('w', 5), undo('dies'), restart]],
  ['after one that is over by itself', [restart, kill]],
  ['in another order', everyOrder(kill, hangs)],
  ['in another round', repeat(3, kill, undo('dies'))],
])('takes one %s', (_, steps) => {
  expect(problems(...steps)).toEqual([])
})
