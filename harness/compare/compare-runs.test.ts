import { describe, expect, it } from 'vitest'
import { compareRuns } from './compare-runs.ts'
import { comparisonPage } from './comparison-page.ts'
import type { RunFigures, WindowFigures } from './figures.ts'
import type { Standing } from './standing.ts'
import { cell, figures, latencies } from './test-figures.ts'

const broken = { judgement: 'broken', symptom: '503', samples: 3, failures: 3 } as const
const declared = { ...broken, judgement: 'effect' } as const
const held = { judgement: 'holds', samples: 9, failures: 0 } as const

describe('cells', () => {
  it('a run against itself has no regression and no difference', () => {
    const run = figures()
    expect(compareRuns(run, run)).toMatchObject({
      outcome: 'no-regression',
      open: [],
      cells: [],
      surroundings: [],
    })
  })

  it('a cell that holds no more is a regression, and one that holds again is better', () => {
    const b = figures({
      cells: [cell('read', { windows: { baseline: held, change: broken, recovery: held } })],
    })
    const worse = compareRuns(figures(), b)
    expect(worse.outcome).toBe('regression')
    expect(worse.cells).toEqual([
      {
        flow: 'read',
        actor: 'web',
        window: 'change',
        a: 'holds',
        b: 'broken 503',
        standing: 'regression',
      },
    ])
    expect(compareRuns(b, figures())).toMatchObject({
      outcome: 'no-regression',
      cells: [{ standing: 'improvement' }],
    })
  })

  it.each<[string, WindowFigures, WindowFigures, Standing]>([
    ['is declared now', broken, declared, 'change'],
    ['is declared no longer', declared, broken, 'change'],
    ['is declared now, in another way', broken, { ...declared, symptom: '403' }, 'change'],
    [
      'breaks in a way that was not declared',
      declared,
      { ...broken, symptom: '403' },
      'regression',
    ],
  ])('a failure that %s', (_, a, b, standing) => {
    const [before, after] = [a, b].map((change) =>
      figures({ cells: [cell('read', { windows: { change } })] }),
    ) as [RunFigures, RunFigures]
    const comparison = compareRuns(before, after)
    expect(comparison.cells).toMatchObject([{ standing }])
    const text = JSON.stringify(comparisonPage(comparison))
    expect(/declared? to (?:now|no)|no longer declared/.test(text)).toBe(standing === 'change')
  })

  it('one that breaks in another way is a change', () => {
    const with503 = figures({ cells: [cell('read', { windows: { change: broken } })] })
    const with403 = figures({
      cells: [cell('read', { windows: { change: { ...broken, symptom: '403' } } })],
    })
    expect(compareRuns(with503, with403)).toMatchObject({
      outcome: 'no-regression',
      cells: [{ a: 'broken 503', b: 'broken 403', standing: 'change' }],
    })
  })

  it('a verdict that goes from pass to fail is a regression, and never said to be nothing that got worse', () => {
    const comparison = compareRuns(figures(), figures({ verdict: 'fail' }))
    expect(comparison.outcome).toBe('regression')
    expect(comparisonPage(comparison).lead.join()).toMatch(/^The verdict went from pass to fail, /)
    expect(comparisonPage(comparison).lead.join()).not.toContain('0 things')
  })

  it('verdicts of scenarios that are not the same are not compared, which is said', () => {
    const comparison = compareRuns(figures(), figures({ scenario: 'other', verdict: 'fail' }))
    expect(comparison.outcome).toBe('no-regression')
    expect(comparisonPage(comparison).lead.join()).toContain('(pass and fail) are not compared')
  })

  it('that are broken in a reference that failed are named, since they are no regression', () => {
    const windows = { baseline: held, change: broken, recovery: held }
    const cells = [cell('read'), cell('write', { windows })]
    const told = (overrides: Partial<RunFigures>) => {
      const run = figures({ cells, ...overrides })
      return comparisonPage(compareRuns(run, run)).lead.join()
    }
    expect(told({ verdict: 'fail' })).toMatch(/The run run-a FAILED itself: .*: write × web\.$/)
    expect(told({ verdict: 'pass' })).not.toContain('FAILED')
    const asSaid = [cell('read'), cell('write', { windows, brokeAsSaid: true })]
    expect(told({ verdict: 'fail', cells: asSaid })).toMatch(/compared with it\.$/)
  })

  it('a reason why nothing is known is said once', () => {
    const open = figures({ verdict: 'inconclusive' })
    expect(compareRuns(open, open).open).toEqual(['the run run-a was inconclusive itself'])
  })

  it.each<[string, Partial<RunFigures>, RegExp]>([
    ['nothing in common', { cells: [cell('other')] }, /no cell in common/],
    ['a run that was inconclusive', { verdict: 'inconclusive' }, /was inconclusive itself/],
    [
      'a window that is missing',
      { cells: [cell('read', { windows: { baseline: held } })] },
      /2 are missing/,
    ],
    [
      'a cell that is undecided',
      {
        cells: [
          cell('read', {
            windows: {
              baseline: held,
              change: { ...held, judgement: 'undecided' },
              recovery: held,
            },
          }),
        ],
      },
      /1 window of cells is undecided/,
    ],
  ])('%s is inconclusive, and never no regression', (_name, overrides, why) => {
    const { outcome, open } = compareRuns(figures(), figures(overrides))
    expect(outcome).toBe('inconclusive')
    expect(open.join()).toMatch(why)
  })
})

