import { defineConfig } from 'aftershock'

/** For `npx aftershock run` in this folder. nginx comes as an image, so there is nothing that processes could run. */
export default defineConfig({ runtime: 'containers', runs: '../../../reports/runs' })
