import { referenceLoad } from './launch.ts'

export default referenceLoad({
  id: 'spike',
  title: 'everybody at once',
  executors: {
    spike: {
      executor: 'ramping-arrival-rate',
      startRate: 20,
      stages: [
        { target: 20, duration: '5s' },
        { target: 150, duration: '1s' },
        { target: 150, duration: '5s' },
        { target: 20, duration: '1s' },
        { target: 20, duration: '5s' },
      ],
      preAllocatedVUs: 500,
    },
  },
})
