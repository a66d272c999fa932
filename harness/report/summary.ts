import {
  reasonsOf,
  type ComparedWithBaseline,
  type EventOf,
  type JournalEvent,
  type Reason,
  type StatusPageFinding,
  type Verdict,
} from '../core/index.ts'
import { broughtBack } from './brought-back.ts'
import { isLeftApplied } from './faults.ts'
import { summarizeCells } from './summary-cells.ts'
import { summarizeLinks } from './summary-links.ts'
import { summarizeLoad } from './summary-load.ts'
import { collectRun, windowsOfKind, type RunModel } from './run-model.ts'
import {
  summaryVersion,
  type Summary,
  type SummaryChange,
  type SummaryReason,
  type SummaryStatusPage,
  type SummaryTimings,
  type SummaryWrites,
} from './summary-types.ts'
import { formatDuration, list } from './words.ts'

/**
 * The outcome of a run, as data that is valid against summary.schema.json. A journal that was cut off gives 'inconclusive'
 * with the reason 'interrupted' first. Throws HarnessError JOURNAL_UNREADABLE when there is no start of a run.
 */
export function summarize(events: Iterable<JournalEvent>): Summary {
  return summarizeModel(collectRun(events))
}

export function summarizeModel(model: RunModel): Summary {
  const { started } = model
  const verdict = verdictOf(model)
  const load = summarizeLoad(model)
  const back = broughtBack(model)
  return {
    schemaVersion: summaryVersion,
    runId: started.runId,
    scenario: started.scenario,
    ...(started.args[0] === 'reproduce' ? { session: 'reproduce' } : {}),
    title: started.title,
    runtime: started.runtime,
    seed: started.seed,
    startedAt: started.startedAt,
    verdict: verdict.kind,
    expectation: started.expect.kind,
    ...recoversBy(started),
    ...(back.length === 0 ? {} : { broughtBack: back }),
    reasons: reasonsOf(verdict).map(flatReason),
    cells: summarizeCells(model),
    changes: summarizeChanges(model),
    timings: summarizeTimings(model),
    statusPage: summarizeStatusPage(model),
    outside: {
      requests: model.ended?.outsideRequests ?? model.outsideRequests + countedOutside(model),
      refused: model.refusedOutside.map(({ from, method, url, note }) => ({
        from,
        method,
        url,
        note: note ?? null,
      })),
    },
    // Links are told by window, and a load test has none.
    ...(model.traffic.size === 0 || started.loadTest
      ? {}
      : { links: summarizeLinks(model.traffic) }),
    ...(model.writes === undefined ? {} : { writes: summarizeWrites(model.writes) }),
    ...(load === undefined ? {} : { load }),
    ...(model.compared === undefined ? {} : { comparison: summarizeComparison(model.compared) }),
    ...(started.loadTest ? { loadTest: model.loadEnds } : {}),
    versions: started.versions,
    git: started.git ?? null,
  }
}

function recoversBy({ expect }: EventOf<'run.started'>): Pick<Summary, 'recoversBy'> {
  const until = expect.kind === 'reproduces' && expect.broken.find((one) => one.until)?.until
  return until ? { recoversBy: until } : {}
}

function countedOutside({ counted }: RunModel): number {
  return counted?.counts.reduce((sum, { count }) => sum + count, 0) ?? 0
}

function summarizeWrites(event: EventOf<'writes.checked'>): SummaryWrites {
  const { ok, failed, unknown, lost, duplicated, phantom, unread } = event
  return {
    ok,
    failed,
    unknown,
    lost: lost.count,
    duplicated: duplicated.count,
    ...(phantom === undefined ? {} : { phantom: phantom.count }),
    unread: unread.count,
  }
}

function summarizeComparison(event: EventOf<'baseline.compared'>): ComparedWithBaseline {
  const { outcome, title, lead, worse } = event
  return { outcome, title, lead, worse }
}

function flatReason({ code, message, cell }: Reason): SummaryReason {
  return cell ? { code, message, flow: cell.flow, actor: cell.actor } : { code, message }
}

/** The run's own verdict; without the end of the run it cannot be trusted, and the reasons say so first. */
function verdictOf(model: RunModel): Verdict {
  if (model.ended) return model.ended.verdict
  const found = model.reached ? reasonsOf(model.reached.verdict) : []
  return {
    kind: 'inconclusive',
    reasons: [{ code: 'interrupted', message: cutOffMessage(model) }, ...found],
  }
}

