import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'

/** Everything that a run makes in the engine carries these labels. Reverse DNS, as Docker asks of labels. */
export const runLabel = 'dev.aftershock.run'
/** The scratch directory of the run, by which it is found out whether it goes on. */
export const scratchLabel = 'dev.aftershock.scratch'
/** The machine that the harness runs on: engines can be shared. */
export const machineLabel = 'dev.aftershock.machine'
/** 'fabric', or the id of a replica. */
export const partLabel = 'dev.aftershock.part'

export interface RunIdentity {
  readonly runId: string
  readonly scratch: string
}

export function labelsOf({ runId, scratch }: RunIdentity): Record<string, string> {
  return { [runLabel]: runId, [scratchLabel]: scratch, [machineLabel]: machineId() }
}

/** The same for every run on this machine; says nothing about it. */
export function machineId(): string {
  return createHash('sha256').update(machineName()).digest('hex').slice(0, 16)
}

function machineName(): string {
  try {
    return readFileSync('/etc/machine-id', 'utf8').trim() || hostname()
  } catch {
    // Not a systemd machine, or not Linux.
    return hostname()
  }
}
