import { referenceLoad } from './launch.ts'

export default referenceLoad({
  id: 'breakpoint',
  title: 'how much it takes, and what breaks first',
  executors: {
    rising: { executor: 'constant-arrival-rate', rate: 20, duration: '5s', preAllocatedVUs: 500 },
  },
  breakpoint: { from: 20, to: 400, stepDuration: '5s' },
})
