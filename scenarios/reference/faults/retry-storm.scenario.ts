/**
 * A service that is overloaded answers 503, and who asks it tries again, nine times in all: what was too much already becomes many times as much.
 * Users see the same failure with and without the retries. The verdict is fail, by the limit on what the gateway asks for each request that it gets.
 */
import { holds } from 'aftershock'
import { referenceScenario } from '../scenario.ts'
import { referenceSite } from '../stack.ts'
import { overload } from './retry-storm.ts'

export default referenceScenario({
  id: 'retry-storm',
  title: 'Retries without a limit: an overloaded service is asked many times as often',
  demonstrates: 'fail',
  stack: referenceSite({ gateway: { retry: { max: 8, baseMs: 5, jitter: 0.5 } } }),
  ...overload,
  expect: holds(),
})
