import type { EventOf } from '../core/index.ts'
import type { RunModel } from './run-model.ts'
import type { SummaryLoad, SummaryLoadCell } from './summary-types.ts'

/** What load beside the cells came to; undefined where there was none. */
export function summarizeLoad(model: RunModel): SummaryLoad | undefined {
  if (!model.started.load) return undefined
  const { load: end } = model
  const of = (key: 'count' | 'failed' | 'dropped') =>
    end?.cells.reduce((sum, cell) => sum + cell[key], 0) ?? 0
  return {
    flows: of('count'),
    failed: of('failed'),
    dropped: of('dropped'),
    durationMs: end?.durationMs ?? 0,
    cells: model.loadJudged.map((judged) => summarizeCell(judged, model)),
    thresholds: (end?.thresholds ?? []).map(({ text, outcome, value }) => ({
      text,
      outcome,
      value: value ?? null,
    })),
    generatorProblems: end?.selfCheck.problems ?? [],
  }
}

function summarizeCell(
  judged: EventOf<'load.judged'>,
  { load, windows }: RunModel,
): SummaryLoadCell {
  const { flow, actor, window, latency } = judged
  const step = windows.get(window)?.info.change
  const figures = load?.cells.find(
    (one) => one.flow === flow && one.actor === actor && one.window === window,
  )
  return {
    flow,
    actor,
    window,
    ...(step === undefined ? {} : { step }),
    judgement: judged.judgement,
    samples: judged.samples,
    failures: judged.failures,
    ...(figures ? { total: { samples: figures.count, failures: figures.failed } } : {}),
    baselineSamples: judged.baselineSamples,
    baselineFailures: judged.baselineFailures,
    medianMs: latency?.nowMs ?? null,
    baselineMedianMs: latency?.baselineMs ?? null,
    tailMs: judged.tail?.nowMs ?? null,
    baselineTailMs: judged.tail?.baselineMs ?? null,
    growth: latency?.growth ?? null,
    growthLow: latency?.low ?? null,
    growthHigh: latency?.high ?? null,
    smallestRatio: judged.smallestRatio,
    smallestGrowth: latency?.smallestGrowth ?? null,
    p50: figures?.p50 ?? null,
    p95: figures?.p95 ?? null,
    p99: figures?.p99 ?? null,
    max: figures?.max ?? null,
    judgedMs: judged.judgedMs,
    note: judged.note ?? null,
  }
}
