import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { scenario } from '../cli/fixtures/project.ts'
import { Redactor, formatReason, reasonsOf, type EventOf, type LoadProfile } from '../core/index.ts'
import { monotonicClock, runScenario } from '../engine/index.ts'
import { judged, type Outcome, type Traffic } from '../judge/test-traffic.ts'
import { processesRuntime } from '../runtimes/processes/processes-runtime.ts'
import { median, reached, row, spread } from './figures.ts'

const usual: Traffic = {
  ratePerSecond: 100,
  medianMs: 20,
  sigma: 0.4,
  failureRatio: 0.002,
  isNoisy: true,
}

/** A question: simulated traffic, the same on a small real server, and the time in which it is to be seen. */
interface Question {
  readonly what: string
  readonly traffic: Traffic
  readonly patch: Readonly<Record<string, unknown>>
  readonly judgement: 'broken' | 'slower' | 'holds'
  readonly goalMs?: number
}

const questions: readonly Question[] = [
  {
    what: 'a total break at 50 a second',
    traffic: { ...usual, ratePerSecond: 50, failureRatioAfter: 1 },
    patch: { refuse: ['/read'] },
    judgement: 'broken',
    goalMs: 500,
  },
  {
    what: '5 % of failures at 100 a second',
    traffic: { ...usual, failureRatioAfter: 0.05 },
    patch: { refuseOneIn: 20 },
    judgement: 'broken',
    goalMs: 6_000,
  },
  {
    what: 'a median 20 % higher at 100 a second',
    traffic: { ...usual, slowdown: 1.2 },
    patch: { delayMs: 60 },
    judgement: 'slower',
    goalMs: 10_000,
  },
  { what: 'a harmless change', traffic: usual, patch: { note: 'harmless' }, judgement: 'holds' },
]

/**
 * How long load takes to a verdict: in many simulated runs with pauses, bursts and drift, through the code that judges a run, and in one run of
 * each kind on a small real server with a front door before it. Of harmless runs none may be blamed.
 */
export async function verdict(scale: number): Promise<boolean> {
  const runs = Math.max(5, Math.round(500 * scale))
  const results = []
  for (const question of questions) {
    results.push(simulated(question, runs))
    results.push(await onServer(question))
  }
  for (const ratePerSecond of [10, 50, 500]) {
    results.push(
      simulated(
        { ...harmless, traffic: { ...usual, ratePerSecond } },
        runs,
        ` at ${ratePerSecond}`,
      ),
    )
  }
  return results.every(Boolean)
}

const harmless = questions[3] as Question

function simulated(
  { what, traffic, judgement, goalMs }: Question,
  runs: number,
  note = '',
): boolean {
  const outcomes = Array.from({ length: runs }, (_, i) => judged(traffic, i + 1))
  const right = outcomes.filter((outcome) => outcome.judgement === judgement)
  const blamed = outcomes.filter(isBlamed)
  const name = `${what}${note}, ${runs} simulated`
  const times = right.map(({ atMs }) => atMs)
  const isSoon = inGoal(`${name}: ${judgement} after`, spread(times), median(times), goalMs)
  row(`${name}: judged otherwise`, counted(outcomes, judgement))
  if (judgement !== 'holds') return isSoon
  row(`${name}: false alarms`, String(blamed.length), 'goal 0')
  return blamed.length === 0
}

function isBlamed({ judgement }: Outcome): boolean {
  return judgement === 'broken' || judgement === 'slower'
}

function counted(outcomes: readonly Outcome[], expected: string): string {
  const others = Map.groupBy(
    outcomes.filter(({ judgement }) => judgement !== expected),
    ({ judgement }) => judgement,
  )
  return [...others].map(([name, list]) => `${name} ${list.length}`).join(', ') || 'none'
}

function inGoal(what: string, shown: string, ms: number, goalMs: number | undefined): boolean {
  if (goalMs !== undefined) return reached(what, shown, ms <= goalMs, `${goalMs / 1_000} s`)
  row(what, shown)
  return true
}

/** One run on the small service of the command line's tests; its answers take 50 ms. */
async function onServer({ what, traffic, patch, judgement, goalMs }: Question): Promise<boolean> {
  const load: LoadProfile = {
    executors: {
      users: {
        executor: 'constant-arrival-rate',
        rate: traffic.ratePerSecond,
        duration: '1m',
        preAllocatedVUs: 200,
      },
    },
    mix: [{ flow: 'read' }],
  }
  const given = scenario({ id: 'verdict', config: { delayMs: 50 }, patch, load })
  const found: EventOf<'load.judged'>[] = []
  const logDir = mkdtempSync(join(tmpdir(), 'aftershock-bench-'))
  try {
    const said = await runScenario(given, {
      runtime: processesRuntime,
      runId: `bench-${process.pid}`,
      seed: 1,
      logDir,
      redactor: new Redactor(),
      clock: monotonicClock(),
      listeners: [
        (event) => {
          if (event.kind === 'load.judged' && event.window === 'change:1') found.push(event)
        },
      ],
      provenance: { startedAt: new Date().toISOString(), args: [], versions: {} },
      signal: new AbortController().signal,
    })
    const [one] = found
    const shown = one ? `${one.judgement} after ${(one.judgedMs / 1_000).toFixed(2)} s` : 'nothing'
    const isSoon = inGoal(`${what}, one real server`, shown, one?.judgedMs ?? Infinity, goalMs)
    const isAsWanted = one?.judgement === judgement
    if (!isAsWanted) for (const reason of reasonsOf(said)) row('', formatReason(reason))
    return isAsWanted && isSoon
  } finally {
    rmSync(logDir, { recursive: true })
  }
}
