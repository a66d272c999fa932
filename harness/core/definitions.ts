import type { LoadTest } from './load-test.ts'
import type { ProjectConfig } from './project-config.ts'
import type { Actor, Flow, Scenario } from './scenario.ts'
import type { Stack } from './stack.ts'

/** These give a definition its type and return it as it is: a scenario is data. What is wrong with it is found by validation, before anything starts. */
export const defineScenario = (scenario: Scenario): Scenario => scenario
export const defineStack = (stack: Stack): Stack => stack
/** A load test before a launch, the default export of a `*.load.ts`. */
export const defineLoad = (test: LoadTest): LoadTest => test
/** The default export of `aftershock.config.ts`. */
export const defineConfig = (config: ProjectConfig): ProjectConfig => config
export const defineFlow = (flow: Flow): Flow => flow
export const defineActor = (actor: Actor): Actor => actor
