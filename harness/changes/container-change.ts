import {
  HarnessError,
  type AppliedChange,
  type Change,
  type ContainerPort,
  type Effect,
  type ReplicaPort,
  type Rollout,
} from '../core/index.ts'

/** What every change of a container is given. */
export interface ContainerChangeOptions {
  /** Service whose replicas get it. */
  readonly service: string
  /** For people; the name when absent. */
  readonly title?: string
  /** Cells that are meant to change. Every other cell must hold. Default: none. */
  readonly effects?: readonly Effect[]
  /** Default: all replicas. Those of a service that are made anew are so one after the other. */
  readonly rollout?: Rollout
}

/** A container that is made anew stops, starts and becomes healthy, twice if need be, and may wait for others of its service. */
const undoTimeoutMs = 120_000

/** A change of containers, whatever it does to them. `validate` says what is wrong with it apart from its service. */
export function containerChange(
  name: string,
  options: ContainerChangeOptions,
  summary: string,
  validate: () => readonly string[],
  apply: (
    container: ContainerPort,
    signal: AbortSignal,
  ) => Promise<Omit<AppliedChange, 'undoTimeoutMs'>>,
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
    needs: 'containers',
    validate: () => validate(),
    async apply(replica, signal) {
      const { explain, undo } = await apply(containerOf(replica), signal)
      return { explain, undo, undoTimeoutMs }
    },
  }
}

function containerOf({ id, container }: ReplicaPort): ContainerPort {
  if (container) return container
  throw new HarnessError('RUNTIME_UNAVAILABLE', `${id} is no container`, {
    hint: 'run the scenario with --runtime containers',
  })
}
