import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'

import type { FabricReady } from '../fabric/contract.ts'
import { goal, median, percentiles, row, type Percentiles } from './figures.ts'
import { KeptConnection } from './outside-world/kept-connection.ts'
import {
  cpuSeconds,
  password,
  startBare,
  startFabric,
  startProgram,
  ticksPerSecond,
} from './programs.ts'

const connections = 16
const credentials = `Basic ${Buffer.from(`bench:${password}`).toString('base64')}`
/** Requests until the compiler has done what it will do. */
const warmUp = 10_000

/**
 * The mocked outside world beside a bare server of node:http. Rates are requests per second of CPU time that the server took, so
 * that neither the client nor what else the machine does is measured. Linux only: it reads /proc.
 */
export async function outside(scale: number): Promise<boolean> {
  const boots = []
  for (let i = 0; i < 5; i += 1) boots.push(await bootMs())
  const fabric = await startFabric()
  const bare = await startBare()
  try {
    const paths = await openPaths(fabric.ready, bare.port)
    const rates = await measureRates(paths, { fabric: fabric.child, bare: bare.child }, scale)
    const latencies = await measureLatencies(paths, scale)
    const results = [
      goal('boot, process start to listening', median(boots), 'ms', (ms) => ms <= 500, '0.5 s'),
      ...(['plain', 'tls'] as const).flatMap((path) => compare(path, rates, latencies)),
      await memoryHolds(paths, fabric.child, Math.round(100_000 * Math.min(1, scale))),
    ]
    row(
      'bare node:http',
      `${Math.round(rates.bare)}/s of CPU, p50 ${latencies.bare.p50.toFixed(3)} ms`,
    )
    results.push(await compareWithMockttp(rates, scale))
    for (const path of Object.values(paths)) for (const connection of path) connection.close()
    return results.every(Boolean)
  } finally {
    fabric.child.kill()
    bare.child.kill()
  }
}

/** Where mockttp is installed: how much slower it is with the same handlers. */
async function compareWithMockttp(
  ours: Readonly<Record<Path, number>>,
  scale: number,
): Promise<boolean> {
  const url = new URL('outside-world/mockttp-server.ts', import.meta.url)
  const { child, line } = await startProgram(url, process.env)
  try {
    const { port, ca } = JSON.parse(line) as { port?: number; ca?: string }
    if (port === undefined || ca === undefined) {
      row('against mockttp', 'not compared', 'npm install --no-save mockttp')
      return true
    }
    const paths = await openProxyPaths(port, ca)
    const requests = Math.max(1_000, Math.round(10_000 * scale))
    const results: boolean[] = []
    for (const path of ['plain', 'tls'] as const) {
      await askMany(paths[path], warmUp)
      const before = cpuSeconds(child)
      await askMany(paths[path], requests)
      const rate = requests / (cpuSeconds(child) - before)
      const times = ours[path] / rate
      const name = path === 'plain' ? 'http' : 'https'
      results.push(goal(`${name}: times the rate of mockttp`, times, '', (x) => x >= 2, '2'))
    }
    return results.every(Boolean)
  } finally {
    child.kill()
  }
}

type Path = 'bare' | 'plain' | 'tls'
type Paths = Readonly<Record<Path, readonly KeptConnection[]>>
const host = 'host: bench.example\r\n\r\n'

async function openPaths(ready: FabricReady, barePort: number): Promise<Paths> {
  const bare = await many(() => KeptConnection.plain(barePort, `GET /page HTTP/1.1\r\n${host}`))
  const proxyPort = Number(new URL(ready.proxy).port)
  return { bare, ...(await openProxyPaths(proxyPort, ready.caCertificate)) }
}

