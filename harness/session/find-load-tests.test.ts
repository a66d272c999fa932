import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { validateLoadTest } from '../engine/index.ts'
import { findLoadTest } from './find-load-tests.ts'

const test = {
  id: 'smoke',
  title: 'smoke',
  stack: {
    name: 's',
    entry: 'web',
    services: [
      {
        name: 'web',
        replicas: 1,
        run: { kind: 'command', command: 'node', args: [] },
        ports: ['http'],
        health: { path: '/' },
        connects: [],
      },
    ],
    sites: [],
  },
  actors: [{ id: 'visitor', title: 'visitor', headers: {} }],
  flows: [{ id: 'read', title: 'read', actors: ['visitor'], run: () => undefined }],
  profile: { executors: { a: { executor: 'shared-iterations' } } },
}
const text = ({ path, message }: { path: string; message: string }) => `${path} ${message}`

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'find-load-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

function put(name: string): void {
  const source = JSON.stringify(test).replace(
    '"actors":["visitor"]}',
    '"actors":["visitor"],run(){}}',
  )
  writeFileSync(join(directory, name), `export default ${source}`)
}

describe('a load test', () => {
  it('that is in order has no problem', () => expect(validateLoadTest(test)).toEqual([]))

  it.each<[unknown, string[]]>([
    [7, [' is no load test']],
    [{ ...test, title: 3 }, ['title is 3']],
    [{ ...test, profile: undefined }, ['profile is missing']],
    [{ ...test, profile: { executors: {} } }, ['profile.executors is {}']],
    [
      { ...test, breakpoint: { from: 5, to: 2 } },
      [
        'breakpoint.to is 2',
        'breakpoint does not suit shared-iterations',
        'profile.thresholds demands nothing, and so no rate could break',
      ],
    ],
    [
      {
        ...test,
        title: 3,
        profile: { executors: { a: { executor: 'constant-vus' } }, thresholds: { checks: [] } },
        breakpoint: { from: '20', to: 'x300', stepDuration: 'quick', precision: 1, steps: 3 },
        leaks: { memoryMb: 0 },
        amplification: [{ service: 'web', atMost: 1, window: 'change' }],
      },
      [
        'title is 3',
        'profile.executors.a.duration is missing',
        'leaks.memoryMb is 0',
        "amplification[0].window is 'change', and a load test has no windows",
        'breakpoint.steps is not known',
        'breakpoint.from is "20"',
        'breakpoint.to is "x300"',
        'breakpoint.stepDuration is "quick"',
        'breakpoint.precision is 1',
        'breakpoint does not suit constant-vus',
        'profile.thresholds demands nothing, and so no rate could break',
      ],
    ],
    [
      { ...test, profile: { ...test.profile, thresholds: { 'checks{step:x}': ['rate>0'] } } },
      ["profile.thresholds['checks{step:x}'] names the step 'x'"],
    ],
    [{ ...test, leaks: 5 }, ['leaks is 5']],
    [{ ...test, thresholds: {} }, ['thresholds is not known']],
    [
      { ...test, leaks: { memoryMb: 0, files: 1 }, regression: { slowerBy: '10 %' } },
      ['leaks.memoryMb is 0', 'leaks.files is not known', 'regression.slowerBy is 10 %'],
    ],
  ])('%j is refused', (value, wanted) => {
    expect(validateLoadTest(value).map(text)).toEqual(wanted)
  })

  const openly = {
    executors: {
      a: { executor: 'constant-arrival-rate', rate: 1, duration: '1s', preAllocatedVUs: 1 },
    },
    thresholds: { checks: ['rate>0.9'] },
  }
  it.each<[unknown, string[]]>([
    [{ from: 1, to: 2, stepDuration: '1m30s', precision: 0.5 }, []],
    [{ from: 0.5, to: 2, stepDuration: 1_000 }, []],
    [7, ['breakpoint is 7']],
    [null, ['breakpoint is null']],
    [[], ['breakpoint is []']],
    [{}, ['breakpoint.from is missing', 'breakpoint.to is missing']],
    [{ from: 0, to: 0 }, ['breakpoint.from is 0', 'breakpoint.to is 0']],
    [{ from: NaN, to: Infinity }, ['breakpoint.from is NaN', 'breakpoint.to is Infinity']],
    [{ from: 1, to: 2, stepDuration: 0 }, ['breakpoint.stepDuration is 0']],
    [{ from: 1, to: 2, stepDuration: '-1s' }, ['breakpoint.stepDuration is "-1s"']],
    [{ from: 1, to: 2, stepDuration: {} }, ['breakpoint.stepDuration is {}']],
    [{ from: 1, to: 2, stepDuration: Infinity }, ['breakpoint.stepDuration is Infinity']],
    [{ from: 1, to: 2, recoverWithin: 0 }, []],
    [{ from: 1, to: 2, recoverWithin: 'soon' }, ['breakpoint.recoverWithin is "soon"']],
  ])('with the search %j: %j', (breakpoint, wanted) => {
    expect(validateLoadTest({ ...test, profile: openly, breakpoint }).map(text)).toEqual(wanted)
  })

  it('is found by its name, its file, or a part of it', async () => {
    for (const name of ['smoke.load.ts', 'smoke-long.load.ts']) put(name)
    for (const word of ['smoke', 'smoke.load.ts']) {
      expect((await findLoadTest(directory, word)).module).toContain('smoke.load.ts')
    }
    expect((await findLoadTest(directory, 'long')).module).toContain('smoke-long.load.ts')
  })

  it('that no word or several fit is not guessed', async () => {
    for (const name of ['a-one.load.ts', 'a-two.load.ts']) put(name)
    await expect(findLoadTest(directory, 'a-')).rejects.toMatchObject({ code: 'USAGE' })
    await expect(findLoadTest(directory, 'b')).rejects.toMatchObject({
      code: 'USAGE',
      hint: 'known are a-one.load.ts, a-two.load.ts',
    })
  })
})
