/** Loads sites, tells what is wrong with them or with what is wanted of them, and is ended. */
import { parentPort, workerData } from 'node:worker_threads'

import { describeError, HarnessError } from '../core/index.ts'
import type { CheckSites } from './check-sites.ts'
import { loadSites } from './site.ts'
import { VariantBoard } from './variant-board.ts'

const { modules, wanted } = workerData as CheckSites

async function problems(): Promise<string[]> {
  try {
    const board = new VariantBoard(await loadSites(modules), 0)
    const found = wanted.map(({ host, variant }) => board.set(host, variant)?.message)
    return [...new Set(found.filter((message) => message !== undefined))]
  } catch (error) {
    const hint = error instanceof HarnessError && error.hint ? `; ${error.hint}` : ''
    return [describeError(error) + hint]
  }
}

parentPort?.postMessage(await problems())
