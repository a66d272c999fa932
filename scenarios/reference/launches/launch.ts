import { defineLoad, type LoadTest } from 'aftershock'
import { actors } from '../actors.ts'
import { flows } from '../flows/index.ts'
import { referenceSite } from '../stack.ts'

/** Mostly reading, as on any social site. */
const mix = [
  { flow: 'timeline', weight: 4 },
  { flow: 'public-timeline', weight: 2 },
  { flow: 'view-cached-image', weight: 2 },
  { flow: 'open-old-link', weight: 1 },
  { flow: 'post-text', weight: 1 },
]

const thresholds = {
  checks: ['rate>0.99'],
  iteration_duration: ['p(95)<500'],
  dropped_iterations: ['count<1'],
}

type Given = Pick<LoadTest, 'id' | 'title'> &
  Pick<LoadTest['profile'], 'executors'> &
  Partial<LoadTest>

/** A load test on the reference site with its usual traffic and demands. */
export function referenceLoad({ executors, ...given }: Given): LoadTest {
  return defineLoad({
    stack: referenceSite(),
    actors,
    flows,
    profile: { executors, mix, thresholds },
    ...given,
  })
}
