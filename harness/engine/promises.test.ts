import { describe, expect, it } from 'vitest'

import { undo, wait, type Fault, type StatusState } from '../core/index.ts'
import { breaksReading, change, flow, harmless, run, statusPage } from './test-run.ts'
import { TestSystem } from './test-system.ts'

/** Runs with reading broken; the page follows `afterMs` later, never when absent. */
async function withPage(system: TestSystem, admitsWithinMs: number, afterMs?: number) {
  const timers: NodeJS.Timeout[] = []
  const say = (status: StatusState, ms: number) =>
    timers.push(setTimeout(() => (system.status = status), ms))
  const result = await run(
    system,
    {
      statusPage,
      steps: [breaksReading],
      expect: {
        kind: 'reproduces',
        broken: [{ flows: ['read'] }],
        statusPage: { admitsWithinMs },
      },
    },
    {
      onEvent(event) {
        if (event.kind === 'change.applied' && afterMs !== undefined) say('outage', afterMs)
        if (event.kind === 'change.undone') say('operational', 0)
      },
    },
  )
  for (const timer of timers) clearTimeout(timer)
  return result
}

describe('a status page that is to admit', () => {
  it('is given the time for it, and passes', async () => {
    const { verdict, of } = await withPage(new TestSystem(), 15_000, 1_500)
    expect(verdict).toEqual({ kind: 'pass' })
    // How long after the first failure depends on how busy the machine is.
    expect(of('status.judged')[0]?.admitMs).toBeGreaterThan(0)
  })

  it('and does not fails when its time is over', async () => {
    const { codes, reasons } = await withPage(new TestSystem(), 600)
    expect(codes).toEqual(['status-page'])
    expect(reasons[0]).toContain('did not admit')
  })
})

it('a status page says nothing of what users suffer by a fault, as declared: that is seen', async () => {
  const system = new TestSystem()
  const dies: Fault = {
    kind: 'fault',
    name: 'dies',
    title: 'reading dies',
    summary: 'reading dies',
    effects: [{ flows: ['read'], becomes: '*' }],
    validate: () => [],
    async inject() {
      for (const { config } of system.replicas) config.document = { refuses: ['read'] }
      return {
        on: ['gateway'],
        explain: ['it is dead'],
        heal: async () => {
          for (const { config } of system.replicas) config.document = {}
        },
      }
    },
  }
  const honest = { kind: 'holds', statusPage: { admitsWithinMs: 600 } } as const
  const { codes, reasons } = await run(system, { statusPage, steps: [dies], expect: honest })
  expect(codes).toEqual(['status-page'])
  expect(reasons[0]).toContain('did not admit')
})

describe('the escape route', () => {
  const open = { kind: 'holds', escapeRoute: 'open' } as const

  it('that stays open passes, and was tried on every replica with the change', async () => {
    const { verdict, of } = await run(new TestSystem(), { expect: open })
    expect(verdict).toEqual({ kind: 'pass' })
    expect(of('escape.checked').map(({ replica }) => replica)).toEqual(['gateway-1', 'gateway-2'])
    for (const { reads } of of('escape.checked')) expect(reads).toBeGreaterThan(0)
  })

  it('is watched until a step undoes the change, and not after it', async () => {
    const { verdict, events } = await run(new TestSystem(), {
      steps: [harmless, undo('harmless'), wait('a-while', 50)],
      expect: open,
    })
    expect(verdict).toEqual({ kind: 'pass' })
    const kinds = events.map(({ kind }) => kind)
    expect(kinds.lastIndexOf('escape.checked')).toBeGreaterThan(0)
    expect(kinds.lastIndexOf('escape.checked')).toBeLessThan(kinds.indexOf('change.undone'))
  })

  it('that a change closes fails although all users are served', async () => {
    const system = new TestSystem()
    const [first] = system.replicas
    const read = first?.config.read.bind(first.config)
    let isClosed = false
    if (first && read) {
      first.config.read = () => (isClosed ? Promise.reject(new Error('no route')) : read())
    }
    const { codes, reasons } = await run(
      system,
      // Long enough for two reads, however fast the cells are judged.
      { expect: open, statusPage, judgement: { miss: 0.001 } },
      {
        onEvent(event) {
          if (event.kind === 'change.applied') isClosed = true
          if (event.kind === 'escape.checked') isClosed = false
        },
      },
    )
    expect(codes).toEqual(['escape-route'])
    expect(reasons[0]).toContain("under 'harmless' the configuration of gateway-1")
  })
})

