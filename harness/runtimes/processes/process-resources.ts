import { readFileSync, readdirSync } from 'node:fs'
import type { ReplicaResources } from '../../core/index.ts'

/** Pages of memory on all machines that Node runs Linux on by default. */
const pageBytes = 4_096

/** What a program of this machine uses, by what Linux tells of it. Undefined where that is not Linux, or when the program has ended. */
export function processResources(replica: string, pid: number): ReplicaResources | undefined {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1])
    const descriptors = readdirSync(`/proc/${pid}/fd`).length
    return { replica, memoryBytes: pages * pageBytes, descriptors }
  } catch {
    // Nothing is known then, which is no fault: who judges says that it was read too seldom.
    return undefined
  }
}