describe('errors', () => {
  const failing = (failures: number, samples: number) =>
    figures({
      cells: [cell('read', { windows: { change: { judgement: 'holds', samples, failures } } })],
    })

  it('more failures than chance allows are a regression, fewer an improvement', () => {
    const worse = compareRuns(failing(0, 200), failing(20, 200))
    expect(worse).toMatchObject({ outcome: 'regression', errors: [{ standing: 'regression' }] })
    expect(worse.errors[0]?.difference).toBeCloseTo(0.1)
    expect(worse.errors[0]?.low).toBeGreaterThan(0)
    expect(compareRuns(failing(20, 200), failing(0, 200)).errors[0]?.standing).toBe('improvement')
  })

  it.each([
    ['one failure of nine', failing(0, 9), failing(1, 9)],
    ['three points, however sure', failing(0, 5_000), failing(150, 5_000)],
    ['no samples', failing(0, 0), failing(0, 0)],
  ])('%s is none', (_name, a, b) => {
    expect(compareRuns(a, b).errors[0]?.standing).toBe('same')
  })
})

/** Twelve cells between 4 and 200 ms, all of a run that is so much slower, each by its own share more or less. */
function run(seed: number, slower: (flow: number) => number, cells = 12): RunFigures {
  return figures({
    cells: Array.from({ length: cells }, (_, i) =>
      cell(`flow-${i}`, {
        undisturbedMs: latencies(4 * 1.4 ** i * slower(i), 18, seed * 1_000 + i),
        changedMs: latencies(4 * 1.4 ** i * slower(i), 9, seed * 2_000 + i),
      }),
    ),
  })
}

