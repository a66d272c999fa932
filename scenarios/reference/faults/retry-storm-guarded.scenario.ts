/** The same overload, and a gateway that tries once more and then gives up. */
import { holds } from 'aftershock'
import { referenceScenario } from '../scenario.ts'
import { overload } from './retry-storm.ts'

export default referenceScenario({
  id: 'retry-storm-guarded',
  title: 'One more try and no more: an overloaded service is left in peace',
  ...overload,
  expect: holds(),
})
