import { defineConfig } from 'vitest/config'

/** What needs a container engine. Skipped where there is none; where CI is set, that is a failure. */
export default defineConfig({
  test: {
    name: 'containers',
    include: ['{harness,scenarios}/**/*.docker.test.ts'],
    exclude: ['**/node_modules/**', 'harness/dist/**'],
    globalSetup: ['harness/runtimes/containers/testing/docker-setup.ts'],
    // Most of them wait for the engine most of the time.
    maxWorkers: 2,
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
})
