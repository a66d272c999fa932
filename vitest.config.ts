import { aftershock } from 'aftershock/vitest'
import { defineConfig } from 'vitest/config'

const endToEnd = '**/*.e2e.test.ts'
/** Need a Chromium: skipped where there is none, failed where CI is set. */
const inBrowser = '**/*.page.test.ts'
/** Need a container engine: `npm run test:containers`. */
const onDocker = '**/*.docker.test.ts'

/** Groups one after the other: what starts whole systems would disturb the others, and itself, on a machine with few cores. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          // What these start are real small servers: on a busy machine they take longer than Vitest's 5 s, which is no failure.
          testTimeout: 30_000,
          include: ['{harness,scenarios,mocks}/**/*.test.ts'],
          exclude: ['**/node_modules/**', 'harness/dist/**', endToEnd, onDocker, inBrowser],
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'e2e',
          include: [`{harness,scenarios,mocks}/${endToEnd}`],
          exclude: ['**/node_modules/**', 'harness/dist/**'],
          // What these test is the same on every machine, with and without Docker.
          env: { AFTERSHOCK_RUNTIME: 'processes' },
          // Most of them wait for other processes most of the time.
          maxWorkers: 3,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'page',
          include: [`harness/${inBrowser}`],
          exclude: ['**/node_modules/**', 'harness/dist/**'],
          fileParallelism: false,
          testTimeout: 180_000,
          sequence: { groupOrder: 3 },
        },
      },
      {
        plugins: [
          // Examples have tests of their own: what they need is not on every machine. What is judged by how long users wait needs a machine for
          // itself, and sites that do not answer take their time: `aftershock run under-load chaos outside`.
          aftershock({
            include: ['scenarios/**/*.scenario.ts'],
            exclude: ['scenarios/examples/**', 'scenarios/**/{under-load,chaos,outside}/**'],
          }),
        ],
        test: {
          name: 'scenarios',
          // One worker for all: what is loaded and compiled once serves every scenario.
          isolate: false,
          env: { AFTERSHOCK_RUNTIME: 'processes' },
          fileParallelism: false,
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
})