async function openProxyPaths(port: number, ca: string): Promise<Omit<Paths, 'bare'>> {
  const auth = `proxy-authorization: ${credentials}\r\n`
  const absolute = `GET http://bench.example/page HTTP/1.1\r\n${auth}${host}`
  const head = `CONNECT bench.example:443 HTTP/1.1\r\n${auth}${host}`
  const relative = `GET /page HTTP/1.1\r\n${host}`
  const tls = { servername: 'bench.example', ca }
  return {
    plain: await many(() => KeptConnection.plain(port, absolute)),
    tls: await many(() => KeptConnection.tunnelled(port, head, tls, relative)),
  }
}

function many(open: () => Promise<KeptConnection>): Promise<KeptConnection[]> {
  return Promise.all(Array.from({ length: connections }, open))
}

async function askMany(path: readonly KeptConnection[], requests: number): Promise<void> {
  const each = Math.ceil(requests / path.length)
  await Promise.all(
    path.map(async (connection) => {
      for (let i = 0; i < each; i += 1) await connection.ask()
    }),
  )
}

/** Requests per second of CPU, in turns, so that a machine that slows down slows all. */
async function measureRates(
  paths: Paths,
  children: { readonly fabric: ChildProcess; readonly bare: ChildProcess },
  scale: number,
): Promise<Record<Path, number>> {
  const requests = Math.max(1_000, Math.round(10_000 * scale))
  const rates: Record<Path, number[]> = { bare: [], plain: [], tls: [] }
  for (const path of ['bare', 'plain', 'tls'] as const) await askMany(paths[path], warmUp)
  for (let i = 0; i < 5; i += 1) {
    for (const path of ['bare', 'plain', 'tls'] as const) {
      const child = path === 'bare' ? children.bare : children.fabric
      const before = cpuSeconds(child)
      await askMany(paths[path], requests)
      rates[path].push(requests / Math.max(1 / ticksPerSecond, cpuSeconds(child) - before))
    }
  }
  return { bare: median(rates.bare), plain: median(rates.plain), tls: median(rates.tls) }
}

/** One request at a time on one connection. */
async function measureLatencies(paths: Paths, scale: number): Promise<Record<Path, Percentiles>> {
  const times: Record<Path, number[]> = { bare: [], plain: [], tls: [] }
  const rounds = Math.max(200, Math.round(4_000 * scale))
  for (let i = 0; i < rounds; i += 1) {
    for (const path of ['bare', 'plain', 'tls'] as const) {
      const [connection] = paths[path] as [KeptConnection]
      const started = performance.now()
      await connection.ask()
      times[path].push(performance.now() - started)
    }
  }
  return {
    bare: percentiles(times.bare),
    plain: percentiles(times.plain),
    tls: percentiles(times.tls),
  }
}

function compare(
  path: 'plain' | 'tls',
  rates: Readonly<Record<Path, number>>,
  latencies: Readonly<Record<Path, Percentiles>>,
): boolean[] {
  const name = path === 'plain' ? 'http through the proxy' : 'https, kept connections'
  const share = rates[path] / rates.bare
  const added = latencies[path].p50 - latencies.bare.p50
  const addedAtWorst = latencies[path].p99 - latencies.bare.p99
  row(`${name}: requests per second of CPU`, `${Math.round(rates[path])}/s`)
  return [
    goal(`${name}: share of the rate of node:http`, share, '', (value) => value >= 0.2, 'a fifth'),
    goal(`${name}: p50 added`, added, 'ms', (ms) => ms <= 0.4, '0.4 ms'),
    goal(`${name}: p99 added`, addedAtWorst, 'ms', () => true, 'none'),
  ]
}

async function memoryHolds(paths: Paths, child: ChildProcess, requests: number): Promise<boolean> {
  const before = residentMiB(child)
  await askMany(paths.plain, requests / 2)
  await askMany(paths.tls, requests / 2)
  const grown = residentMiB(child) - before
  return goal(`memory grown by ${requests} requests`, grown, 'MB', (mb) => mb <= 50, '50 MB')
}

function residentMiB({ pid }: ChildProcess): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024
}

async function bootMs(): Promise<number> {
  const started = performance.now()
  const { child } = await startFabric()
  const ms = performance.now() - started
  child.kill()
  await once(child, 'exit')
  return ms
}
