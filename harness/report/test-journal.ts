import {
  journalVersion,
  type CellId,
  type EventBody,
  type EventOf,
  type Exchange,
  type Expectation,
  type JournalEvent,
  type JournalKind,
  type Judgement,
  type Verdict,
} from '../core/index.ts'

type Started = EventBody<'run.started'>

/** Writes journals for tests, event by event, on a clock of its own. */
export class JournalBuilder {
  readonly events: JournalEvent[] = []
  nowMs = 0

  emit<K extends JournalKind>(kind: K, body: EventBody<K>): this {
    this.events.push({ kind, atMs: this.nowMs, ...body } as unknown as EventOf<K>)
    return this
  }

  after(durationMs: number): this {
    this.nowMs += durationMs
    return this
  }

  start(overrides: Partial<Started> = {}): this {
    return this.emit('run.started', { ...twitterRun(), ...overrides })
  }

  open(id: string, change?: string): this {
    const [kind, , , stage] = id.split(':')
    return this.emit('window.opened', {
      window: {
        id,
        kind: kind as 'baseline' | 'change' | 'recovery',
        ...(change === undefined ? {} : { change }),
        ...(stage === undefined ? {} : { stage: Number(stage) }),
      },
    })
  }

  close(id: string, durationMs = 800): this {
    const kind = id.split(':')[0] as 'baseline' | 'change' | 'recovery'
    return this.emit('window.closed', { window: { id, kind }, durationMs })
  }

  /** One sample of a cell, failed where there is a symptom. */
  sample(
    window: string,
    cell: CellId,
    symptom?: string,
    exchange?: Exchange,
    message?: string,
  ): this {
    return this.emit('sample', {
      ...cell,
      window,
      ok: symptom === undefined,
      ...(symptom === undefined ? {} : { symptom, message: message ?? `got ${symptom}` }),
      ...(exchange ? { exchange } : {}),
      startMs: this.nowMs,
      durationMs: 4,
    })
  }

  judge(
    window: string,
    cell: CellId,
    judgement: Judgement,
    seen: { symptom?: string; declared?: string; failures?: number; note?: string } = {},
  ): this {
    const failures = seen.failures ?? (seen.symptom === undefined ? 0 : 12)
    return this.emit('cell.judged', {
      ...cell,
      window,
      judgement,
      ...(seen.declared === undefined ? {} : { declared: seen.declared }),
      evidence: {
        samples: 12,
        failures,
        symptoms: seen.symptom === undefined ? {} : { [seen.symptom]: failures },
        eValue: failures > 0 ? 1e6 : 0.1,
        smallestDetectable: 0.22,
        judgedMs: 640,
        ...(seen.note === undefined ? {} : { note: seen.note }),
      },
    })
  }

  end(verdict: Verdict, timings: Partial<EventBody<'run.ended'>['timings']> = {}): this {
    this.emit('verdict.reached', { verdict })
    return this.emit('run.ended', {
      verdict,
      timings: { totalMs: this.nowMs, ...timings },
      outsideRequests: this.events.filter((event) => event.kind === 'outside').length,
    })
  }

  text(): string {
    return this.events.map((event) => `${JSON.stringify(event)}\n`).join('')
  }
}

const people = ['web', 'mobile', 'power']
const everyone = [...people, 'visitor', 'paid-api', 'free-api']
const twitterFlows: Readonly<Record<string, readonly string[]>> = {
  'sign-in': people,
  timeline: [...people, 'visitor'],
  'post-text': [...people, 'paid-api', 'free-api'],
  'post-image': [...people, 'paid-api'],
  'post-link': [...people, 'paid-api'],
  'view-new-image': [...people, 'visitor'],
  'view-old-image': [...people, 'visitor'],
  'view-popular-image': [...people, 'visitor'],
  'open-link': [...people, 'visitor'],
  'open-old-link': [...people, 'visitor'],
  preview: people,
  terms: [...people, 'visitor'],
  'api-read': ['paid-api', 'free-api'],
  'status-page': everyone,
  'internal-lookup': ['svc-media', 'svc-link'],
}

export const twitterCells = Object.entries(twitterFlows).flatMap(([flow, actors]) =>
  actors.map((actor) => ({
    flow,
    actor,
    flowTitle: flow.replaceAll('-', ' '),
    actorTitle: `the ${actor.replaceAll('-', ' ')} client`,
  })),
)

export const planChange = {
  kind: 'change' as const,
  name: 'enforce-plans',
  title: 'enforce API plans',
  summary: 'API plans are enforced for every client',
  service: 'gateway',
  effects: [{ flows: ['api-read', 'post-text'], actors: ['free-api'], becomes: '403/467' }],
}

const planBody =
  '{"errors":[{"message":"Your current API plan does not include access to this endpoint, please see https://developer.chirp.test/en/docs/api for more information","code":467}]}'

function twitterRun(): Started {
  return {
    version: journalVersion,
    runId: '20261124-043307-7f3a',
    startedAt: '2026-11-24T04:33:07.000Z',
    scenario: 'twitter-api-plan',
    title: 'Twitter, 2023-03-06: API plans enforced without exempting the own clients',
    runtime: 'processes',
    seed: 20230306,
    args: ['run', 'twitter-api-plan'],
    versions: { aftershock: '0.1.0', node: '26.10.0' },
    git: { head: '4f2c1a9', dirty: false },
    cells: twitterCells,
    changes: [planChange],
    expect: { kind: 'reproduces', broken: [{ symptom: '403/467' }], statusPageLies: true },
    judgement: {
      toleratedRatio: 0.01,
      detectRatio: 0.3,
      falseAlarm: 0.001,
      miss: 0.05,
      windowMs: 20_000,
    },
    allowOutside: [],
  }
}

