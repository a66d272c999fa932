import { applyPatch, createPatch, Pointer } from 'rfc6902'
import {
  HalfApplied,
  HarnessError,
  isSecretName,
  type Change,
  type ConfigPort,
  type ConfigSnapshot,
  type Effect,
  type ReplicaPort,
  type Rollout,
  type Stack,
} from '../core/index.ts'

/** What every change of a service's configuration document is given. */
export interface ConfigChangeOptions {
  /** Service whose replicas get it. */
  readonly service: string
  /** For people; the name when absent. */
  readonly title?: string
  /** Cells that are meant to change. Every other cell must hold. Default: none. */
  readonly effects?: readonly Effect[]
  /** Default: all replicas at once. */
  readonly rollout?: Rollout
}

/** A program that has next to no processor left, by the very change, is slow to take it back as well. */
const writeTimeoutMs = 15_000
const undoTimeoutMs = 15_000

/** The hash of what a change, or an undo, wrote last. */
const lastWritten = new WeakMap<ConfigPort, string>()

/** A change that turns one configuration document into another. `transform` must not alter what it is given; it throws what is wrong with the patch. */
export function configChange(
  name: string,
  options: ConfigChangeOptions,
  summary: string,
  transform: (document: unknown) => unknown,
): Change {
  const { service, title = name, effects = [], rollout = { kind: 'all' } } = options
  return {
    kind: 'change',
    name,
    title,
    service,
    effects,
    rollout,
    summary,
    validate: (stack) => validateTarget(stack, service),
    async apply(replica, signal) {
      const config = configOf(replica)
      const before = await config.read(signal)
      const wanted = transform(before.document)
      const explain = differenceLines(before.document, wanted)
      if (explain.length === 0) return { explain, undo: () => Promise.resolve() }
      let written: ConfigSnapshot | undefined
      const undo = async (undoSignal: AbortSignal) => {
        const now = await config.read(undoSignal)
        // What no change wrote is not to stay.
        const isShared =
          written && now.hash !== written.hash && now.hash === lastWritten.get(config)
        const without = isShared
          ? takenBack(now.document, before.document, wanted, written?.document)
          : before.document
        if (now.hash === before.hash || isSame(without, now.document)) return
        const { hash } = await config.write(without, now.etag, undoSignal)
        lastWritten.set(config, hash)
      }
      signal.throwIfAborted()
      try {
        // An interrupt does not cut a write off: nobody would know whether it took place.
        written = await config.write(wanted, before.etag, AbortSignal.timeout(writeTimeoutMs))
        lastWritten.set(config, written.hash)
      } catch (error) {
        throw isRefusal(error) ? error : new HalfApplied(error, undo)
      }
      return { explain, undo, undoTimeoutMs }
    },
  }
}

/**
 * A document that other changes have altered since one made `wanted` of `before`, and the replica `written` of that, without what the change
 * did. Throws HarnessError CONFIG_CONFLICT where the same was written over: then they are to be undone first.
 */
function takenBack(
  now: unknown,
  before: unknown,
  wanted: unknown,
  written: unknown,
  at: readonly string[] = [''],
): unknown {
  if (isSame(before, wanted) || isSame(now, before)) return now
  if (isSame(now, written)) return before
  if (!isMembers(now) || !isMembers(before) || !isMembers(wanted) || !isMembers(written)) {
    throw new HarnessError(
      'CONFIG_CONFLICT',
      `${readablePath(new Pointer([...at]).toString())} was written over since by another change`,
      { hint: 'undo that one first' },
    )
  }
  const names = new Set([...Object.keys(now), ...Object.keys(before)])
  const members = [...names].map((name) => {
    const own = [now[name], before[name], wanted[name], written[name]] as const
    return [name, takenBack(...own, [...at, name])] as const
  })
  return Object.fromEntries(members.filter(([, value]) => value !== undefined))
}

function isSame(one: unknown, other: unknown): boolean {
  return createPatch(one, other).length === 0
}

function isMembers(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The replica said that it did not take it. Anything else may have taken place all the same. */
function isRefusal(error: unknown): boolean {
  return error instanceof HarnessError && ['CONFIG_REFUSED', 'CONFIG_CONFLICT'].includes(error.code)
}

function validateTarget(stack: Stack, service: string): string[] {
  const spec = stack.services.find(({ name }) => name === service)
  return spec && !spec.config ? [`changes '${service}', which has no config in the stack`] : []
}

function configOf(replica: ReplicaPort) {
  if (replica.config) return replica.config
  throw new HarnessError('CONFIG_UNREACHABLE', `${replica.id} has no configuration to change`, {
    hint: `give the service '${replica.service}' a config in the stack`,
  })
}

/** `plan.enforce: false -> true`, a line for each place that differs; arrays are compared item by item. Values under a secret's name are not shown. */
export function differenceLines(before: unknown, after: unknown): string[] {
  // Paths into an array count what earlier operations have moved, so each is looked up in the document as they left it.
  const current: unknown = structuredClone(before)
  return createPatch(before, after).map((operation) => {
    const path = readablePath(operation.path)
    const old: unknown = Pointer.fromJSON(operation.path).evaluate(current).value
    applyPatch(current, [structuredClone(operation)])
    const shown = isSecretName(path) ? () => '[redacted]' : shortJson
    switch (operation.op) {
      case 'add':
        return `${path}: (absent) -> ${shown(operation.value)}`
      case 'remove':
        return `${path}: ${shown(old)} -> (absent)`
      case 'replace':
        return `${path}: ${shown(old)} -> ${shown(operation.value)}`
      default:
        return `${path}: ${operation.op}`
    }
  })
}

function readablePath(pointer: string): string {
  const tokens = pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
  return tokens.length === 0
    ? '(document)'
    : tokens.map((t) => (/[.\s]/.test(t) ? `"${t}"` : t)).join('.')
}

function shortJson(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 200 ? `${text.slice(0, 200)}… (${text.length} characters)` : text
}
