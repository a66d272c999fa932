import { defineConfig } from 'vitest/config'

const exclude = ['**/node_modules/**', 'harness/dist/**']
/** Any run that starts removes what runs that were killed left behind, which is what these want to do themselves. */
const leaks = 'harness/runtimes/containers/leaks.docker.test.ts'

/** What needs a container engine. Skipped where there is none; where CI is set, that is a failure. */
export default defineConfig({
  test: {
    globalSetup: ['harness/runtimes/containers/testing/docker-setup.ts'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'containers',
          include: ['{harness,scenarios}/**/*.docker.test.ts'],
          exclude: [...exclude, leaks],
          // Most of them wait for the engine most of the time.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: { name: 'leaks', include: [leaks], exclude, sequence: { groupOrder: 2 } },
      },
    ],
  },
})
