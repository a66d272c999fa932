import { referenceLoad } from './launch.ts'

export default referenceLoad({
  id: 'average',
  title: 'an ordinary day',
  executors: {
    day: { executor: 'constant-arrival-rate', rate: 50, duration: '30s', preAllocatedVUs: 100 },
  },
})
