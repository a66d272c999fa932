/**
 * AWS, us-east-1, 2025-10-20, 06:48 to 09:40 UTC for DynamoDB, up to 14 hours for what builds on it. Two programs applied plans for the addresses of an
 * endpoint; a late one put an old plan in place of a newer one, the old plan was then deleted, and the endpoint was left without any address.
 * The programs could not mend it, people had to. The health dashboard told of errors 23 minutes after the start.
 * Here the plan of the gateway's upstreams is replaced by an older one that has no addresses of media. What is in the cache goes on; the status page
 * counts what users get, and admits it.
 * P: https://aws.amazon.com/message/101925/
 */
import { reproduces } from 'aftershock'
import { referenceScenario } from '../scenario.ts'
import { referenceSite } from '../stack.ts'
import { incident, steps } from './aws-empty-endpoint.ts'

export default referenceScenario({
  id: 'aws-empty-endpoint',
  title: 'AWS, 2025-10-20: an old plan leaves an endpoint without addresses',
  incident,
  stack: referenceSite({ gateway: { status: { probes: 'flows' } } }),
  steps,
  expect: reproduces(
    [
      {
        flows: ['post-image', 'view-new-image', 'view-old-image', 'read-by-api'],
        symptom: '502/130',
      },
    ],
    { statusPageLies: false },
  ),
})
