/** The public API: what scenarios, sites and configurations import from 'aftershock'. */
import type {
  AlsoExpected,
  Expectation,
  ExpectedBreak,
  ExpectedUnderLoad,
  Rollout,
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
  ClockPort,
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
  ResetSpec,
  ClockSpec,
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
  LeakLimits,
  LoadTest,
  LoadThreshold,
  RegressionLimits,
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
  HalfApplied,
  HalfInjected,
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
  clockFault,
  linkFault,
  partition,
  pressureFault,
  serviceFault,
  siteFault,
  timed,
  type ClockFaultOptions,
  type LinkFaultOptions,
  type PartitionOptions,
  type PressureFaultOptions,
  type ServiceAction,
  type ServiceFaultOptions,
  type SiteFaultOptions,
  type Timing,
} from './faults/index.ts'
export { composeStack, type ComposeStackOptions } from './compose/compose-stack.ts'
export { site, type Site } from './fabric/site.ts'

export {
  defineActor,
  defineConfig,
  defineFlow,
  defineLoad,
  defineScenario,
  defineStack,
} from './core/index.ts'

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
