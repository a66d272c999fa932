import { referenceLoad } from './launch.ts'

export default referenceLoad({
  id: 'soak',
  title: 'an ordinary day that does not end',
  leaks: { memoryMb: 40, descriptors: 30 },
  executors: {
    day: { executor: 'constant-arrival-rate', rate: 30, duration: '10m', preAllocatedVUs: 100 },
  },
})
