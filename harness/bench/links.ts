import type { ChildProcess } from 'node:child_process'

import type { Toxic } from '../core/index.ts'
import { FabricClient } from '../fabric/client.ts'
import type { FabricReady } from '../fabric/contract.ts'
import { goal, median, percentiles, row } from './figures.ts'
import { KeptConnection } from './outside-world/kept-connection.ts'
import { controlToken, cpuSeconds, startBare, startFabric } from './programs.ts'

const link = { from: 'bench', to: 'bench' }
const host = 'host: bench.example\r\n\r\n'
const connections = 16
const warmUp = 5_000

/** Links between services: what their toxics really do, and what a link without toxics costs. Linux only: it reads /proc. */
export async function links(scale: number): Promise<boolean> {
  const fabric = await startFabric()
  const bare = await startBare()
  try {
    const client = new FabricClient(fabric.ready.control, controlToken)
    const replica = { id: 'bench-1', host: '127.0.0.1', port: bare.port }
    await client.setUpstreams('bench', [replica], forever)
    const ports = { direct: bare.port, link: linkPort(fabric.ready) }
    const results = [
      ...(await latencyIsAccurate(client, ports.link, scale)),
      ...(await bandwidthIsAccurate(client, ports.link)),
    ]
    await compareRates(ports, fabric.child, scale)
    await compareBulk(ports, scale)
    return results.every(Boolean)
  } finally {
    fabric.child.kill()
    bare.child.kill()
  }
}

const forever = new AbortController().signal

function linkPort({ links: urls }: FabricReady): number {
  return Number(new URL(urls['bench>bench'] as string).port)
}

/** Runs `task` with the toxic in force on the link. */
async function under<T>(client: FabricClient, toxic: Toxic, task: () => Promise<T>): Promise<T> {
  await client.setToxic(link, { ...toxic, name: 'bench' }, forever)
  try {
    return await task()
  } finally {
    await client.removeToxic(link, 'bench', forever)
  }
}

async function askTimes(port: number, times: number): Promise<number[]> {
  const connection = await KeptConnection.plain(port, `GET /page HTTP/1.1\r\n${host}`)
  const took: number[] = []
  for (let i = 0; i < times; i += 1) {
    const started = performance.now()
    await connection.ask()
    took.push(performance.now() - started)
  }
  connection.close()
  return took
}

async function latencyIsAccurate(
  client: FabricClient,
  port: number,
  scale: number,
): Promise<boolean[]> {
  await askTimes(port, 500)
  const results: boolean[] = []
  for (const latency of [5, 20, 100, 500]) {
    const times = Math.max(10, Math.round((4_000 / latency) * scale))
    const without = median(await askTimes(port, times))
    const added = await under(client, { type: 'latency', attributes: { latency } }, () =>
      askTimes(port, times),
    )
    const off = median(added) - without - latency
    const allowed = Math.max(1, latency * 0.02)
    const worst = percentiles(added).p99 - without - latency
    row(`latency ${latency} ms: p99 off by`, `${worst.toFixed(2)} ms`)
    const what = `latency ${latency} ms: median of ${times} off by`
    results.push(goal(what, off, 'ms', (ms) => Math.abs(ms) <= allowed, `${allowed} ms`))
  }
  return results
}

async function bandwidthIsAccurate(client: FabricClient, port: number): Promise<boolean[]> {
  const results: boolean[] = []
  for (const rate of [100, 1_000, 10_000]) {
    // Two seconds' worth.
    const bytes = rate * 2_000
    const measured = await under(client, { type: 'bandwidth', attributes: { rate } }, async () => {
      const started = performance.now()
      await read(port, bytes)
      return bytes / (performance.now() - started)
    })
    const share = (measured / rate - 1) * 100
    const what = `bandwidth ${rate} KB/s: off by`
    results.push(goal(what, share, '%', (percent) => Math.abs(percent) <= 5, '5 %'))
  }
  return results
}

async function read(port: number, bytes: number): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${port}/bytes/${bytes}`)
  let got = 0
  for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) got += chunk.length
  if (got !== bytes) throw new Error(`${got} of ${bytes} bytes came`)
}

type Ports = Readonly<Record<'direct' | 'link', number>>
const ways = ['direct', 'link'] as const

/** Requests of 1 KiB, in turns, so that a machine that slows down slows both. */
async function compareRates(ports: Ports, fabric: ChildProcess, scale: number): Promise<void> {
  const requests = Math.max(1_000, Math.round(10_000 * scale))
  const open = (way: 'direct' | 'link') =>
    Promise.all(
      Array.from({ length: connections }, () =>
        KeptConnection.plain(ports[way], `GET /page HTTP/1.1\r\n${host}`),
      ),
    )
  const paths = { direct: await open('direct'), link: await open('link') }
  const rates: Record<'direct' | 'link', number[]> = { direct: [], link: [] }
  for (const way of ways) await askMany(paths[way], warmUp)
  const cpuBefore = cpuSeconds(fabric)
  for (let i = 0; i < 5; i += 1) {
    for (const way of ways) {
      const started = performance.now()
      await askMany(paths[way], requests)
      rates[way].push(requests / ((performance.now() - started) / 1_000))
    }
  }
  const cpuMs = ((cpuSeconds(fabric) - cpuBefore) * 1_000) / (5 * requests)
  const [direct, through] = [median(rates.direct), median(rates.link)]
  row('1 KiB answers, direct', `${Math.round(direct)}/s`)
  row(
    '1 KiB answers, through a link',
    `${Math.round(through)}/s`,
    `${share(through, direct)} of direct`,
  )
  row('CPU of the fabric for a request through a link', `${cpuMs.toFixed(3)} ms`)
  for (const way of ways) for (const connection of paths[way]) connection.close()
}

async function askMany(path: readonly KeptConnection[], requests: number): Promise<void> {
  const each = Math.ceil(requests / path.length)
  await Promise.all(
    path.map(async (connection) => {
      for (let i = 0; i < each; i += 1) await connection.ask()
    }),
  )
}

async function compareBulk(ports: Ports, scale: number): Promise<void> {
  const bytes = Math.round(64e6 * Math.min(1, scale))
  const speeds: Record<'direct' | 'link', number[]> = { direct: [], link: [] }
  for (let i = 0; i < 5; i += 1) {
    for (const way of ways) {
      const started = performance.now()
      await read(ports[way], bytes)
      speeds[way].push(bytes / 1e6 / ((performance.now() - started) / 1_000))
    }
  }
  const [direct, through] = [median(speeds.direct), median(speeds.link)]
  row('one large answer, direct', `${Math.round(direct)} MB/s`)
  row(
    'one large answer, through a link',
    `${Math.round(through)} MB/s`,
    `${share(through, direct)} of direct`,
  )
}

function share(part: number, whole: number): string {
  return `${((part / whole) * 100).toFixed(0)} %`
}
