import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Summary } from '../report/index.ts'
import { containersAvailability } from '../runtimes/containers/availability.ts'
import { connectEngine } from '../runtimes/containers/engine.ts'
import { median, row, spread } from './figures.ts'
import { frontDoorLatency, parallelDockerRun } from './containers-parts.ts'
import { cliFile } from './reference.ts'

const latestKillMs = 15_000
const goneWithinMs = 40_000

/** The containers runtime: how long, against processes and against Docker alone; what the front door adds; what stays after kill -9. */
export async function containers(scale: number): Promise<boolean> {
  const found = await containersAvailability()
  if (!found.ok) {
    row('containers', 'not measured', found.why)
    return process.env['CI'] === undefined
  }
  const times = (n: number) => Math.max(2, Math.round(n * scale))
  // The first run builds the images, which are cached from then on.
  await timedRun('containers')
  const isFast = await timeToVerdict(times(5))
  const isSteady = await sameVerdicts(times(20))
  const isLean = await frontDoorLatency()
  const isClean = await kills(times(30))
  return isFast && isSteady && isLean && isClean
}

async function timeToVerdict(runs: number): Promise<boolean> {
  const walls: Record<'containers' | 'processes', number[]> = { containers: [], processes: [] }
  const starts: number[] = []
  for (let i = 0; i < runs; i += 1) {
    for (const runtime of ['processes', 'containers'] as const) {
      const { wallMs, summary, code } = await timedRun(runtime)
      if (code !== 0) {
        row(`twitter-api-plan on ${runtime}`, `exit code ${code}`, 'must be 0')
        return false
      }
      walls[runtime].push(wallMs)
      if (runtime === 'containers') starts.push(summary.timings.startMs ?? Number.NaN)
    }
  }
  const alone = await parallelDockerRun(runs)
  const ratio = median(walls.containers) / median(walls.processes)
  row('twitter-api-plan on containers, command to exit', spread(walls.containers), 'goal 15 s')
  row('  on processes', spread(walls.processes))
  row('  containers / processes', ratio.toFixed(2), 'goal 3')
  row('stack start, until all are healthy', spread(starts))
  row('  docker run of the same in parallel, until they answer', spread(alone))
  row('  ratio', (median(starts) / median(alone)).toFixed(2), 'goal 1.3')
  return true
}

async function sameVerdicts(runs: number): Promise<boolean> {
  const seen: Record<string, number> = {}
  for (let i = 0; i < runs; i += 1) {
    const { summary } = await timedRun('containers')
    seen[summary.verdict] = (seen[summary.verdict] ?? 0) + 1
  }
  row(`verdicts of ${runs} runs on containers`, JSON.stringify(seen), 'all pass')
  return Object.keys(seen).join() === 'pass'
}

async function timedRun(
  runtime: 'containers' | 'processes',
): Promise<{ wallMs: number; summary: Summary; code: number | null }> {
  const out = mkdtempSync(join(tmpdir(), 'aftershock-bench-'))
  const startMs = performance.now()
  const args = [cliFile, 'run', 'twitter-api-plan', '--runtime', runtime, '--out', out]
  const child = spawn(process.execPath, args, { stdio: 'ignore' })
  const [code] = (await once(child, 'exit')) as [number | null]
  const wallMs = performance.now() - startMs
  const summary = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')) as Summary
  rmSync(out, { recursive: true })
  return { wallMs, summary, code }
}

async function kills(number: number): Promise<boolean> {
  const left: string[] = []
  const goneAfter: number[] = []
  for (let i = 0; i < number; i += 1) {
    const out = mkdtempSync(join(tmpdir(), 'aftershock-bench-'))
    const args = [cliFile, 'run', 'twitter-api-plan', '--runtime', 'containers', '--out', out]
    const child = spawn(process.execPath, args, { stdio: 'ignore' })
    const exited = once(child, 'exit')
    await Promise.race([delay(Math.random() * latestKillMs), exited])
    child.kill('SIGKILL')
    await exited
    const startMs = performance.now()
    const runId = runIdIn(out)
    // Without a journal nothing was begun.
    const names = runId === undefined ? [] : await remaining(runId)
    left.push(...names)
    goneAfter.push(performance.now() - startMs)
    rmSync(out, { recursive: true })
  }
  row(`kill -9 at ${number} random moments: left after 40 s`, String(left.length), 'goal 0')
  row('  all gone after', spread(goneAfter))
  return left.length === 0
}

/** What carries the run's label, once nothing does any more and nothing has come for two seconds, or when the time is over. */
async function remaining(runId: string): Promise<string[]> {
  const deadline = performance.now() + goneWithinMs
  let names: string[] = []
  for (let quiet = 0; quiet < 3 && performance.now() < deadline; await delay(1_000)) {
    names = await labelled(runId)
    quiet = names.length === 0 ? quiet + 1 : 0
  }
  return names
}

async function labelled(runId: string): Promise<string[]> {
  const docker = await connectEngine()
  const filters = { label: [`dev.aftershock.run=${runId}`] }
  const [boxes, networks, volumes] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ])
  return [
    ...boxes.flatMap(({ Names }) => Names),
    ...networks.map(({ Name }) => Name),
    ...(volumes.Volumes ?? []).map(({ Name }) => Name),
  ]
}

function runIdIn(out: string): string | undefined {
  try {
    return /"runId":"([^"]+)"/.exec(readFileSync(join(out, 'journal.ndjson'), 'utf8'))?.[1]
  } catch {
    // Killed before it had one.
    return undefined
  }
}
