import { referenceLoad } from './launch.ts'

export default referenceLoad({
  id: 'stress',
  title: 'more than on an ordinary day',
  executors: {
    busy: {
      executor: 'ramping-arrival-rate',
      startRate: 20,
      stages: [
        { target: 100, duration: '20s' },
        { target: 100, duration: '20s' },
      ],
      preAllocatedVUs: 200,
    },
  },
})