describe('latencies', () => {
  const standings = (a: RunFigures, b: RunFigures) =>
    compareRuns(a, b).latencies.differences.filter(({ standing }) => standing !== 'same')

  it('of the same system are the same, in 300 pairs of runs', () => {
    const found = Array.from({ length: 300 }, (_, i) =>
      standings(
        run(2 * i + 1, () => 1),
        run(2 * i + 2, () => 1),
      ),
    ).flat()
    expect(found).toEqual([])
  })

  it('of a machine that is three times as slow are the same, and that is said', () => {
    const comparison = compareRuns(
      run(1, () => 1),
      run(2, () => 3),
    )
    const { latencies: found, outcome } = comparison
    expect(outcome).toBe('slower')
    const { title, tone, lead } = comparisonPage(comparison)
    expect(title).toMatch(
      /^NO REGRESSION, BUT SLOWER AS A WHOLE \((2\.[5-9]|3\.[0-4])\d times as long\): /,
    )
    expect(tone).toBe('open')
    expect(lead[1]).toMatch(/^As a whole the second run took (2\.[5-9]|3\.[0-4])\d times as long /)
    expect(found.speed.undisturbed).toBeGreaterThan(2.5)
    expect(found.speed.undisturbed).toBeLessThan(3.5)
  })

  it('that are all eight times as long are inconclusive, unless nobody would notice', () => {
    const alike = (seed: number, ms: number) => run(seed, (flow) => ms / (4 * 1.4 ** flow))
    const comparison = compareRuns(alike(1, 5), alike(2, 40))
    expect(comparison.outcome).toBe('inconclusive')
    expect(comparisonPage(comparison).lead[0]).toMatch(
      /^Nothing is proven: everything took up to [789]\.\d times as long, and whether by the machine or by the system nobody can tell/,
    )
    expect(compareRuns(alike(1, 0.5), alike(2, 4)).outcome).toBe('slower')
    expect(compareRuns(alike(2, 40), alike(1, 5)).outcome).toBe('no-regression')
  })

  it('of a busy machine, which makes some cells four times and some twice as slow, are the same', () => {
    const uneven = (flow: number) => 2 + (flow % 3)
    for (let i = 0; i < 100; i += 1) {
      expect(
        standings(
          run(2 * i + 1, () => 1),
          run(2 * i + 2, uneven),
        ),
      ).toEqual([])
    }
  })

  it.each([1, 3])(
    'of one flow that is four times as slow on a machine of speed 1/%i are a regression',
    (factor) => {
      const found = standings(
        run(1, () => 1),
        run(2, (flow) => (flow === 9 ? 4 * factor : factor)),
      )
      expect(found.map(({ flow }) => flow)).toContain('flow-9')
      expect(new Set(found.map(({ flow }) => flow)).size).toBe(1)
      expect(found[0]).toMatchObject({ standing: 'regression' })
      expect(found[0]?.ratio).toBeGreaterThan(3)
      expect(
        standings(
          run(2, (flow) => (flow === 9 ? 4 : 1)),
          run(1, () => 1),
        )[0]?.standing,
      ).toBe('improvement')
    },
  )

  it.each([
    ['that had less to do, the last without getting slower, are no regression', 0.13, 100, 75],
    ['that was busier, the last without getting faster, are no improvement', 8, 100, 140],
  ])('that all follow a machine but one %s, which is told', (_, speed, aMs, bMs) => {
    const withTimer = (seed: number, factor: number, ms: number) => {
      const figuresOf = run(seed, (flow) => (40 * factor) / (4 * 1.4 ** flow))
      const timed = cell('timer', { undisturbedMs: latencies(ms, 18, seed) })
      return { ...figuresOf, cells: [...figuresOf.cells, timed] }
    }
    const comparison = compareRuns(withTimer(1, 1, aMs), withTimer(2, speed, bMs))
    expect(comparison.outcome).toBe(speed < 1 ? 'no-regression' : 'inconclusive')
    expect(
      comparison.latencies.differences.filter(({ standing }) => standing !== 'same'),
    ).toMatchObject([{ flow: 'timer', standing: 'change' }])
    const rows = comparisonPage(comparison).sections.find(({ title }) => title.endsWith('neither'))
    expect(rows?.table?.rows[0]?.at(-1)).toMatch(speed < 1 ? /^\d\d ms less, / : /^\d\d ms more, /)
  })

  it('of 4 ms that become 12 ms are no regression: nobody would notice', () => {
    expect(
      standings(
        run(1, () => 1),
        run(2, (flow) => (flow === 0 ? 3 : 1)),
      ),
    ).toEqual([])
  })

  it('of two cells have no reference, so that it takes three times as much', () => {
    const two = (seed: number, factor: number) =>
      run(seed, (flow) => (flow === 1 ? 20 * factor : 20), 2)
    expect(standings(two(1, 1), two(2, 2))).toEqual([])
    expect(standings(two(1, 1), two(2, 8))[0]).toMatchObject({
      flow: 'flow-1',
      standing: 'regression',
    })
    expect(compareRuns(two(1, 1), two(2, 1)).latencies.speed).toEqual({})
  })

  it('that were not measured are not compared', () => {
    expect(compareRuns(figures(), figures()).latencies.compared).toBe(0)
  })
})

