import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { LoadProfile } from '../../core/index.ts'
import type { Mark } from './mark.ts'
import { generatorCore } from './target.ts'

const run = promisify(execFile)
const connections = '50'

/** What a tool says of a load. Percentiles in ms. */
export interface ToolFigures {
  readonly requests: number
  readonly p99?: number
  readonly p999?: number
}

/** CPU in µs for each request: of so many requests where the compiler must do its work first, and of so long where not. */
export type CpuPerRequest = (url: string, requests: number, seconds: number) => Promise<number>

export function isInstalled(command: string): boolean {
  return spawnSync('which', [command]).status === 0
}

/** A program on the core of generators: what it prints, and the CPU that it took. */
async function timed(command: readonly string[]): Promise<{ text: string; cpuSeconds: number }> {
  const script = `TIMEFORMAT='cpu %U %S'; time "$@" 2>&1`
  const args = ['-c', script, 'bench', 'taskset', '-c', generatorCore, ...command]
  const { stdout, stderr } = await run('bash', args, { maxBuffer: 2 ** 28 })
  const [, user, system] = /cpu ([\d.]+) ([\d.]+)\s*$/.exec(stderr) ?? []
  return { text: stdout, cpuSeconds: Number(user) + Number(system) }
}

/** What generator.ts prints. */
export interface OurFigures {
  readonly marks: readonly Mark[]
  readonly count: number
  readonly dropped: number
  readonly p99: number
  readonly p999: number
  readonly selfCheck: { readonly lateP50Ms: number; readonly lateP99Ms: number }
}

export async function ours(
  url: string,
  executor: LoadProfile['executors'][string],
): Promise<OurFigures> {
  const file = fileURLToPath(new URL('generator.ts', import.meta.url))
  const profile = JSON.stringify({ executors: { bench: executor } })
  const { text } = await timed([process.execPath, file, url, profile])
  return JSON.parse(text.trim().split('\n').at(-1) ?? '') as OurFigures
}

/**
 * After the compiler has done its work: the first half of the requests is not counted. Of requests and not of the time, or a machine that
 * is slow at the moment would measure the compiler.
 */
function steady(marks: readonly Mark[]): number {
  const to = marks.at(-2)
  const from = to && marks.find(({ requests }) => requests >= to.requests / 2)
  if (!from || from === to) return NaN
  return ((to.cpuMs - from.cpuMs) * 1_000) / (to.requests - from.requests)
}

/** Per second, how long threads of the generator waited for a core that others had, in ms. What it measured then is about the machine. */
export function waited(marks: readonly Mark[]): number {
  const [from, to] = [marks[0], marks.at(-2)]
  return from && to ? ((to.waitedMs - from.waitedMs) * 1_000) / (to.atMs - from.atMs) : NaN
}

export const ourCpu: CpuPerRequest = async (url, requests) => {
  const executor = {
    executor: 'shared-iterations',
    vus: Number(connections),
    iterations: requests,
    maxDuration: '10m',
  } as const
  return steady((await ours(url, executor)).marks)
}

export const autocannonCpu: CpuPerRequest = async (url, requests) => {
  const file = fileURLToPath(new URL('autocannon-run.ts', import.meta.url))
  const { text } = await timed([process.execPath, file, url, String(requests)])
  return steady(JSON.parse(text) as Mark[])
}

export const wrkCpu: CpuPerRequest = async (url, _requests, seconds) => {
  const { text, cpuSeconds } = await timed(wrk(url, seconds))
  return (cpuSeconds * 1e6) / readWrk(text).requests
}

export const heyCpu: CpuPerRequest = async (url, _requests, seconds) => {
  const { text, cpuSeconds } = await timed(hey(url, seconds))
  return (cpuSeconds * 1e6) / readHey(text).requests
}

/** Its start is taken off: it takes as long as thousands of requests. It does some hundreds a second. */
export const artilleryCpu: CpuPerRequest = async (url, _requests, seconds) => {
  const nothing = await artillery(url, 1, 1)
  const { requests, cpuSeconds } = await artillery(url, Number(connections), 10 * seconds)
  return ((cpuSeconds - nothing.cpuSeconds) * 1e6) / (requests - nothing.requests)
}

const wrk = (url: string, seconds: number) =>
  ['wrk', '-t1', `-c${connections}`, `-d${seconds}s`, '--latency', url] as const

const hey = (url: string, seconds: number, more: readonly string[] = []) =>
  ['hey', '-c', connections, '-cpus', '1', '-z', `${seconds}s`, ...more, url] as const

export async function wrkFigures(url: string, seconds: number): Promise<ToolFigures> {
  return readWrk((await timed(wrk(url, seconds))).text)
}

/** At most so many requests per second of each connection. */
export async function heyFigures(
  url: string,
  seconds: number,
  ratePerConnection: number,
): Promise<ToolFigures> {
  return readHey((await timed(hey(url, seconds, ['-q', String(ratePerConnection)]))).text)
}

export async function autocannonFigures(
  url: string,
  seconds: number,
  rate: number,
): Promise<ToolFigures> {
  const file = createRequire(import.meta.url).resolve('autocannon/autocannon.js')
  const args = ['-c', connections, '-d', String(seconds), '-R', String(rate), '--json', '-n', url]
  const { text } = await timed([process.execPath, file, ...args])
  const line = text.split('\n').find((one) => one.startsWith('{')) ?? '{}'
  const { requests, latency } = JSON.parse(line) as {
    requests: { total: number }
    latency: { p99: number; p99_9: number }
  }
  return { requests: requests.total, p99: latency.p99, p999: latency.p99_9 }
}

function readWrk(text: string): ToolFigures {
  const [, p99 = '', unit = ''] = /99%\s+([\d.]+)(us|ms|s)\b/.exec(text) ?? []
  const scale = { us: 0.001, ms: 1, s: 1_000 }[unit] ?? NaN
  const requests = Number(/(\d+) requests in/.exec(text)?.[1])
  return { requests, p99: Number(p99) * scale }
}

function readHey(text: string): ToolFigures {
  const p99 = Number(/99% in ([\d.]+) secs/.exec(text)?.[1]) * 1_000
  return { requests: Number(/\[200\]\s+(\d+) responses/.exec(text)?.[1]), p99 }
}

/** Users who all come within a second, and ask so many times each. */
async function artillery(
  url: string,
  users: number,
  times: number,
): Promise<{ requests: number; cpuSeconds: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'aftershock-bench-'))
  try {
    const script = {
      config: { target: url, phases: [{ duration: 1, arrivalCount: users }] },
      scenarios: [{ flow: [{ loop: [{ get: { url: '/' } }], count: times }] }],
    }
    const file = join(folder, 'script.json')
    writeFileSync(file, JSON.stringify(script))
    const { text, cpuSeconds } = await timed(['artillery', 'run', file])
    // The last one is that of the summary.
    const counts = [...text.matchAll(/http\.codes\.200:[ .]*(\d+)/g)]
    return { requests: Number(counts.at(-1)?.[1] ?? NaN), cpuSeconds }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
