/** A reload that changes nothing for anybody, one gateway after the other, and a signal in place of a command. */
import { defineScenario, fileChange, holds, staged } from 'aftershock'
import { flows, visitor } from './flows.ts'
import { nginxSite } from './stack.ts'

export default defineScenario({
  id: 'nginx-harmless-reload',
  title: 'nginx: more connections for each worker',
  stack: nginxSite,
  actors: [visitor],
  flows,
  steps: [
    fileChange('more-connections', {
      service: 'gateway',
      path: '/etc/nginx/nginx.conf',
      content: [{ find: 'worker_connections 256;', replace: 'worker_connections 512;' }],
      reload: { signal: 'SIGHUP' },
      rollout: staged(1, 'all'),
    }),
  ],
  expect: holds(),
})
