/** The public API: what scenarios, sites and configurations import from 'aftershock'. */
import type {
  Actor,
  AlsoExpected,
  Expectation,
  ExpectedBreak,
  ExpectedUnderLoad,
  Flow,
  LoadTest,
  ProjectConfig,
  Rollout,
  Scenario,
  Stack,
} from './core/index.ts'

export type {
  Actor,
  AlsoExpected,
  AmplificationLimit,
  AppliedChange,
  BuildSpec,
  CellSelector,
  Change,
  CommandSpec,
  ConfigPort,
  ConfigSnapshot,
  ContainerPatch,
  ContainerPort,
  ContainerSettings,
  Effect,
  Exchange,
  Expectation,
  ExpectedBreak,
  ExpectedUnderLoad,
  Fault,
  Flow,
  FlowContext,
  HttpClient,
  HttpConfigSpec,
  HttpRequest,
  HttpResponse,
  ImageSpec,
  Incident,
  IncidentSource,
  JudgementOptions,
  LoadExecutor,
  LoadJudgementOptions,
  LoadProfile,
  LoadShare,
  LoadTest,
  LoadThreshold,
  OutsideLimit,
  ProjectConfig,
  ReplicaPort,
  Resources,
  Rollout,
  Scenario,
  ServiceSpec,
  SiteVariant,
  Stack,
  PendingWrite,
  PowerPort,
  PressurePort,
  Step,
  WriteCheck,
  WriteRecord,
  Writes,
  StatusPageExpectation,
  StatusPageProbe,
  StatusReading,
  StatusState,
  Toxic,
  ToxicMatch,
} from './core/index.ts'
export {
  FlowFailure,
  HarnessError,
  at,
  during,
  everyOrder,
  repeat,
  statuspageSummary,
  undo,
  wait,
  whileHolding,
} from './core/index.ts'
export {
  envChange,
  fileChange,
  imageChange,
  jsonPatch,
  mergePatch,
  resourceChange,
  type ConfigChangeOptions,
  type ContainerChangeOptions,
  type EnvPatch,
  type FileChangeOptions,
  type Reload,
} from './changes/index.ts'
export {
  linkFault,
  partition,
  pressureFault,
  serviceFault,
  siteFault,
  timed,
  type LinkFaultOptions,
  type PartitionOptions,
  type PressureFaultOptions,
  type ServiceAction,
  type ServiceFaultOptions,
  type SiteFaultOptions,
  type Timing,
} from './faults/index.ts'
export { site, type Site } from './fabric/site.ts'

/** These give a definition its type and return it as it is: a scenario is data. What is wrong with it is found by validation, before anything starts. */
export const defineScenario = (scenario: Scenario): Scenario => scenario
export const defineStack = (stack: Stack): Stack => stack
/** A load test before a launch, the default export of a `*.load.ts`. */
export const defineLoad = (test: LoadTest): LoadTest => test
/** The default export of `aftershock.config.ts`. */
export const defineConfig = (config: ProjectConfig): ProjectConfig => config
export const defineFlow = (flow: Flow): Flow => flow
export const defineActor = (actor: Actor): Actor => actor

/** Every cell holds, or changes as the steps declare. */
export function holds(also: AlsoExpected = {}): Expectation {
  return { kind: 'holds', ...also }
}

/** An incident: these cells break, in the named way where a symptom is given; all others hold. */
export function reproduces(
  broken: readonly ExpectedBreak[],
  options: {
    readonly statusPageLies?: boolean
    readonly underLoad?: readonly ExpectedUnderLoad[]
  } & AlsoExpected = {},
): Expectation {
  return { kind: 'reproduces', broken, ...options }
}

export const allReplicas: Rollout = { kind: 'all' }

/** The first `count` replicas only. */
export function replicas(count: number): Rollout {
  return { kind: 'count', replicas: count }
}

/** Stage by stage, each watched before the next: `staged(1, 'all')`. */
export function staged(...stages: readonly (number | 'all')[]): Rollout {
  return { kind: 'staged', stages }
}
