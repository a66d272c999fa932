import type {
  ConfigPort,
  EventBody,
  LinkCount,
  LoopStrain,
  OutsideRecord,
  Redactor,
  ReplicaPort,
  ReplicaResources,
  ServiceInfo,
  SystemPort,
  Stack,
  WantedSite,
} from '../core/index.ts'

/** What starts a stack: processes here, containers, or anything else that a team has. */
export interface Runtime {
  readonly name: string
  /** What is wrong with the sites of the stack (modules, as file URLs) or with what is wanted of them, one text each, without starting anything. */
  checkSites?(modules: readonly string[], wanted: readonly WantedSite[]): Promise<readonly string[]>
  /** Starts everything in parallel and returns when every replica is healthy. Cleans up after itself when it throws. */
  start(stack: Stack, options: StartOptions): Promise<RunningStack>
}

export interface StartOptions {
  readonly runId: string
  readonly seed: number
  /** Where logs of services go: `<logDir>/<replica>.log`. Exists. */
  readonly logDir: string
  /** Secrets that the runtime makes are registered here before they are used. */
  readonly redactor: Redactor
  readonly signal: AbortSignal
  /** Said while starting: one short sentence each. */
  readonly onProgress: (text: string) => void
  /** A replica that ends without having been asked to, after it was ready. */
  readonly onExit: (exit: EventBody<'replica.exited'>) => void
}

export interface RunningReplica extends ReplicaPort {
  readonly config: ConfigPort | undefined
}

/** A started stack. Disposing it stops everything, is idempotent and bounded in time. */
export interface RunningStack extends AsyncDisposable, SystemPort {
  readonly services: readonly ServiceInfo[]
  readonly replicas: readonly RunningReplica[]
  /** The proxy through which the outside world is reached, with credentials for actors in its URL. */
  readonly proxyUrl: string
  /** Of the authority that vouches for the external sites over https, as PEM. Absent: only sites over http can be read. */
  readonly caCertificate?: string
  /** A private directory that goes with the run, however it ends. */
  readonly scratchDir: string
  /** Requests to the outside with a sequence number greater than `after`, oldest first. */
  outside(after: number, signal: AbortSignal): Promise<readonly OutsideRecord[]>
  /**
   * What passed since the start: from actors to services, between services, and to the outside, where who asks is a replica, 'actor' or 'unknown'.
   * Absent where nobody counts.
   */
  counted?(signal: AbortSignal): Promise<readonly LinkCount[]>
  /** What that through which all passes went through since it was last asked. Absent where it tells nothing of itself. */
  strain?(signal: AbortSignal): Promise<LoopStrain>
  /** Absent where it cannot be used again. */
  readonly resettable?: Resettable
  /** What the programs of replicas use now; those of which nothing is known are left out. Absent where nothing can be read. */
  resources?(signal: AbortSignal): Promise<readonly ReplicaResources[]>
}

/** What makes a stack fit for another run. Nothing else may use the stack meanwhile. */
export interface Resettable {
  /**
   * Makes it what it was when it had just started, with the variables of `stack`, which may differ in those only that its services name.
   * Logs go to the new `logDir` from then on. Throws when it cannot: then the stack is of no use any more.
   */
  reset(stack: Stack, options: StartOptions): Promise<void>
  /** By replica: the hash of all that it keeps. */
  stateHashes(signal: AbortSignal): Promise<Readonly<Record<string, string>>>
}

/** Time and chance, injected together so that a run can be replayed in tests. */
export interface Clock {
  /** Monotonic, in ms. */
  now(): number
  sleep(durationMs: number, signal: AbortSignal): Promise<void>
}
