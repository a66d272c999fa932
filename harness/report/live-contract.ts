import type { CellId, LinkTarget, PerformedFlow, SiteVariant, Toxic } from '../core/index.ts'
import type { LogLine } from './page-data.ts'

/** What the live page can ask for: what each action takes, and what it answers. Both sides are checked against this. */
export interface LiveContract {
  /** All steps of the scenario, watched and judged. */
  apply: { takes: Nothing; gives: Nothing }
  /** Undoes the steps of the scenario, and watches whether everything comes back. */
  undo: { takes: Nothing; gives: Nothing }
  /** Gives a change of the scenario to the next replica that does not have it. */
  'roll-out': { takes: OneStep; gives: Nothing }
  /** Undoes one step that is in force, whoever put it there. */
  'undo-step': { takes: OneStep; gives: Nothing }
  'read-config': { takes: OneService; gives: ConfigToEdit }
  /** What writing this document would alter, and what its schema says against it. */
  'check-config': { takes: OneService & { readonly document: unknown }; gives: ConfigCheck }
  'write-config': {
    takes: OneService & {
      readonly document: unknown
      /** So many replicas, the first ones. */
      readonly replicas: number
    }
    gives: Nothing
  }
  'set-toxic': { takes: { readonly link: LinkTarget; readonly toxic: Toxic }; gives: Nothing }
  'set-variant': {
    takes: { readonly host: string; readonly variant: SiteVariant }
    gives: Nothing
  }
  /** Flows per second over all cells; 0 ends the load. */
  'set-load': { takes: { readonly ratePerSecond: number }; gives: Nothing }
  'run-flow': { takes: CellId; gives: PerformedFlow }
  /** What services have logged with this trace id by now. */
  'read-trace': {
    takes: { readonly traceId: string }
    gives: { readonly lines: readonly LogLine[] }
  }
  /** Writes what is in force as a scenario file beside the one that runs. */
  /** `load`: how load that was started by hand is judged in it. */
  'save-scenario': {
    takes: Nothing
    gives: { readonly path: string; readonly text: string; readonly load?: string }
  }
}

export type LiveAction = keyof LiveContract
export type Takes<A extends LiveAction> = LiveContract[A]['takes']
export type Gives<A extends LiveAction> = LiveContract[A]['gives']

type Nothing = Readonly<Record<string, never>>

interface OneStep {
  readonly step: string
}

interface OneService {
  readonly service: string
}

export interface ConfigToEdit {
  /** Of the first replica, without its generation. */
  readonly document: unknown
  /** JSON Schema; null where the service offers none. */
  readonly schema: unknown
  /** Replicas whose document is another one. */
  readonly differing: readonly string[]
}

export interface ConfigCheck {
  /** By replica, in order: `path: before -> after`; nothing of one that has the document. */
  readonly alters: readonly { readonly replica: string; readonly difference: readonly string[] }[]
  readonly problems: readonly string[]
}

/** What the live page is told about the session beside the journal. */
export interface LiveState {
  /** Of the scenario's steps: 'starting' until somebody can act, 'partly' when not all replicas have them that are to, 'ended' when everything is being stopped. */
  readonly change: 'starting' | 'applied' | 'partly' | 'not-applied' | 'ended'
  /** What is being done right now, in words. */
  readonly busy?: string
  /** Why the last action failed. */
  readonly problem?: string
  /** Steps in force, in order. */
  readonly inForce: readonly {
    readonly step: string
    readonly title: string
    readonly on: readonly string[]
    readonly byHand: boolean
  }[]
  /** Changes of the scenario that can go to one more replica. */
  readonly rollOuts: readonly {
    readonly step: string
    readonly title: string
    readonly next: string
  }[]
  /** Flows per second of the load that was started by hand; 0 without one. */
  readonly loadPerSecond: number
  readonly system: SystemToAct | null
}

/** What there is to act on. */
export interface SystemToAct {
  readonly services: readonly {
    readonly name: string
    readonly replicas: readonly string[]
    readonly configurable: boolean
  }[]
  readonly links: readonly LinkTarget[]
  readonly sites: readonly { readonly host: string; readonly variants: readonly string[] }[]
}
