import type { Attributes, Meter } from '@opentelemetry/api'
import type { EventOf, JournalEvent } from '../core/index.ts'

const inSeconds = {
  unit: 's',
  advice: {
    explicitBucketBoundaries: [
      0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
    ],
  },
}

/** The metrics of a run: how long flows and requests took, how cells were judged, how load went, and how the run ended. */
export class RunMetrics {
  readonly #flows
  readonly #requests
  readonly #judgements
  readonly #load
  readonly #runs
  readonly #phases
  #scenario: Attributes = {}

  constructor(meter: Meter) {
    this.#flows = meter.createHistogram('aftershock.flow.duration', {
      ...inSeconds,
      description:
        'How long flows took, by cell and kind of window; those that failed with the symptom',
    })
    this.#requests = meter.createHistogram('http.client.request.duration', {
      ...inSeconds,
      description: 'How long requests of flows took',
    })
    this.#judgements = meter.createCounter('aftershock.cell.judgements', {
      unit: '{judgement}',
      description: 'How cells were judged',
    })
    this.#load = meter.createCounter('aftershock.load.flows', {
      unit: '{flow}',
      description: 'Flows of load: passed, failed, dropped',
    })
    this.#runs = meter.createCounter('aftershock.runs', {
      unit: '{run}',
      description: 'Runs by verdict',
    })
    this.#phases = meter.createGauge('aftershock.run.phase.duration', {
      unit: 's',
      description: 'How long each phase of the run took',
    })
  }

  readonly take = (event: JournalEvent): void => {
    switch (event.kind) {
      case 'run.started':
        this.#scenario = { 'aftershock.scenario': event.scenario }
        return
      case 'sample':
        return this.#sampled(event)
      case 'cell.judged': {
        const judged = { ...this.#cell(event), 'aftershock.judgement': event.judgement }
        this.#judgements.add(1, judged)
        return
      }
      case 'load.second': {
        const { ended, failed, dropped } = event
        const outcomes = { passed: ended - failed, failed, dropped }
        for (const [outcome, count] of Object.entries(outcomes)) {
          this.#load.add(count, { ...this.#scenario, 'aftershock.outcome': outcome })
        }
        return
      }
      case 'run.ended':
        return this.#ended(event)
      default:
    }
  }

  #sampled(event: EventOf<'sample'>): void {
    const { symptom, durationMs, trace } = event
    const cell = this.#cell(event)
    const attributes = symptom === undefined ? cell : { ...cell, 'error.type': symptom }
    this.#flows.record(durationMs / 1_000, attributes)
    for (const { method, status, durationMs: requestMs } of trace?.requests ?? []) {
      const answer = status === undefined ? {} : { 'http.response.status_code': status }
      const asked = { ...this.#scenario, 'http.request.method': method, ...answer }
      this.#requests.record(requestMs / 1_000, asked)
    }
  }

  #ended({ verdict, timings }: EventOf<'run.ended'>): void {
    this.#runs.add(1, { ...this.#scenario, 'aftershock.verdict': verdict.kind })
    for (const [name, ms] of Object.entries(timings)) {
      const phase = { 'aftershock.phase': name.replace(/Ms$/, '') }
      this.#phases.record((ms as number) / 1_000, { ...this.#scenario, ...phase })
    }
  }

  #cell({ flow, actor, window }: Pick<EventOf<'sample'>, 'flow' | 'actor' | 'window'>): Attributes {
    return {
      ...this.#scenario,
      'aftershock.flow': flow,
      'aftershock.actor': actor,
      'aftershock.window': window.split(':', 1)[0] ?? window,
    }
  }
}
