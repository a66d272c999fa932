import { setTimeout as delay } from 'node:timers/promises'
import {
  HalfApplied,
  HalfInjected,
  HarnessError,
  describeError,
  type Change,
  type Emit,
  type Fault,
  type InjectedFault,
  type SystemPort,
} from '../core/index.ts'
import type { RunningReplica } from './ports.ts'

/** A change on one replica, or a fault, that is to be undone. */
export interface Applied {
  readonly step: string
  /** The replica, or what the fault is on. */
  readonly on: readonly string[]
  /** Resolves to why, where it did nothing while it was in force. */
  undo(signal: AbortSignal): Promise<string | void>
  readonly undoTimeoutMs?: number
  /** All was already as the change would have it. */
  readonly isNoop?: boolean
}

export interface StageResult {
  readonly applied: readonly Applied[]
  /** Where it is in force, in order, be it that others did not take it. */
  readonly on: readonly string[]
  readonly explain: readonly string[]
  readonly complete: boolean
}

/** Applies a change to these replicas in parallel. Whatever fails is journaled; what did apply is returned all the same, so that it can be undone. */
export async function applyToReplicas(
  change: Change,
  replicas: readonly RunningReplica[],
  emit: Emit,
  signal: AbortSignal,
): Promise<StageResult> {
  const results = await Promise.allSettled(replicas.map((replica) => change.apply(replica, signal)))
  const applied: Applied[] = []
  const explained = new Map<string, string[]>()
  let complete = true
  for (const [i, result] of results.entries()) {
    const replica = (replicas[i] as RunningReplica).id
    if (result.status === 'rejected') {
      complete = false
      const reason: unknown = result.reason
      emit('change.failed', { change: change.name, replica, ...failureOf(reason, signal) })
      if (reason instanceof HalfApplied) {
        applied.push({ step: change.name, on: [replica], undo: (s) => reason.undo(s) })
      }
      continue
    }
    const { explain, undoTimeoutMs } = result.value
    applied.push({
      step: change.name,
      on: [replica],
      undo: (s) => result.value.undo(s),
      isNoop: explain.length === 0,
      ...(undoTimeoutMs === undefined ? {} : { undoTimeoutMs }),
    })
    if (explain.length === 0) {
      complete = false
      const message = 'the configuration is the same before and after'
      emit('change.failed', { change: change.name, replica, why: 'noop', message })
      continue
    }
    const text = explain.join('\n')
    explained.set(text, [...(explained.get(text) ?? []), replica])
  }
  const taken = [...explained.values()].flat()
  const on = replicas.flatMap(({ id }) => (taken.includes(id) ? [id] : []))
  return { applied, on, explain: explainLines(explained), complete }
}

/** Injects a fault. One that cannot be injected is journaled. */
export async function injectFault(
  fault: Fault,
  system: SystemPort,
  emit: Emit,
  signal: AbortSignal,
): Promise<StageResult> {
  try {
    const injected = await fault.inject(system, signal, (text) =>
      emit('fault.told', { fault: fault.name, text }),
    )
    const { on, explain } = injected
    return { applied: [appliedFault(fault, injected)], on, explain, complete: true }
  } catch (error) {
    emit('change.failed', {
      change: fault.name,
      replica: 'the system',
      ...failureOf(error, signal),
    })
    const applied = error instanceof HalfInjected ? [appliedFault(fault, error.injected)] : []
    return { applied, on: applied.flatMap(({ on }) => on), explain: [], complete: false }
  }
}

function appliedFault({ name }: Fault, injected: Omit<InjectedFault, 'explain'>): Applied {
  const { on, healTimeoutMs } = injected
  return {
    step: name,
    on,
    undo: (signal) => injected.heal(signal),
    ...(healTimeoutMs === undefined ? {} : { undoTimeoutMs: healTimeoutMs }),
  }
}

