import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Scratch directories of runs are `<temporary directory>/aftershock-run-<run id>`. */
export const scratchPrefix = 'aftershock-run-'
/** Environment variable of every program of a run: its scratch directory. */
export const scratchVariable = 'AFTERSHOCK_SCRATCH'
export const supervisorPidFile = 'supervisor.pid'

const startGraceMs = 5_000

export interface Leftover {
  readonly what: 'process' | 'directory' | 'container' | 'network' | 'volume' | 'image'
  readonly name: string
}

/**
 * Ends and removes what belongs to runs whose supervisor is gone. That takes a supervisor that was killed as well: as long as it
 * lives it cleans up by itself. Runs that are going on are not touched. Processes are found on Linux only.
 */
export function removeLeftovers(): Leftover[] {
  const isStale = (scratch: string) => !isSupervised(scratch)
  return [...killPrograms(isStale), ...removeDirectories(isStale)]
}

/** Kills every process that was started for a run, whatever it became since: a session of its own, a child of init. On Linux only. */
export function killPrograms(isOfRun: (scratch: string) => boolean): Leftover[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid): Leftover[] => {
      const scratch = readIfThere(`/proc/${pid}/environ`)
        ?.split('\0')
        .find((entry) => entry.startsWith(`${scratchVariable}=`))
        ?.slice(scratchVariable.length + 1)
      if (scratch === undefined || !isOfRun(scratch) || !kill(Number(pid))) return []
      return [{ what: 'process', name: `${pid} of ${scratch}` }]
    })
}

/** A temporary directory, for what an image is built from or what a proof writes down, which is found when the process that made it was killed. The caller removes it. */
export function makeOwnDirectory(purpose: 'build' | 'prove'): string {
  return mkdtempSync(join(tmpdir(), `aftershock-${purpose}-${process.pid}-`))
}

function isStaleOwn(name: string): boolean {
  const [, pid] = /^aftershock-(?:build|prove)-(\d+)-/.exec(name) ?? []
  return pid !== undefined && !signalled(Number(pid), 0)
}

function removeDirectories(isStale: (scratch: string) => boolean): Leftover[] {
  const names = readdirSync(tmpdir())
  const own = names.filter(isStaleOwn).map((name) => join(tmpdir(), name))
  return names
    .filter((name) => name.startsWith(scratchPrefix))
    .map((name) => join(tmpdir(), name))
    .filter(isStale)
    .concat(own)
    .map((name) => {
      rmSync(name, { recursive: true, force: true })
      return { what: 'directory', name }
    })
}

/** Whether the run with this scratch directory goes on. */
export function isSupervised(scratch: string): boolean {
  const pid = Number(readIfThere(join(scratch, supervisorPidFile)))
  if (!Number.isInteger(pid) || pid <= 0) return isJustMade(scratch)
  const commandLine = readIfThere(`/proc/${pid}/cmdline`)
  // The number may belong to another process by now: the supervisor names the scratch directory in its command line.
  if (commandLine !== undefined) return commandLine.split('\0').includes(scratch)
  return process.platform !== 'linux' && signalled(pid, 0)
}

/** Between its making and the writing of the number a directory has no owner that could be found. */
function isJustMade(directory: string): boolean {
  const made = statSync(directory, { throwIfNoEntry: false })?.mtimeMs
  return made !== undefined && Date.now() - made < startGraceMs
}

function kill(pid: number): boolean {
  return signalled(pid, 'SIGKILL')
}

function signalled(pid: number, signal: 0 | 'SIGKILL'): boolean {
  try {
    process.kill(pid, signal)
    return true
  } catch (error) {
    // ESRCH: it is gone. EPERM: it belongs to somebody else, who has to clean up after it.
    if (['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) return false
    throw error
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // Gone, or of another user: not ours either way.
    return undefined
  }
}
