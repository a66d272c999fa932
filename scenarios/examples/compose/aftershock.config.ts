import { defineConfig } from 'aftershock'

/** For `npx aftershock run` in this folder. The services are images, so there is nothing that processes could run. */
export default defineConfig({ runtime: 'containers', runs: '../../../reports/runs' })