/** One difference for all replicas is said once; different ones are said by replica. */
function explainLines(explained: ReadonlyMap<string, readonly string[]>): string[] {
  const entries = [...explained]
  if (entries.length <= 1) return entries.flatMap(([text]) => text.split('\n'))
  return entries.flatMap(([text, replicas]) =>
    text.split('\n').map((line) => `${replicas.join(', ')}: ${line}`),
  )
}

function failureOf(
  thrown: unknown,
  signal: AbortSignal,
): {
  why: 'refused' | 'conflict' | 'unreachable'
  message: string
} {
  const reason = thrown instanceof HalfApplied ? thrown.cause : thrown
  const code = reason instanceof HarnessError ? reason.code : undefined
  const isLate = signal.aborted && (signal.reason as Error | undefined)?.name === 'TimeoutError'
  const limit = isLate ? 'the time of the step (safety.stepTimeoutMs) was over: ' : ''
  const message = limit + describeError(reason)
  if (code === 'CONFIG_REFUSED') return { why: 'refused', message }
  return { why: code === 'CONFIG_CONFLICT' ? 'conflict' : 'unreachable', message }
}

const undoTries = 3
/** A replica that is down for a moment is not to use them all up. */
const betweenTriesMs = 250
/** Of something that has been told to stop. */
export const stopsWithinMs = 2_000
const defaultUndoTimeoutMs = 5_000

/**
 * Undoes and heals in reverse order of application. Goes on after a failure and journals it; bounded in time on its own, so that it works
 * after an interrupt. Returns what could not be undone, last first.
 */
export async function undoAll(
  applied: Applied[],
  emit: Emit,
  now: () => number,
): Promise<readonly Stuck[]> {
  const stuck: Stuck[] = []
  while (applied.length > 0) {
    const { step: change } = applied.at(-1) as Applied
    const startMs = now()
    const replicas: string[] = []
    let isUndone = false
    let idle: string | undefined
    while (applied.at(-1)?.step === change) {
      const last = applied.pop() as Applied
      const result = await tryUndo(last)
      if (!('error' in result)) {
        replicas.push(...last.on)
        isUndone = true
        idle ??= result.idle
        continue
      }
      stuck.push({ applied: last, isOver: result.isOver })
      const message = describeError(result.error)
      emit('undo.failed', { change, replica: last.on.join(', '), message })
    }
    if (!isUndone) continue
    const durationMs = now() - startMs
    emit('change.undone', { change, replicas, durationMs, ...(idle === undefined ? {} : { idle }) })
  }
  return stuck
}

/** What could not be undone. `isOver`: nothing is at it any more, so that it can be tried again. */
export interface Stuck {
  readonly applied: Applied
  readonly isOver: boolean
}

/** It is done. `idle`: why it did nothing while it was in force, where it did nothing. */
interface Undone {
  readonly idle: string | undefined
}

interface Failure {
  readonly error: unknown
  readonly isOver: boolean
}

/** One try; undefined when it goes on although its time is over. */
async function oneTry({
  undo,
  undoTimeoutMs = defaultUndoTimeoutMs,
}: Applied): Promise<Undone | undefined> {
  const waiting = new AbortController()
  const over = delay(undoTimeoutMs + stopsWithinMs, undefined, { signal: waiting.signal })
  try {
    const done = undo(AbortSignal.timeout(undoTimeoutMs)).then((idle) => ({
      idle: idle ?? undefined,
    }))
    return await Promise.race([done, over])
  } finally {
    waiting.abort()
    over.catch(() => undefined)
  }
}

/** Some tries. */
export async function tryUndo(applied: Applied): Promise<Undone | Failure> {
  let error: unknown
  for (let i = 0; i < undoTries; i += 1) {
    if (i > 0) await delay(betweenTriesMs)
    try {
      const undone = await oneTry(applied)
      if (undone) return undone
      // It is still at it: a second try would run beside the first one.
      const late = new Error('it was not done in time, and did not stop when it was told to')
      return { error: late, isOver: false }
    } catch (thrown) {
      error = thrown
    }
  }
  return { error, isOver: true }
}
