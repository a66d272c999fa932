import { expect } from 'vitest'

import { mergePatch, type ConfigChangeOptions } from '../changes/index.ts'
import {
  FlowFailure,
  Redactor,
  formatReason,
  reasonsOf,
  type Actor,
  type Change,
  type EventOf,
  type Flow,
  type JournalEvent,
  type JournalKind,
  type Scenario,
  type StatusPageProbe,
  type StatusState,
  type Verdict,
} from '../core/index.ts'
import { monotonicClock } from './clock.ts'
import type { ExperimentOptions } from './experiment-options.ts'
import { runScenario } from './run.ts'
import type { Behaviour, TestSystem } from './test-system.ts'

export const actors: readonly Actor[] = ['web', 'mobile'].map((id) => ({
  id,
  title: `the ${id} app`,
  headers: { 'x-actor': id },
}))

/** Asks the path of its own name, and needs an answer of 200. */
export function flow(id: string, given: Partial<Flow> = {}): Flow {
  return {
    id,
    title: id,
    actors: ['web', 'mobile'],
    async run({ http }) {
      const answer = await http.get(`/${id}`)
      if (answer.status === 200) return
      const { code } = answer.json() as { code: number }
      throw new FlowFailure(`${answer.status}/${code}`, `${id} was refused`, answer.exchange)
    },
    ...given,
  }
}

export const statusPage: StatusPageProbe = {
  title: 'status page',
  async read(http) {
    return { overall: (await http.get('/status')).text() as StatusState, components: {} }
  },
}

/** A change of the behaviour of the test system. */
export function change(
  name: string,
  behaviour: Behaviour,
  options: Partial<ConfigChangeOptions> = {},
): Change {
  return mergePatch(name, { service: 'gateway', ...options, patch: { ...behaviour } })
}

/** One that alters the configuration, and nothing that anybody could see. */
export const harmless = change('harmless', { refuses: ['nothing'] })
export const breaksReading = change('break-reading', { refuses: ['read'] })

export interface RunOptions extends Partial<Pick<ExperimentOptions, 'seed' | 'redactor'>> {
  /** Called with each event, before the run goes on; aborts with SIGINT through `interrupt`. */
  readonly onEvent?: (event: JournalEvent, interrupt: () => void) => void
}

export interface FinishedRun {
  readonly verdict: Verdict | undefined
  /** What the run rejected with. */
  readonly fault: unknown
  readonly events: readonly JournalEvent[]
  /** `code: sentence` of each reason. */
  readonly reasons: readonly string[]
  readonly codes: readonly string[]
  of<K extends JournalKind>(kind: K): EventOf<K>[]
}

/** Of a run that nobody but the test looks at. */
export function optionsFor(
  system: TestSystem,
  take: (event: JournalEvent) => void,
  signal: AbortSignal,
) {
  return {
    runtime: system,
    runId: 'test-run',
    seed: 1,
    logDir: '/nowhere',
    redactor: new Redactor(),
    clock: monotonicClock(),
    listeners: [take],
    provenance: { startedAt: '2026-11-24T00:00:00.000Z', args: [], versions: {} },
    signal,
  }
}

/** Runs a scenario on the system, and checks what holds for every run, however it goes. */
export async function run(
  system: TestSystem,
  given: Partial<Scenario>,
  options: RunOptions = {},
): Promise<FinishedRun> {
  const events: JournalEvent[] = []
  const interrupts = new AbortController()
  const scenario: Scenario = {
    id: 'test',
    title: 'A test',
    stack: system.stack,
    actors,
    flows: [flow('read'), flow('post')],
    steps: [harmless],
    expect: { kind: 'holds' },
    ...given,
  }
  let verdict: Verdict | undefined
  let fault: unknown
  try {
    const { onEvent, ...own } = options
    const take = (event: JournalEvent) => {
      events.push(event)
      onEvent?.(event, () => interrupts.abort('SIGINT'))
    }
    verdict = await runScenario(scenario, {
      ...optionsFor(system, take, interrupts.signal),
      ...own,
      idlePauseMs: 5,
    })
  } catch (error) {
    fault = error
  }
  checkJournal(events, verdict)
  return {
    verdict,
    fault,
    events,
    reasons: verdict ? reasonsOf(verdict).map((one) => `${one.code}: ${formatReason(one)}`) : [],
    codes: verdict ? reasonsOf(verdict).map(({ code }) => code) : [],
    of: <K extends JournalKind>(kind: K) =>
      events.filter((event): event is EventOf<K> => event.kind === kind),
  }
}

function checkJournal(events: readonly JournalEvent[], verdict: Verdict | undefined): void {
  expect(events.at(0)?.kind).toBe('run.started')
  expect(events.at(-1)?.kind).toBe('run.ended')
  if (verdict) expect(events.at(-1)).toMatchObject({ verdict })
  const times = events.map(({ atMs }) => atMs)
  expect(times).toEqual(times.toSorted((a, b) => a - b))
  const windows = (kind: 'window.opened' | 'window.closed') =>
    events.flatMap((event) => (event.kind === kind ? [event.window.id] : []))
  expect(windows('window.closed')).toEqual(windows('window.opened'))
  expect(new Set(windows('window.opened')).size).toBe(windows('window.opened').length)
}