describe('safety', () => {
  it('stops waiting for cells as soon as too many are broken', async () => {
    const steps = [change('hang', { refuses: ['read'], hangs: ['post'] })]
    const { codes, reasons, of } = await run(new TestSystem(), {
      flows: [flow('read'), flow('post', { timeoutMs: 1_500 })],
      steps,
      safety: { maxBrokenCells: 1 },
    })
    expect(codes).toContain('broken')
    expect(reasons.join()).toContain('stopped, since 2 cells broke that were not to')
    expect(of('change.undone')).toHaveLength(1)
  })

  it('counts a cell that breaks again once, and watches to the end whether all comes back', async () => {
    const first = { ...breaksReading, order: '1' }
    const again = { ...change('again', { refuses: ['read'] }), order: '2' }
    const steps = [first, again]
    const cells = { flows: [flow('read')] }
    const borne = await run(new TestSystem(), { ...cells, steps, safety: { maxBrokenCells: 2 } })
    expect(borne.reasons.join()).not.toContain('stopped')
    expect(borne.of('window.opened').map(({ window }) => window.id)).toContain('change:2')
    const cut = await run(new TestSystem(), { ...cells, steps, safety: { maxBrokenCells: 1 } })
    const back = cut.of('cell.judged').filter(({ window }) => window.startsWith('recovery'))
    expect(back.map(({ judgement }) => judgement)).toEqual(['holds', 'holds'])
    expect(cut.of('window.opened').map(({ window }) => window.id)).not.toContain('change:2')
  })

  it('does not count what an incident is to break', async () => {
    const { verdict } = await run(new TestSystem(), {
      steps: [breaksReading],
      expect: { kind: 'reproduces', broken: [{ flows: ['read'] }] },
      safety: { maxBrokenCells: 0 },
    })
    expect(verdict).toEqual({ kind: 'pass' })
  })

  it.each([
    ['listens', true],
    ['does not', false],
  ])('ends a step that takes too long, if it %s', async (_name, listens) => {
    const endless: Fault = {
      kind: 'fault',
      name: 'endless',
      title: 'endless',
      effects: [],
      summary: 'endless',
      validate: () => [],
      inject: (_system, signal) =>
        new Promise((_resolve, reject) => {
          if (listens) signal.addEventListener('abort', () => reject(new Error('stopped')))
        }),
    }
    const { codes, of } = await run(new TestSystem(), {
      steps: [endless, harmless],
      safety: { stepTimeoutMs: 100 },
    })
    expect(codes).toContain('apply-failed')
    expect(of('change.applied')).toEqual([])
  })
})

it('recovery that takes longer than wanted fails, where there was something to come back', async () => {
  const within = (recoverWithinMs: number) =>
    ({ kind: 'reproduces', broken: [{ flows: ['read'] }], recoverWithinMs }) as const
  const steps = [breaksReading]
  const codesOf = async (given: Parameters<typeof run>[1]) =>
    (await run(new TestSystem(), given)).codes
  expect(await codesOf({ steps, expect: within(1) })).toEqual(['slow-recovery'])
  expect(await codesOf({ steps, expect: within(15_000) })).toEqual([])
  expect(await codesOf({ expect: { kind: 'holds', recoverWithinMs: 1 } })).toEqual([])
})
