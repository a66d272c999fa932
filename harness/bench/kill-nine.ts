import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { cliFile } from './reference.ts'
import { row } from './figures.ts'

const latestKillMs = 7_000
const waitMs = 10_000

/** Kills the harness at random moments of a run, and looks 10 s later for what is left of it. Linux only: it reads /proc. */
export async function killNine(scale: number): Promise<boolean> {
  const kills = Math.max(2, Math.round(30 * scale))
  const left = { processes: 0, ports: 0, files: 0 }
  for (let i = 0; i < kills; i += 1) {
    const found = await killOnce(Math.random() * latestKillMs)
    left.processes += found.processes
    left.ports += found.ports
    left.files += found.files
  }
  for (const [what, number] of Object.entries(left)) {
    row(`kill -9 at ${kills} random moments: ${what} left after 10 s`, String(number), 'goal 0')
  }
  return Object.values(left).every((number) => number === 0)
}

async function killOnce(afterMs: number) {
  const temporary = mkdtempSync(join(tmpdir(), 'aftershock-bench-'))
  const out = mkdtempSync(join(tmpdir(), 'aftershock-bench-'))
  const child = spawn(
    process.execPath,
    [cliFile, 'run', 'twitter-api-plan', '--runtime', 'processes', '--out', out],
    {
      stdio: 'ignore',
      env: { ...process.env, TMPDIR: temporary },
    },
  )
  const exited = once(child, 'exit')
  await Promise.race([delay(afterMs), exited])
  child.kill('SIGKILL')
  await exited
  await delay(waitMs)
  const found = {
    processes: processesOf(temporary).length,
    ports: (await Promise.all(portsIn(out).map(isOpen))).filter(Boolean).length,
    files: readdirSync(temporary).length,
  }
  rmSync(temporary, { recursive: true })
  rmSync(out, { recursive: true })
  return found
}

/** Processes that have the directory in their environment or command line. */
function processesOf(temporary: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) =>
      ['environ', 'cmdline'].some((file) => read(`/proc/${pid}/${file}`).includes(temporary)),
    )
}

/** Ports that the journal names: front doors, replicas, the proxy. */
function portsIn(out: string): number[] {
  const urls = read(join(out, 'journal.ndjson')).matchAll(/http:\/\/127\.0\.0\.1:(\d+)/g)
  return [...new Set([...urls].map((match) => Number(match[1])))]
}

async function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    // Refused: nobody listens, as it should be.
    return false
  } finally {
    socket.destroy()
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // Gone meanwhile, or never written: there is nothing in it.
    return ''
  }
}
