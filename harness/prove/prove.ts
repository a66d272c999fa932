import { rmSync } from 'node:fs'
import { formatReason, reasonsOf, type Scenario, type Verdict } from '../core/index.ts'
import type { Runtime } from '../engine/index.ts'
import { performRun, type FoundScenario } from '../session/index.ts'
import { proveOnStack } from './on-stack.ts'
import type { Proof, ProvenHypothesis } from './result.ts'
import type { RunMutant } from './run-mutant.ts'
import { runMutants } from './run-mutants.ts'

export interface ProveOptions {
  readonly runtimeFor: (scenario: Scenario) => Promise<Runtime>
  readonly seed: number
  readonly args: readonly string[]
  readonly signal: AbortSignal
  /** A temporary one, which is found when this process is killed. The caller removes it. */
  readonly makeDirectory: () => string
  readonly onProgress: (text: string) => void
}

/**
 * Puts known-bad mutants in force, one after the other, and sees whether flows and hypotheses notice. What several scenarios share is
 * proven once. Throws HarnessError for faults of the harness, and the reason of the signal when that ends it.
 */
export async function prove(
  found: readonly FoundScenario[],
  options: ProveOptions,
): Promise<Proof> {
  const startMs = performance.now()
  const proof = { flows: [] as Proof['flows'][number][], hypotheses: [] as ProvenHypothesis[] }
  const known = new Set<unknown>()
  const isNew = (value: unknown) => value !== undefined && !known.has(value) && !!known.add(value)
  // Those with most flows first: they cover what others have, with fewer starts.
  const scenarios = found.map(({ scenario }) => scenario)
  for (const scenario of scenarios.toSorted((a, b) => b.flows.length - a.flows.length)) {
    const flows = scenario.flows.filter(isNew)
    const statusPage = isNew(scenario.statusPage)
    const writes = isNew(scenario.writes)
    if (flows.length === 0 && !statusPage && !writes) continue
    options.onProgress(`starting the stack of ${scenario.id}`)
    const runtime = await options.runtimeFor(scenario)
    const proven = await proveOnStack({ ...options, scenario, flows, statusPage, writes, runtime })
    proof.flows.push(...proven.flows)
    proof.hypotheses.push(...proven.hypotheses)
  }
  proof.hypotheses.push(...(await proveRuns(found, options)))
  return { ...proof, seconds: Math.round((performance.now() - startMs) / 100) / 10 }
}

/** Each hypothesis about a whole run once, in the smallest scenario that has it. */
async function proveRuns(
  found: readonly FoundScenario[],
  options: ProveOptions,
): Promise<ProvenHypothesis[]> {
  const largestFirst = found
    .filter(({ scenario }) => scenario.demonstrates === undefined)
    .toSorted((a, b) => sizeOf(b.scenario) - sizeOf(a.scenario))
  const smallest = new Map(
    largestFirst.flatMap(({ file, scenario }) =>
      runMutants(scenario).map((mutant) => [mutant.hypothesis, { ...mutant, file }]),
    ),
  )
  const proven: ProvenHypothesis[] = []
  for (const mutant of smallest.values()) {
    const { hypothesis, on, code, scenario, advice } = mutant
    options.onProgress(`${scenario.id} with ${on}`)
    const verdict = await verdictOn(mutant, options)
    const all = reasonsOf(verdict)
    const noticed =
      mutant.isNoticed?.(verdict) ??
      (verdict.kind === 'fail' && (code === undefined || all.some((one) => one.code === code)))
    const reason = all.find((one) => one.code === code) ?? all[0]
    const seen = `${verdict.kind}${reason ? `: ${formatReason(reason)}` : ''}`
    const about = { scenario: scenario.id, hypothesis }
    // Something else kept it from being tried.
    if (verdict.kind === 'inconclusive' && !noticed)
      proven.push({ ...about, sick: seen, attacks: [] })
    else {
      const told = advice === undefined ? {} : { advice }
      proven.push({ ...about, attacks: [{ on, noticed, seen, ...told }] })
    }
  }
  return proven
}

function sizeOf({ flows, steps, load }: Scenario): number {
  return flows.length * steps.length * (load ? 100 : 1)
}

async function verdictOn(
  { scenario, file, onRuntime = (runtime) => runtime }: RunMutant & FoundScenario,
  options: ProveOptions,
): Promise<Verdict> {
  const outDir = options.makeDirectory()
  try {
    const { seed, args, signal } = options
    const runtime = onRuntime(await options.runtimeFor(scenario))
    const { verdict } = await performRun({
      scenario,
      file,
      runtime,
      args,
      outDir,
      runsDir: outDir,
      seed,
      signal,
    })
    signal.throwIfAborted()
    return verdict
  } finally {
    rmSync(outDir, { recursive: true, force: true })
  }
}
