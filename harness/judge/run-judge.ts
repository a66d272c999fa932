import {
  combine,
  count,
  describeError,
  fail,
  inconclusive,
  pass,
  wholeStack,
  type EventOf,
  type Expectation,
  type JournalEvent,
  type Verdict,
} from '../core/index.ts'
import { checkAmplification } from './amplification.ts'
import { checkBaseline, checkChange, checkRecovery } from './cell-check.ts'
import { isCutShort, of, type Started } from './history.ts'
import { checkLoad } from './load-check.ts'
import { checkOutsideWorld } from './outside-expectations.ts'
import { checkPromises } from './promises.ts'
import { checkReproduction } from './reproduction-check.ts'
import { checkHandlers, unlessHandlersFailed } from './site-handlers.ts'
import { checkWrites } from './write-check.ts'

/** Addresses outside that are named one by one; of a flood nobody reads more. */
const mostAddresses = 20
const mostHosts = 5

/** How `state.hashed` begins where a configuration could not be read. */
export const unreadable = 'unreadable: '

/** The history of a run, samples not needed. Pure; a checker that throws makes the verdict inconclusive, never a pass. */
export function judgeRun(history: readonly JournalEvent[]): Verdict {
  try {
    return unlessHandlersFailed(history, checkRun(history))
  } catch (error) {
    return inconclusive({
      code: 'checker-crashed',
      message: `the checker failed, so nothing can be said: ${describeError(error)}`,
    })
  }
}

function checkRun(history: readonly JournalEvent[]): Verdict {
  const started = of(history, 'run.started')[0]
  if (!started) {
    return inconclusive({ code: 'no-data', message: 'the journal has no start of a run' })
  }
  const interrupted = (isCutShort(history) ? of(history, 'interrupted') : []).map((event) =>
    inconclusive({
      code: 'interrupted',
      message: `the run was stopped by ${event.signal} before it could be judged`,
    }),
  )
  const lost = of(history, 'replica.exited').find(({ replica }) => replica === wholeStack)
  if (lost) {
    return inconclusive({
      code: 'no-data',
      message: `${lost.detail}, so what was seen says nothing about the change`,
    })
  }
  const failed = of(history, 'run.failed').map((event) =>
    inconclusive({ code: 'run-failed', message: failedWords(history, event) }),
  )
  // What was not measured since the run had failed by then is no reason of its own.
  if (failed.length > 0 && of(history, 'cell.judged').length === 0) return combine(failed)
  const baseline = checkBaseline(history, started)
  if (baseline.kind !== 'pass') {
    return combine([checkHandlers(history), ...interrupted, ...failed, baseline])
  }
  return combine([
    ...interrupted,
    ...failed,
    ...started.changes.map((change) => checkChange(history, started, change)),
    checkReproduction(history, started),
    checkUndo(history),
    checkState(history),
    checkRecovery(history, started),
    checkLoad(history),
    checkStatusPage(history, started.expect),
    judgeOutside(history),
    checkAmplification(history),
    checkWrites(history),
    checkPromises(history),
    checkSafety(history),
    checkReplicas(history, started.expect),
  ])
}

/** Which part of the run failed, and why, with the last lines of a log that the message ends in. */
function failedWords(
  history: readonly JournalEvent[],
  { message, hint }: EventOf<'run.failed'>,
): string {
  const what =
    of(history, 'stack.ready').length === 0 ? 'the system did not start' : 'the run broke off'
  return `${what}: ${message}${hint === undefined ? '' : `\n(${hint})`}`
}

function checkUndo(history: readonly JournalEvent[]): Verdict {
  const failed = of(history, 'undo.failed')
  if (failed.length === 0) return pass
  return fail(
    ...failed.map(({ change, replica, message }) => ({
      code: 'undo-failed' as const,
      message: `'${change}' could not be undone on ${replica}: ${message}`,
    })),
  )
}

function checkState(history: readonly JournalEvent[]): Verdict {
  const hashes = of(history, 'state.hashed')
  const before = hashes.find((event) => event.when === 'before')
  const after = hashes.find((event) => event.when === 'after')
  if (!before || !after) {
    return inconclusive({
      code: 'no-data',
      message: `the configuration ${before ? 'after the undo' : 'before the change'} was never read`,
    })
  }
  const unread = Object.entries(before.replicas).find(([, hash]) => hash.startsWith(unreadable))
  if (unread) {
    return inconclusive({
      code: 'no-data',
      message: `the configuration of ${unread[0]} before the change is not known (${unread[1]})`,
    })
  }
  const differing = Object.keys(before.replicas).filter(
    (replica) => before.replicas[replica] !== after.replicas[replica],
  )
  const isUnread = (replica: string) => after.replicas[replica]?.startsWith(unreadable) === true
  const others = differing.filter((replica) => !isUnread(replica))
  return combine([
    pass,
    ...differing.filter(isUnread).map((replica) =>
      inconclusive({
        code: 'no-data',
        message: `whether the configuration of ${replica} is what it was is not known (${after.replicas[replica]})`,
      }),
    ),
    ...(others.length === 0
      ? []
      : [
          fail({
            code: 'state-differs',
            message: `after the undo the configuration of ${others.join(', ')} is not what it was`,
          }),
        ]),
  ])
}

