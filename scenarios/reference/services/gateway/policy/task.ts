/**
 * The program that looks at requests by the rules, a thread with a memory of its own. What it does not foresee ends it, as it would end a
 * process.
 */
import { parentPort, workerData } from 'node:worker_threads'
import type { PolicyRule } from '../config.ts'
import { RatePolicy } from './rate-policy.ts'
import type { FromTask, ToTask } from './task-messages.ts'

const policy = new RatePolicy()
let rules = workerData as readonly PolicyRule[]

parentPort?.on('message', (message: ToTask) => {
  if ('rules' in message) {
    ;({ rules } = message)
    return
  }
  const { id, appId, endpoint } = message
  const answer: FromTask = { id, exceeded: policy.exceeded(rules, appId, endpoint) }
  parentPort?.postMessage(answer)
})
