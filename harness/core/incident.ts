/** What happened for real, where a scenario reproduces an outage: facts for lists and pages; nothing of it takes part in a run. */
export interface Incident {
  /** The day on which it began, as the sources name it: '2023-03-06'. */
  readonly date: string
  readonly organisation: string
  /** As in the sources: 'about an hour', '40 min'. */
  readonly durationText: string
  /** How the change led to the outage, in one sentence. */
  readonly mechanism: string
  /** Practices that would have shown it before release. Not empty. */
  readonly caughtBy: readonly string[]
  /** Not empty. */
  readonly sources: readonly IncidentSource[]
  /** Set on the scenario that shows the missing protection at work: id of the one without it. */
  readonly guardOf?: string
}

export interface IncidentSource {
  readonly title: string
  /** https. */
  readonly url: string
  /** Of the organisation itself or an authority, or what others wrote. */
  readonly kind: 'own report' | 'press'
}
