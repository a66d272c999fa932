import { defineScenario, type Scenario } from 'aftershock'
import { actors } from './actors.ts'
import { statusPage } from './flows/status.ts'
import { flows } from './flows/index.ts'
import { referenceSite } from './stack.ts'

type Given = Pick<Scenario, 'id' | 'title' | 'steps' | 'expect'> & Partial<Scenario>

/** A scenario on the reference site with all of its actors and flows. */
export function referenceScenario(given: Given): Scenario {
  return defineScenario({ stack: referenceSite(), actors, flows, statusPage, ...given })
}
