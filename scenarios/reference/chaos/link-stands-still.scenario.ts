/**
 * A replica of the link service stands still for 300 ms in each second, as when memory is collected or a neighbour takes the processor. Who asks
 * waits that long; nobody may be refused, and nobody may be told that links are out.
 */
import { holds, serviceFault, timed, wait } from 'aftershock'
import { flows } from '../flows/index.ts'
import { referenceScenario } from '../scenario.ts'

export default referenceScenario({
  id: 'link-stands-still',
  title: 'A link replica that stands still for 300 ms in each second: slower, and nothing else',
  flows: flows.filter(({ id }) => id.includes('link') || id === 'status-page'),
  steps: [
    timed(serviceFault('link-stands-still', { replica: 'link-2', action: 'pause' }), {
      forMs: 300,
      everyMs: 1_000,
    }),
    wait('for-two-more', 2_000),
  ],
  expect: holds({ statusPage: { neverFalselyRedForMs: 0 } }),
  safety: {
    thresholds: { checks: [{ threshold: 'rate>0.95', abortOnFail: true, delayAbortEval: '2s' }] },
  },
})