export const holds: Expectation = { kind: 'holds' }

export function planExchange(cell: CellId, overrides: Partial<Exchange> = {}): Exchange {
  return {
    method: cell.flow.startsWith('post-') ? 'POST' : 'GET',
    url: `http://gateway.test/api/${cell.flow}/8812`,
    requestHeaders: { 'x-app-key': '[redacted]' },
    status: 403,
    responseHeaders: { 'content-type': 'application/json' },
    responseBody: planBody,
    servedBy: 'gateway-1',
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    durationMs: 3.4,
    ...overrides,
  }
}

const survivors = new Set(['sign-in', 'timeline', 'post-text', 'status-page', 'view-popular-image'])

/** The symptom that a cell of the incident shows, if it breaks; svc-link loses its lookup by a timeout. */
export function incidentSymptom({ flow, actor }: CellId): string | undefined {
  if (flow === 'timeline' && actor === 'visitor') return '403/467'
  if (actor === 'free-api' || actor === 'paid-api') return undefined
  if (flow === 'internal-lookup' && actor === 'svc-link') return 'timeout'
  return survivors.has(flow) ? undefined : '403/467'
}

function isFreePlan({ flow, actor }: CellId): boolean {
  return actor === 'free-api' && (flow === 'api-read' || flow === 'post-text')
}

export interface IncidentOptions {
  readonly started?: Partial<Started>
  readonly verdict?: Verdict
  readonly exchange?: Partial<Exchange>
}

/** The whole incident: baseline, change, undo, recovery, end. 34 of 58 cells or so break. */
export function incident(options: IncidentOptions = {}): JournalBuilder {
  const journal = upToChange(options)
  journal.after(300).close('change:1', 940)
  journal.emit('phase', { phase: 'undoing', text: 'undoing enforce API plans' })
  journal.after(60).emit('change.undone', {
    change: planChange.name,
    replicas: ['gateway-1', 'gateway-2'],
    durationMs: 60,
  })
  journal.emit('phase', { phase: 'recovering', text: 'waiting for the steady state' })
  journal.open('recovery')
  for (const cell of twitterCells) {
    journal.after(12).sample('recovery', cell).judge('recovery', cell, 'holds')
  }
  journal.close('recovery', 800)
  journal.emit('status.judged', { falseGreenMs: 3100, falseRedMs: 0, brokenMs: 3100 })
  journal.emit('phase', { phase: 'tearing-down', text: 'stopping the stack' }).after(200)
  return journal.end(options.verdict ?? { kind: 'pass' }, {
    startMs: 1210,
    baselineMs: 900,
    applyMs: 80,
    verdictMs: 940,
    undoMs: 60,
    recoveryMs: 800,
    teardownMs: 200,
  })
}

/** As far as the change has broken what it breaks; neither undone nor ended. */
export function upToChange(options: IncidentOptions = {}): JournalBuilder {
  const journal = upToBaseline(options)
  journal.emit('phase', { phase: 'applying', text: 'applying enforce API plans' })
  journal.after(80).emit('change.applied', {
    change: planChange.name,
    replicas: ['gateway-1', 'gateway-2'],
    explain: ['plan.enforce: false -> true', 'plan.exemptClients: ["web","mobile"] -> []'],
    durationMs: 80,
  })
  journal.emit('phase', { phase: 'watching', text: 'watching what enforce API plans does' })
  journal.open('change:1', planChange.name)
  for (const cell of twitterCells) {
    const symptom = isFreePlan(cell) ? '403/467' : incidentSymptom(cell)
    const exchange =
      symptom === 'timeout'
        ? { ...withoutAnswer(planExchange(cell)), error: 'no answer within 5000 ms' }
        : planExchange(cell, options.exchange)
    journal.after(9).sample('change:1', cell, symptom, symptom ? exchange : undefined)
    if (isFreePlan(cell)) {
      journal.judge('change:1', cell, 'effect', { symptom: '403/467', declared: '403/467' })
    } else if (symptom) journal.judge('change:1', cell, 'broken', { symptom })
    else journal.judge('change:1', cell, 'holds')
  }
  return journal
}

/** Through a baseline in which every cell holds. */
export function upToBaseline(options: IncidentOptions = {}): JournalBuilder {
  const journal = new JournalBuilder().start(options.started)
  journal.emit('phase', { phase: 'starting', text: 'starting the stack' }).after(1210)
  journal.emit('stack.ready', { services: [], proxyUrl: 'http://127.0.0.1:1', durationMs: 1210 })
  journal.emit('phase', { phase: 'baseline', text: 'measuring the steady state' })
  journal.open('baseline')
  for (const cell of twitterCells) {
    journal.after(15).sample('baseline', cell).judge('baseline', cell, 'holds')
  }
  return journal.close('baseline', 900)
}

function withoutAnswer(exchange: Exchange): Exchange {
  const { method, url, requestHeaders, durationMs } = exchange
  return { method, url, requestHeaders, durationMs }
}
