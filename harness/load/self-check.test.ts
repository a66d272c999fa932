import { expect, it } from 'vitest'
import { checkSelf, type Strain } from './self-check.ts'

const calm: Strain = { busy: 0.5, cpu: 0.4, lagMs: 3 }
const onTime = { p50: 0.1, p99: 2 }

it.each<[string, Parameters<typeof checkSelf>[0], Strain[], string | undefined]>([
  ['nothing', onTime, [calm, calm, calm, calm], undefined],
  [
    'one bad second of four',
    onTime,
    [{ busy: 1, cpu: 1, lagMs: 400 }, calm, calm, calm],
    undefined,
  ],
  ['an event loop that is late once', onTime, [{ ...calm, lagMs: 400 }, calm], undefined],
  ['late starts', { p50: 1, p99: 51 }, [calm], '1 % of the flows were started 51 ms late or more'],
  [
    'threads that use their core',
    onTime,
    [{ busy: 0.99, cpu: 0.98, lagMs: 9 }],
    'with 98 % of a core: it needs more threads or less load',
  ],
  [
    'threads that get no core',
    onTime,
    [{ busy: 0.99, cpu: 0.3, lagMs: 9 }],
    'with 30 % of a core: the machine gave it no more',
  ],
  [
    'an event loop that is late',
    onTime,
    [{ ...calm, lagMs: 180 }, calm, { ...calm, lagMs: 120 }],
    'in 2 of 3 seconds the event loop of a thread of load was over 100 ms late, at worst 180 ms',
  ],
])('%s', (_name, late, seconds, problem) => {
  const { ok, problems } = checkSelf(late, seconds, 1)
  expect(ok).toBe(problem === undefined)
  if (problem === undefined) expect(problems).toEqual([])
  else expect(problems).toEqual([expect.stringContaining(problem)])
})
