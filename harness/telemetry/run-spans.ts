import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Link,
  type Span,
  type Tracer,
} from '@opentelemetry/api'
import { formatReason, reasonsOf } from '../core/index.ts'
import type { EventOf, FlowTrace, JournalEvent, TracedRequest, Verdict } from '../core/index.ts'
import type { GivenIds } from './given-ids.ts'

/**
 * The spans of a run. One trace has the scenario and, below it, each change and fault for the time in which it was in force. Each run of
 * a flow is a trace of its own, linked to the scenario and to the change in whose window it began, with its requests below it.
 */
export class RunSpans {
  readonly #tracer: Tracer
  readonly #ids: GivenIds
  /** By its name, while in force. */
  readonly #changes = new Map<string, Span>()
  /** Which change a window is about. */
  readonly #changeOf = new Map<string, string>()
  #run: Span | undefined
  #common: Attributes = {}
  /** When the clock of the run was 0. */
  #epochMs = 0

  constructor(tracer: Tracer, ids: GivenIds) {
    this.#tracer = tracer
    this.#ids = ids
  }

  readonly take = (event: JournalEvent): void => {
    if (event.kind === 'run.started') this.#start(event)
    else if (this.#run) this.#follow(event, this.#run)
  }

  #follow(event: JournalEvent, run: Span): void {
    switch (event.kind) {
      case 'window.opened':
        if (event.window.change) this.#changeOf.set(event.window.id, event.window.change)
        return
      case 'change.applied':
        return this.#applied(event, run)
      case 'change.failed':
      case 'undo.failed':
        return this.#failed(event, run)
      case 'change.undone':
        this.#changes.get(event.change)?.end(this.#at(event.atMs))
        this.#changes.delete(event.change)
        return
      case 'cell.judged': {
        const { flow, actor, window, judgement } = event
        if (judgement === 'holds') return
        run.addEvent(`cell ${judgement}`, cellOf({ flow, actor, window }), this.#at(event.atMs))
        return
      }
      case 'sample':
        return this.#sampled(event, run)
      case 'run.ended':
        return this.#end(event, run)
      default:
    }
  }

  #start({ scenario, title, runId, runtime, seed, atMs }: EventOf<'run.started'>): void {
    this.#epochMs = Date.now() - atMs
    this.#common = { 'aftershock.scenario': scenario, 'aftershock.run.id': runId }
    this.#run = this.#tracer.startSpan(`scenario ${scenario}`, {
      root: true,
      startTime: this.#at(atMs),
      attributes: {
        ...this.#common,
        'aftershock.scenario.title': title,
        'aftershock.runtime': runtime,
        'aftershock.seed': seed,
      },
    })
  }

  #applied(event: EventOf<'change.applied'>, run: Span): void {
    const { change, replicas, explain, stage, atMs, durationMs } = event
    const startTime = this.#at(atMs - durationMs)
    const attributes = { ...this.#common, 'aftershock.change': change }
    const span =
      this.#changes.get(change) ??
      this.#tracer.startSpan(`change ${change}`, { startTime, attributes }, below(run))
    this.#changes.set(change, span)
    const what = { replicas: [...replicas], explain: [...explain] }
    span.addEvent('applied', stage === undefined ? what : { ...what, stage }, this.#at(atMs))
  }

  #failed(event: EventOf<'change.failed'> | EventOf<'undo.failed'>, run: Span): void {
    const { kind, change, replica, message, atMs } = event
    const span = this.#changes.get(change) ?? run
    span.addEvent(kind, { change, replica, message }, this.#at(atMs))
    span.setStatus({ code: SpanStatusCode.ERROR, message })
  }

  #sampled(event: EventOf<'sample'>, run: Span): void {
    const { flow, ok, symptom, message, startMs, durationMs, trace: ids } = event
    if (!ids) return
    const change = this.#changes.get(this.#changeOf.get(event.window) ?? '')
    const links: Link[] = [run, ...(change ? [change] : [])].map((span) => ({
      context: span.spanContext(),
    }))
    const attributes = { ...this.#common, ...cellOf(event) }
    const span = this.#ids.startWith(ids, () =>
      this.#tracer.startSpan(`flow ${flow}`, {
        root: true,
        startTime: this.#at(startMs),
        links,
        attributes: symptom === undefined ? attributes : { ...attributes, 'error.type': symptom },
      }),
    )
    if (!ok) span.setStatus({ code: SpanStatusCode.ERROR, message: message ?? 'failed' })
    this.#requests(ids, below(span))
    span.end(this.#at(startMs + durationMs))
  }

  #requests({ requests }: FlowTrace, context: Context): void {
    for (const request of requests) {
      const { method, spanId, startMs, durationMs, status } = request
      const span = this.#ids.startWith({ spanId }, () =>
        this.#tracer.startSpan(
          method,
          {
            kind: SpanKind.CLIENT,
            startTime: this.#at(startMs),
            attributes: requestAttributes(request),
          },
          context,
        ),
      )
      if (status === undefined || status >= 400) span.setStatus({ code: SpanStatusCode.ERROR })
      span.end(this.#at(startMs + durationMs))
    }
  }

  #end({ verdict, atMs }: EventOf<'run.ended'>, run: Span): void {
    const end = this.#at(atMs)
    for (const span of this.#changes.values()) span.end(end)
    this.#changes.clear()
    run.setAttributes(verdictOf(verdict))
    const [first] = reasonsOf(verdict)
    if (verdict.kind === 'fail' && first) {
      run.setStatus({ code: SpanStatusCode.ERROR, message: formatReason(first) })
    }
    run.end(end)
    this.#run = undefined
  }

  #at(atMs: number): number {
    return this.#epochMs + atMs
  }
}

function below(span: Span): Context {
  return trace.setSpan(ROOT_CONTEXT, span)
}

function cellOf(cell: Pick<EventOf<'sample'>, 'flow' | 'actor' | 'window'>): Attributes {
  const { flow, actor, window } = cell
  return { 'aftershock.flow': flow, 'aftershock.actor': actor, 'aftershock.window': window }
}

function verdictOf(verdict: Verdict): Attributes {
  const reasons = reasonsOf(verdict).map(formatReason)
  return { 'aftershock.verdict': verdict.kind, 'aftershock.reasons': reasons }
}

/** After OpenTelemetry's semantic conventions for HTTP clients. */
function requestAttributes({ method, url, status }: TracedRequest): Attributes {
  const parsed = URL.parse(url)
  return {
    'http.request.method': method,
    'url.full': url,
    ...(parsed ? { 'server.address': parsed.hostname } : {}),
    ...(parsed?.port ? { 'server.port': Number(parsed.port) } : {}),
    ...(status === undefined ? {} : { 'http.response.status_code': status }),
    ...(status === undefined || status >= 400
      ? { 'error.type': String(status ?? 'no answer') }
      : {}),
  }
}
