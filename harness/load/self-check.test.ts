import { expect, it } from 'vitest'
import { checkSelf, type StrainedSecond } from './self-check.ts'

const calm: StrainedSecond = { busy: 0.5, cpu: 0.4, lagMs: 3, short: 0 }
const onTime = { p50: 0.1, p99: 2 }

it.each<[string, Parameters<typeof checkSelf>[0], StrainedSecond[], string | undefined]>([
  ['nothing', onTime, [calm, calm, calm, calm], undefined],
  [
    'one bad second of four',
    onTime,
    [{ ...calm, busy: 1, cpu: 1, lagMs: 400 }, calm, calm, calm],
    undefined,
  ],
  ['an event loop that is late once', onTime, [{ ...calm, lagMs: 400 }, calm], undefined],
  ['late starts', { p50: 1, p99: 51 }, [calm], '1 % of the flows were started 51 ms late or more'],
  [
    'threads that use their core',
    onTime,
    [{ ...calm, busy: 0.99, cpu: 0.98 }],
    'with 98 % of a core: it needs more threads or less load',
  ],
  [
    'threads that get no core',
    onTime,
    [{ ...calm, busy: 0.99, cpu: 0.3 }],
    'with 30 % of a core: the machine gave it no more',
  ],
  [
    'an event loop that is late',
    onTime,
    [{ ...calm, lagMs: 180 }, calm, { ...calm, lagMs: 120 }],
    'in 2 of 3 seconds the event loop of a thread of load was over 100 ms late, at worst 180 ms',
  ],
  [
    'connections that are all in use',
    onTime,
    [calm, { ...calm, short: 0.6 }, { ...calm, short: 0.2 }],
    'in 2 of 3 seconds over 10 % of the requests waited longer for a connection of the load',
  ],
  ['connections that are in use for a second', onTime, [{ ...calm, short: 0.6 }, calm], undefined],
])('%s', (_name, late, seconds, problem) => {
  const { ok, problems } = checkSelf(late, seconds, 1)
  expect(ok).toBe(problem === undefined)
  if (problem === undefined) expect(problems).toEqual([])
  else expect(problems).toEqual([expect.stringContaining(problem)])
})
