import { Worker } from 'node:worker_threads'

import { describeError, type WantedSite } from '../core/index.ts'

const patienceMs = 30_000

/** What the thread is given. */
export interface CheckSites {
  readonly modules: readonly string[]
  readonly wanted: readonly WantedSite[]
}

/**
 * What is wrong with sites, or with what is wanted of them: one text each. They are loaded in a thread of their own, since what a site's
 * module sets going has no business in this one.
 */
export async function checkSites(
  modules: readonly string[],
  wanted: readonly WantedSite[],
): Promise<readonly string[]> {
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
  const workerData: CheckSites = { modules, wanted }
  const worker = new Worker(new URL(`./check-sites-thread${extension}`, import.meta.url), {
    workerData,
  })
  const { promise, resolve } = Promise.withResolvers<readonly string[]>()
  worker.once('message', resolve)
  worker.once('error', (error) => resolve([`a site's module failed: ${describeError(error)}`]))
  worker.once('exit', () => resolve(["a site's module ended its process while it was loaded"]))
  const late = `the sites were not loaded after ${patienceMs / 1_000} s: does a module wait for something?`
  const timer = setTimeout(() => resolve([late]), patienceMs)
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    await worker.terminate()
  }
}
