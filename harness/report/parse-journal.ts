import { HarnessError, journalVersion, type JournalEvent, type JournalKind } from '../core/index.ts'

export interface ParsedJournal {
  readonly events: readonly JournalEvent[]
  /** Kinds that this version does not know, and how often each was skipped. */
  readonly skipped: Readonly<Record<string, number>>
  /** Whether the last line was cut in the middle, as a kill -9 leaves it. That line is not among the events. */
  readonly truncated: boolean
}

type MemberType = 'string' | 'number' | 'boolean' | 'object' | 'array'

/** Members without which a report could not be made. More may be there: a journal may grow. */
const required: Record<JournalKind, Readonly<Record<string, MemberType>>> = {
  'run.started': {
    runId: 'string',
    startedAt: 'string',
    scenario: 'string',
    title: 'string',
    runtime: 'string',
    seed: 'number',
    versions: 'object',
    cells: 'array',
    changes: 'array',
    expect: 'object',
  },
  phase: { phase: 'string', text: 'string' },
  'stack.ready': { services: 'array', durationMs: 'number' },
  'state.hashed': { when: 'string', replicas: 'object' },
  'window.opened': { window: 'object' },
  'window.closed': { window: 'object', durationMs: 'number' },
  sample: { flow: 'string', actor: 'string', window: 'string', ok: 'boolean' },
  'cell.judged': {
    flow: 'string',
    actor: 'string',
    window: 'string',
    judgement: 'string',
    evidence: 'object',
  },
  'change.applied': {
    change: 'string',
    replicas: 'array',
    explain: 'array',
    durationMs: 'number',
  },
  'change.failed': { change: 'string', replica: 'string', why: 'string', message: 'string' },
  'change.undone': { change: 'string', replicas: 'array', durationMs: 'number' },
  'undo.failed': { change: 'string', replica: 'string', message: 'string' },
  'status.read': { overall: 'string', components: 'object' },
  'status.judged': { falseGreenMs: 'number', falseRedMs: 'number', brokenMs: 'number' },
  outside: { from: 'string', method: 'string', url: 'string', outcome: 'string' },
  'site.failed': { failedAt: 'number', message: 'string' },
  'outside.counted': { counts: 'array', lost: 'number' },
  'links.counted': { sinceMs: 'number', links: 'array' },
  'fault.told': { fault: 'string', text: 'string' },
  'safety.judged': { text: 'string', outcome: 'string' },
  'escape.checked': {
    change: 'string',
    replica: 'string',
    reads: 'number',
    failedInARow: 'number',
  },
  'writes.checked': {
    ok: 'number',
    unknown: 'number',
    lost: 'object',
    duplicated: 'object',
    unread: 'object',
  },
  'answers.sampled': { flow: 'string', actor: 'string', request: 'string', fields: 'object' },
  'replica.exited': { replica: 'string', detail: 'string' },
  'load.second': { elapsedMs: 'number', started: 'number', flows: 'array', symptoms: 'object' },
  'resources.read': { replicas: 'array' },
  'leaks.judged': { findings: 'array' },
  'load.figures': { test: 'string', run: 'string', cells: 'array' },
  'load.judged': {
    flow: 'string',
    actor: 'string',
    window: 'string',
    judgement: 'string',
    samples: 'number',
    failures: 'number',
  },
  'load.summary': { cells: 'array', thresholds: 'array', selfCheck: 'object' },
  'load.breakpoint': { trials: 'number', first: 'array' },
  'hand.acted': { action: 'string', text: 'string' },
  'flow.performed': { flow: 'string', actor: 'string', ok: 'boolean', exchanges: 'array' },
  interrupted: { signal: 'string' },
  'run.failed': { message: 'string' },
  'verdict.reached': { verdict: 'object' },
  'baseline.compared': { outcome: 'string', title: 'string', lead: 'array', worse: 'array' },
  'run.ended': { verdict: 'object', timings: 'object', outsideRequests: 'number' },
}

