import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { $ } from 'zx'
import { Redactor } from '../core/index.ts'
import { containersRuntime } from '../runtimes/containers/containers-runtime.ts'
import { connectEngine } from '../runtimes/containers/engine.ts'
import { partLabel, runLabel } from '../runtimes/containers/labels.ts'
import { sweep } from '../runtimes/containers/sweep.ts'
import { row } from './figures.ts'
import { referenceScenario } from './reference.ts'

const quiet = $({ quiet: true })
const requests = 3_000

/** Starts the stack's containers by `docker run`, all at once, and waits until the services answer; ms for each round. */
export async function parallelDockerRun(rounds: number): Promise<number[]> {
  const images = await referenceImages()
  const durations: number[] = []
  for (let i = 0; i < rounds; i += 1) {
    const run = `bench-${randomBytes(3).toString('hex')}`
    const startMs = performance.now()
    await Promise.all(images.map((image) => runAndAsk(run, image)))
    durations.push(performance.now() - startMs)
    await sweep(await connectEngine(), `${runLabel}=${run}`)
  }
  return durations
}

/** One for each container of the reference site: six replicas, and one of the size of the fabric. */
async function referenceImages(): Promise<string[]> {
  const { stdout } = await quiet`docker images --format ${'{{.Repository}}:{{.Tag}}'}`
  const newest = (name: string) =>
    stdout.split('\n').find((line) => line.startsWith(`aftershock/${name}:`)) as string
  return ['gateway', 'gateway', 'media', 'media', 'link', 'link', 'link'].map(newest)
}

async function runAndAsk(run: string, image: string): Promise<void> {
  const env = [
    'HOST=0.0.0.0',
    'PORT=8080',
    'ADMIN_PORT=8081',
    'ADMIN_TOKEN=bench',
    'DATA_DIR=/data',
  ]
  const urls = ['MEDIA_URL', 'LINK_URL', 'GATEWAY_URL'].map((name) => `${name}=http://127.0.0.1:1`)
  const flags = [...env, ...urls].flatMap((entry) => ['--env', entry])
  const { stdout } =
    await quiet`docker run --detach --label ${`${runLabel}=${run}`} --publish 127.0.0.1::8080 ${flags} ${image}`
  const mapped = await quiet`docker port ${stdout.trim()} 8080`
  const url = `http://${mapped.stdout.trim().split('\n')[0]}/healthz`
  while (!(await answers(url))) await delay(25)
}

async function answers(url: string): Promise<boolean> {
  try {
    // A connection taken before the program listens may never be answered.
    const response = await fetch(url, { signal: AbortSignal.timeout(500) })
    await response.arrayBuffer()
    return response.ok
  } catch {
    // Not yet.
    return false
  }
}

/** What the front door adds, measured from a container beside the services: the same request to a replica itself, and through the door. */
export async function frontDoorLatency(): Promise<boolean> {
  const { stack } = await referenceScenario('twitter-api-plan')
  const logDir = mkdtempSync(join(tmpdir(), 'aftershock-bench-'))
  const runId = `bench-${randomBytes(3).toString('hex')}`
  const running = await containersRuntime.start(stack, {
    runId,
    seed: 1,
    logDir,
    redactor: new Redactor(),
    signal: new AbortController().signal,
    onProgress: () => undefined,
    onExit: () => undefined,
  })
  try {
    const docker = await connectEngine()
    const addressOf = async (part: string) => {
      const label = [`${runLabel}=${runId}`, `${partLabel}=${part}`]
      const [found] = await docker.listContainers({ filters: { label } })
      const network = found?.NetworkSettings.Networks[`aftershock-${runId}-inner`]
      return network?.IPAddress as string
    }
    const [replica, fabric] = await Promise.all([addressOf('gateway-1'), addressOf('fabric')])
    // The first front door comes after control API, proxy and relay: see fabric-container.ts.
    const targets = [`http://${replica}:8080/healthz`, `http://${fabric}:7003/healthz`]
    const from = running.replicas.find(({ id }) => id === 'link-1')?.container
    const answer = await from?.exec(
      ['node', '-e', measure, JSON.stringify(targets)],
      AbortSignal.timeout(120_000),
    )
    const [direct = Number.NaN, door = Number.NaN] = JSON.parse(answer?.output ?? '[]') as number[]
    row('GET of a replica itself, p50', `${direct.toFixed(3)} ms`)
    row('  through the front door, p50', `${door.toFixed(3)} ms`)
    row('  added by the front door', `${(door - direct).toFixed(3)} ms`, 'goal 0.3 ms')
    return Number.isFinite(door)
  } finally {
    await running[Symbol.asyncDispose]()
    rmSync(logDir, { recursive: true })
  }
}

/** Runs inside of a container: the two targets in turn, one request after the other on kept connections; prints the median of each. */
const measure = `
const http = require('node:http')
const targets = JSON.parse(process.argv[1])
const agents = targets.map(() => new http.Agent({ keepAlive: true, maxSockets: 1 }))
const ask = (i) => new Promise((resolve, reject) => {
  const start = process.hrtime.bigint()
  http.get(targets[i], { agent: agents[i] }, (response) => {
    response.resume()
    response.on('end', () => resolve(Number(process.hrtime.bigint() - start) / 1e6))
  }).on('error', reject)
})
;(async () => {
  const times = targets.map(() => [])
  for (let n = 0; n < ${requests}; n += 1) for (const i of targets.keys()) times[i].push(await ask(i))
  const median = (list) => list.slice(500).toSorted((a, b) => a - b)[Math.floor((list.length - 500) / 2)]
  console.log(JSON.stringify(times.map(median)))
})()
`
