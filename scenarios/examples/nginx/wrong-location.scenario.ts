/** A typing error in a location of nginx.conf: images are looked for where there are only pages. nginx takes the file without a word. */
import { defineScenario, fileChange, reproduces } from 'aftershock'
import { flows, visitor } from './flows.ts'
import { nginxSite } from './stack.ts'

export default defineScenario({
  id: 'nginx-wrong-location',
  title: 'nginx: a location that matches nothing',
  stack: nginxSite,
  actors: [visitor],
  flows,
  steps: [
    fileChange('move-images', {
      title: 'a wrong location for images',
      service: 'gateway',
      path: '/etc/nginx/nginx.conf',
      content: [{ find: 'location /images/ {', replace: 'location /image/ {' }],
      reload: { command: ['nginx', '-s', 'reload'] },
    }),
  ],
  expect: reproduces([{ flows: ['see-image'], symptom: 'wrong-type' }]),
})