/**
 * The events of a journal's text (NDJSON). Unknown kinds are skipped and counted, a last line without its line break may be
 * cut off. Throws HarnessError JOURNAL_UNREADABLE for anything else that is not a journal of this version, with the line's number.
 */
export function parseJournal(text: string): ParsedJournal {
  const lines = text.split('\n')
  const reader = new JournalReader()
  const events = lines.flatMap((line, index) => reader.line(line, index === lines.length - 1) ?? [])
  return { events, ...reader.end() }
}

/** Reads a journal line by line, for those that are too long to hold. Throws what `parseJournal` throws. */
export class JournalReader {
  #number = 0
  #known = 0
  #truncated = false
  readonly #skipped = new Map<string, number>()

  /** The event of the next line, if it holds one that this version knows. The last line may be cut off. */
  line(raw: string, isLast: boolean): JournalEvent | undefined {
    this.#number += 1
    const line = (this.#number === 1 ? raw.replace(/^\uFEFF/, '') : raw).trim()
    if (line === '') return undefined
    const value = parseLine(line)
    if (value === undefined && isLast) {
      this.#truncated = true
      return undefined
    }
    const event = readEvent(value, this.#number)
    if (isKnown(event)) {
      this.#known += 1
      return event
    }
    this.#skipped.set(event.kind, (this.#skipped.get(event.kind) ?? 0) + 1)
    return undefined
  }

  end(): Omit<ParsedJournal, 'events'> {
    if (this.#known === 0) {
      throw unreadable(
        this.#truncated
          ? 'the journal was cut off in its first line'
          : 'the journal is empty: it holds no event that this version knows',
      )
    }
    return { skipped: Object.fromEntries(this.#skipped), truncated: this.#truncated }
  }
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined // the caller knows whether this line may be cut off
    throw error
  }
}

type Line = Readonly<Record<string, unknown>> & { readonly kind: string }

function readEvent(value: unknown, lineNumber: number): Line {
  if (value === undefined) throw unreadable(`line ${lineNumber} of the journal is not JSON`)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw unreadable(`line ${lineNumber} of the journal is not an event: a JSON object is needed`)
  }
  const line = value as Record<string, unknown>
  if (typeof line['kind'] !== 'string') {
    throw unreadable(`line ${lineNumber} of the journal has no 'kind'`)
  }
  if (line['kind'] === 'run.started') checkVersion(line['version'])
  const members: Readonly<Record<string, MemberType>> = Object.hasOwn(required, line['kind'])
    ? { atMs: 'number', ...required[line['kind'] as JournalKind] }
    : {}
  for (const [member, type] of Object.entries(members)) {
    if (!isOfType(line[member], type)) {
      throw unreadable(
        `line ${lineNumber} of the journal (${line['kind']}) needs '${member}' as ${article(type)}`,
      )
    }
  }
  return line as Line
}

function checkVersion(version: unknown): void {
  if (version === journalVersion) return
  const told = typeof version === 'number' ? `has version ${version}` : 'does not say its version'
  throw unreadable(
    `the journal ${told}; this aftershock reads version ${journalVersion}`,
    'Use the aftershock that wrote it, or run the scenario again with this one.',
  )
}

function isKnown(line: unknown): line is JournalEvent {
  return Object.hasOwn(required, (line as Line).kind)
}

function isOfType(value: unknown, type: MemberType): boolean {
  if (type === 'array') return Array.isArray(value)
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value)
  return typeof value === type
}

function article(type: MemberType): string {
  return type === 'object' || type === 'array' ? `an ${type}` : `a ${type}`
}

function unreadable(
  message: string,
  hint = 'Pass a journal.ndjson as a run wrote it; a broken line in the middle means that the file was altered.',
): HarnessError {
  return new HarnessError('JOURNAL_UNREADABLE', message, { hint })
}
