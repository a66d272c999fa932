import { referenceLoad } from './launch.ts'

export default referenceLoad({
  id: 'smoke',
  title: 'a few users, to see that everything works',
  executors: { users: { executor: 'constant-vus', vus: 2, duration: '3s', thinkTime: '50ms' } },
})
