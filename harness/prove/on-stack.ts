import { rmSync } from 'node:fs'
import { HarnessError, Redactor, type Actor, type Flow, type Scenario } from '../core/index.ts'
import { monotonicClock, signIn, type RunningStack, type Runtime } from '../engine/index.ts'
import { defaultJudgement } from '../judge/index.ts'
import { HttpConnections } from '../load/index.ts'
import { newRunId } from '../session/index.ts'
import { proveFlow } from './prove-flow.ts'
import { proveStatusPage } from './prove-status-page.ts'
import { proveWrites } from './prove-writes.ts'
import type { Proof } from './result.ts'
import type { Subject } from './subject.ts'

export interface StackProof {
  readonly scenario: Scenario
  /** Of the scenario, those to be proven. */
  readonly flows: readonly Flow[]
  readonly statusPage: boolean
  readonly writes: boolean
  readonly runtime: Runtime
  readonly seed: number
  readonly signal: AbortSignal
  readonly makeDirectory: () => string
  readonly onProgress: (text: string) => void
}

/** Starts the stack of a scenario once, and puts mutant after mutant in force on it. Nothing stays behind. */
export async function proveOnStack(
  given: StackProof,
): Promise<Pick<Proof, 'flows' | 'hypotheses'>> {
  const { scenario, runtime, seed, signal, makeDirectory, onProgress } = given
  const logDir = makeDirectory()
  const redactor = new Redactor()
  let ended: string | undefined
  try {
    await using stack = await runtime.start(scenario.stack, {
      runId: newRunId('prove'),
      seed,
      logDir,
      redactor,
      signal,
      onProgress: () => undefined,
      onExit: ({ replica, detail }) => {
        ended ??= `${replica} ended by itself: ${detail}`
      },
    })
    await using connections = connect(scenario, stack, redactor)
    const clientFor = (actor: Actor, bounded: AbortSignal) =>
      connections.client(actor.headers, bounded)
    const subject: Subject = {
      scenario,
      stack,
      actors: await signIn(
        scenario.actors,
        (headers, bounded) => connections.client(headers, bounded),
        { redactor, signal, onProgress: () => undefined },
      ),
      clientFor,
      judgement: { ...defaultJudgement, ...scenario.judgement },
      clock: monotonicClock(),
      seed,
      signal,
      onProgress,
    }
    const proof = await proveAll(subject, given)
    if (ended !== undefined) {
      throw new HarnessError('START_FAILED', `${ended}, so that nothing is proven`, {
        hint: `aftershock run ${scenario.id} shows its logs`,
      })
    }
    return proof
  } finally {
    rmSync(logDir, { recursive: true, force: true })
  }
}

async function proveAll(
  subject: Subject,
  { flows, statusPage, writes }: StackProof,
): Promise<Pick<Proof, 'flows' | 'hypotheses'>> {
  const { scenario, onProgress } = subject
  const proven = []
  for (const flow of flows) proven.push(...(await proveFlow(subject, flow)))
  const hypotheses = []
  if (statusPage && scenario.statusPage) {
    onProgress('the status page')
    hypotheses.push(await proveStatusPage(subject, scenario.statusPage))
  }
  if (writes && scenario.writes) {
    onProgress('acknowledged writes')
    hypotheses.push(...(await proveWrites(subject, scenario.writes)))
  }
  return { flows: proven, hypotheses }
}

function connect(scenario: Scenario, stack: RunningStack, redactor: Redactor): HttpConnections {
  return new HttpConnections({
    frontDoors: Object.fromEntries(stack.services.map((s) => [s.name, s.frontDoor])),
    entry: scenario.stack.entry,
    proxyUrl: stack.proxyUrl,
    ...(stack.caCertificate === undefined ? {} : { caCertificate: stack.caCertificate }),
    redactor,
  })
}