function cutOffMessage(model: RunModel): string {
  const parts = [
    `the journal ends after ${formatDuration(model.lastMs)} without the end of the run`,
  ]
  if (model.phase) parts.push(`the last phase was '${model.phase.phase}'`)
  if (model.interrupted) parts.push(`${model.interrupted.signal} had been received`)
  const left = summarizeChanges(model).filter((change) => isLeftApplied(change))
  if (left.length > 0) {
    const names = list(left.map((change) => `'${change.name}'`))
    parts.push(`nothing says that ${names} ${left.length === 1 ? 'was' : 'were'} undone`)
  }
  if (model.reached) parts.push(`a verdict of '${model.reached.verdict.kind}' had been reached`)
  return parts.join('; ')
}

function summarizeChanges(model: RunModel): SummaryChange[] {
  return model.started.changes.map(({ kind, name, title, service }) => {
    const applied = model.applied.filter((event) => event.change === name)
    const undone = model.undone.filter((event) => event.change === name)
    const back = new Set(undone.flatMap((event) => event.replicas))
    const replicas = [...new Set(applied.flatMap((event) => event.replicas))]
    const failures = model.failed.filter((event) => event.change === name)
    return {
      kind,
      name,
      title,
      ...(service === undefined ? {} : { service }),
      explain: [...new Set(applied.flatMap((event) => event.explain))],
      replicas,
      ...(failures.length === 0
        ? {}
        : {
            refused: failures
              .map((one) => `${one.replica} (${one.why}): ${one.message}`)
              .join('; '),
          }),
      undone: replicas.length > 0 && replicas.every((replica) => back.has(replica)),
    }
  })
}

/** What run.ended says; of a run that was cut off, what can be added up. */
function summarizeTimings(model: RunModel): SummaryTimings {
  const told = model.ended?.timings
  if (!told) {
    const baseline = windowsOfKind(model, 'baseline')[0]
    return {
      startMs: model.ready?.durationMs ?? null,
      baselineMs: baseline?.closedMs === undefined ? null : baseline.closedMs - baseline.openedMs,
      applyMs: sumOf(model.applied),
      verdictMs: null,
      undoMs: sumOf(model.undone),
      recoveryMs: null,
      teardownMs: null,
      totalMs: model.lastMs,
    }
  }
  return {
    startMs: told.startMs ?? null,
    baselineMs: told.baselineMs ?? null,
    applyMs: told.applyMs ?? null,
    verdictMs: told.verdictMs ?? null,
    undoMs: told.undoMs ?? null,
    recoveryMs: told.recoveryMs ?? null,
    teardownMs: told.teardownMs ?? null,
    totalMs: told.totalMs,
  }
}

function sumOf(events: readonly { readonly durationMs: number }[]): number | null {
  return events.length === 0 ? null : events.reduce((sum, event) => sum + event.durationMs, 0)
}

function declaredSuffering({ declared }: StatusPageFinding): Pick<SummaryStatusPage, 'declared'> {
  if (!declared) return {}
  const { admitMs = null, falseGreenMs, brokenMs } = declared
  return { declared: { admitMs, ...laterOutage(declared), falseGreenMs, brokenMs } }
}

function laterOutage({ laterMs }: Pick<StatusPageFinding, 'laterMs'>) {
  return laterMs === undefined ? {} : { laterMs }
}

function summarizeStatusPage(model: RunModel): SummaryStatusPage | null {
  const finding = model.statusPage
  if (!finding) return null
  const { expect } = model.started
  return {
    detectMs: finding.detectMs ?? null,
    admitMs: finding.admitMs ?? null,
    ...laterOutage(finding),
    falseGreenMs: finding.falseGreenMs,
    falseRedMs: finding.falseRedMs,
    brokenMs: finding.brokenMs,
    ...(finding.redMs === undefined ? {} : { redMs: finding.redMs }),
    ...(finding.unreadMs === undefined ? {} : { unreadMs: finding.unreadMs }),
    ...declaredSuffering(finding),
    expectedToLie: expect.kind === 'reproduces' ? (expect.statusPageLies ?? null) : null,
  }
}