function checkStatusPage(history: readonly JournalEvent[], expect: Expectation): Verdict {
  if (expect.kind !== 'reproduces' || expect.statusPageLies === undefined) return pass
  const finding = of(history, 'status.judged').at(-1)
  if (!finding || finding.brokenMs === 0) {
    return inconclusive({
      code: 'no-data',
      message: 'the status page could not be compared with what users saw',
    })
  }
  const lied = finding.admitMs === undefined && finding.falseGreenMs > 0
  if (lied === expect.statusPageLies) return pass
  return fail({
    code: 'status-page',
    message: expect.statusPageLies
      ? `the status page was expected to go on saying 'operational', and admitted the failure`
      : `the status page was expected to admit the failure, and never did`,
  })
}

/** Whether the system asked the outside for nothing that it may not, for runs that are judged by other means than cells. */
export function judgeOutside(history: readonly JournalEvent[]): Verdict {
  const [started] = of(history, 'run.started')
  return started
    ? combine([checkOutside(history, started), checkOutsideWorld(history)])
    : inconclusive({ code: 'no-data', message: 'the journal has no start of a run' })
}

function checkOutside(history: readonly JournalEvent[], started: Started): Verdict {
  const refused = of(history, 'outside').filter(
    (event) =>
      event.outcome === 'refused' && !started.allowOutside.includes(hostOf(event.url) ?? ''),
  )
  const asked = Map.groupBy(refused, ({ from, url }) => `${from} asked for ${withoutQuery(url)}`)
  if (asked.size === 0) return pass
  const told = [...asked].slice(0, mostAddresses)
  const rest = [...asked.values()].slice(mostAddresses).flat()
  const hosts = [...new Set(rest.map(({ url }) => hostOf(url) ?? url))]
  const others = {
    code: 'outside-traffic' as const,
    message: `${asked.size - mostAddresses} more addresses were asked for (${rest.length}×), of ${hosts.slice(0, mostHosts).join(', ')}${hosts.length > mostHosts ? ` and ${hosts.length - mostHosts} other hosts` : ''}`,
  }
  return fail(
    ...told.map(([what, events]) => ({
      code: 'outside-traffic' as const,
      message: `${what}${querySaid(events)} (${events.length}×), which is outside of the mocked world: ${events[0]?.note ?? 'refused'}`,
    })),
    ...(rest.length > 0 ? [others] : []),
  )
}

function withoutQuery(url: string): string {
  return url.split('?', 1)[0] ?? ''
}

/** The query where it was always the same. */
function querySaid(events: readonly EventOf<'outside'>[]): string {
  const queries = [...new Set(events.map(({ url }) => url.slice(withoutQuery(url).length)))]
  return queries.length === 1
    ? (queries[0] ?? '')
    : `?… with ${count(queries.length, 'query', 'queries')}`
}

function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname : undefined
}

/** Thresholds that the run was to keep while steps were in force. */
function checkSafety(history: readonly JournalEvent[]): Verdict {
  const results = of(history, 'safety.judged')
  const stopped = results.find(({ aborted }) => aborted)
  const wanted = stopped ? [stopped] : results
  return combine([
    pass,
    ...wanted.map(({ text, outcome, value = 0 }) => {
      if (outcome === 'holds') return pass
      if (outcome === 'no-data') {
        return inconclusive({ code: 'no-data', message: `nothing was measured for ${text}` })
      }
      const then = stopped ? ': the run was stopped' : ''
      return fail({
        code: 'threshold',
        message: `the threshold ${text} was crossed (${Number(value.toFixed(3))})${then}`,
      })
    }),
  ])
}

function checkReplicas(history: readonly JournalEvent[], expect: Expectation): Verdict {
  const exits = of(history, 'replica.exited')
  if (exits.length === 0 || expect.kind === 'reproduces') return pass
  return fail(
    ...exits.map(({ replica, detail }) => ({
      code: 'replica-died' as const,
      message: `${replica} ended by itself: ${detail}`,
    })),
  )
}
