import { defineScenario, type Scenario } from 'aftershock'
import { actors } from './actors.ts'
import { statusPage } from './flows/status.ts'
import { flows } from './flows/index.ts'
import { writes } from './flows/publish.ts'
import { referenceSite } from './stack.ts'

type Given = Pick<Scenario, 'id' | 'title' | 'steps' | 'expect'> & Partial<Scenario>

/** A scenario on the reference site with all of its actors and flows. */
export function referenceScenario(given: Given): Scenario {
  // Where nobody publishes nothing can be lost.
  const publishes = (given.flows ?? flows).some(({ id }) => id.startsWith('post-'))
  const check = publishes ? { writes } : {}
  return defineScenario({ stack: referenceSite(), actors, flows, statusPage, ...check, ...given })
}