it('of much configuration that differs each service is shown, and all of it is counted', () => {
  const keys = (value: number) =>
    Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`key${i}`, value]))
  const run = (value: number) =>
    figures({ configuration: { back: keys(value), front: keys(value) } })
  const comparison = compareRuns(run(1), run(2))
  expect(comparison.surroundings).toHaveLength(200)
  const section = comparisonPage(comparison).sections.find(({ title }) => title.endsWith('differ'))
  expect(section?.notes).toEqual(['200 lines differ: back 100, front 100'])
  const rows = section?.table?.rows ?? []
  expect(rows.map(([what]) => what)).toContain('front.key0')
  expect(section?.table?.more).toBe(200 - rows.length)
})

it('of long values the part is shown in which they differ', () => {
  const list = (last: string) =>
    Array.from({ length: 200 }, (_, i) => (i === 150 ? last : i === 9 ? '🙂' : `item-${i}`))
  const run = (last: string) => figures({ configuration: { gateway: { list: list(last) } } })
  const { sections } = comparisonPage(compareRuns(run('old'), run('new')))
  const [, a = '', b = ''] =
    sections.find(({ title }) => title.endsWith('differ'))?.table?.rows[0] ?? []
  expect(a).toMatch(/^….*"item-149","old","item-151".*…$/)
  expect(b).toMatch(/^….*"item-149","new","item-151".*…$/)
  expect(a.length).toBeLessThan(170)
})

it.each([
  ['and nothing says so', 'regression', {}],
  ['as the scenario says', 'change', { brokeAsSaid: true }],
] as const)('a cell that is new and broken, %s, is told once, as a %s', (_, standing, said) => {
  const more = [cell('read'), cell('new', { windows: { change: broken }, ...said })]
  const before = figures({ verdict: 'fail', expectation: 'reproduces' })
  const comparison = compareRuns(before, { ...before, cells: more })
  expect(comparison.cells).toMatchObject([{ flow: 'new', a: 'not there', standing }])
  const notes = comparisonPage(comparison).sections.at(-1)?.notes?.join('\n')
  expect(notes).toContain('3 windows of cells: judgements, 0 of them different')
  expect(notes).not.toContain('not compared')
})

it('cells that only the second run has are named', () => {
  const b = figures({ cells: [cell('read'), cell('write')] })
  const notes = comparisonPage(compareRuns(figures(), b)).sections.at(-1)?.notes
  expect(notes?.at(-1)).toBe('not compared: 1 cell that only the second run has: write × web')
})

it('versions, commits and configuration that differ stand side by side', () => {
  const b = figures({
    versions: { aftershock: '0.2.0' },
    git: { head: 'bbbbbbbbbbbbbbbb', dirty: true },
    configuration: { gateway: { plan: { enforce: true }, limit: 10, extra: ['x'] } },
  })
  expect(compareRuns(figures(), b).surroundings).toEqual([
    { what: 'commit', a: 'aaaaaaaaaaaa', b: 'bbbbbbbbbbbb (dirty)' },
    { what: 'version.aftershock', a: '0.1.0', b: '0.2.0' },
    { what: 'gateway.plan.enforce', a: 'false', b: 'true' },
    { what: 'gateway.extra', a: 'not there', b: '["x"]' },
  ])
})
