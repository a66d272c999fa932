import { setTimeout as delay } from 'node:timers/promises'
import { goal, median, reached, row } from './figures.ts'
import * as tools from './load/tools.ts'
import { OpenConnections } from './load/open-connections.ts'
import { startNginx, type Target } from './load/target.ts'

const wholeSeconds = 10
/** Some 10 s of them, where nothing else runs. */
const wholeRequests = 800_000
/** Connections that a load opens at most. */
const mostConnections = 256

type Part = (target: Target, scale: number) => Promise<boolean>

/** Each by itself is `load.<name>`. */
const parts: Readonly<Record<string, Part>> = {
  cpu: compareCpu,
  arrivals: async (target, scale) => {
    const slow = await arrivals(target, 1_000, 0.2, 1.5, scale)
    return (await arrivals(target, 10_000, Infinity, 5, scale)) && slow
  },
  stall,
  jitter,
  memory,
}

/**
 * The embedded load engine beside other generators, against a local nginx, generator and target on a core of their own. CPU for each request is
 * the yardstick, since the machine drifts: in turns, medians of 5. Linux only. What is not installed is not compared.
 */
export const load = (scale: number): Promise<boolean> => run(Object.values(parts), scale)

export const loadParts: Readonly<Record<string, (scale: number) => Promise<boolean>>> =
  Object.fromEntries(
    Object.entries(parts).map(([name, part]) => [
      `load.${name}`,
      (scale: number) => run([part], scale),
    ]),
  )

async function run(wanted: readonly Part[], scale: number): Promise<boolean> {
  const missing = ['setpriv', 'taskset', 'nginx'].filter((command) => !tools.isInstalled(command))
  if (missing.length > 0) {
    row(`there is no ${missing.join(' and no ')}`, 'not measured', 'apt-get install nginx-light')
    return true
  }
  await using target = await startNginx()
  const results: boolean[] = []
  for (const part of wanted) results.push(await part(target, scale))
  return results.every(Boolean)
}

interface Rival {
  readonly name: string
  readonly measure: tools.CpuPerRequest
  /** Ours is to be at most so many times its CPU. */
  readonly goal?: number
  readonly install?: string
}

const rivals: readonly Rival[] = [
  { name: 'autocannon', measure: tools.autocannonCpu, goal: 0.75 },
  { name: 'wrk', measure: tools.wrkCpu, goal: 1.35, install: 'apt-get install wrk' },
  { name: 'hey', measure: tools.heyCpu, install: 'apt-get install hey' },
  {
    name: 'artillery',
    measure: tools.artilleryCpu,
    goal: 1 / 12,
    install: 'npm install --global artillery',
  },
]

async function compareCpu(target: Target, scale: number): Promise<boolean> {
  const rounds = Math.max(1, Math.round(5 * scale))
  const seconds = Math.max(6, Math.round(wholeSeconds * scale))
  const requests = Math.max(100_000, Math.round(wholeRequests * scale))
  const present = rivals.filter(({ name, install }) => !install || tools.isInstalled(name))
  const own: number[] = []
  const theirs = new Map(present.map(({ name }) => [name, [] as number[]]))
  for (let i = 0; i < rounds; i += 1) {
    own.push(await tools.ourCpu(target.url, requests, seconds))
    for (const { name, measure } of present) {
      theirs.get(name)?.push(await measure(target.url, requests, seconds))
    }
  }
  const mine = median(own)
  row('CPU a request: a flow with check and histogram', `${mine.toFixed(1)} µs`, `n=${rounds}`)
  return rivals
    .map(({ name, goal: most, install }) => {
      const measured = theirs.get(name)
      if (!measured) {
        row(`  beside ${name}`, 'not compared', install)
        return true
      }
      const other = median(measured)
      const text = `${(mine / other).toFixed(3)} of its ${other.toFixed(1)} µs`
      if (most !== undefined) {
        return reached(
          `  beside ${name}`,
          text,
          mine <= other * most,
          String(Number(most.toFixed(3))),
        )
      }
      row(`  beside ${name}`, text)
      return true
    })
    .every(Boolean)
}

async function arrivals(
  target: Target,
  rate: number,
  p50Ms: number,
  p99Ms: number,
  scale: number,
): Promise<boolean> {
  const seconds = Math.max(3, Math.round(wholeSeconds * scale))
  const { count, dropped, selfCheck, marks } = await tools.ours(target.url, open(rate, seconds))
  const { lateP50Ms, lateP99Ms } = selfCheck
  const name = `${rate} arrivals a second`
  const late = (which: string, ms: number, most: number) =>
    goal(`${name}: start error ${which}`, ms, 'ms', (value) => value <= most, `${most}`)
  const results = [
    reached(
      `${name}: started`,
      `${count + dropped}`,
      count + dropped === rate * seconds,
      `${rate * seconds}`,
    ),
    ...(p50Ms === Infinity ? [] : [late('p50', lateP50Ms, p50Ms)]),
    late('p99', lateP99Ms, p99Ms),
  ]
  row('  its threads waited for a core', `${tools.waited(marks).toFixed(0)} ms a second`)
  return results.every(Boolean)
}

/** In the middle of 10 s the target stops for 1 s. With arrivals at even distances the longest 1 % of all waits begin at `stop - 1 % of 10 s`. */
async function stall(target: Target, scale: number): Promise<boolean> {
  const rounds = Math.max(1, Math.round(5 * scale))
  const off: { p99: number[]; p999: number[] } = { p99: [], p999: [] }
  const most: number[] = []
  for (let i = 0; i < rounds; i += 1) {
    const { stopMs, figures, connections } = await whileStopped(target, () =>
      tools.ours(target.url, open(1_000, wholeSeconds)),
    )
    most.push(connections)
    off.p99.push(Math.abs(figures.p99 / (stopMs - 10 * wholeSeconds) - 1))
    off.p999.push(Math.abs(figures.p999 / (stopMs - wholeSeconds) - 1))
  }
  const percent = (share: number) => `${(share * 100).toFixed(2)} %`
  const [p99, p999] = [median(off.p99), median(off.p999)]
  const results = [
    reached(
      'a target that stops 1 s of 10: p99 off the truth by',
      percent(p99),
      p99 <= 0.02,
      '2 %',
    ),
    reached('  p99.9', percent(p999), p999 <= 0.01, '1 %'),
    reached(
      '  connections open at a time',
      `${Math.max(...most)}`,
      Math.max(...most) <= mostConnections,
      `${mostConnections}`,
    ),
  ]
  await othersInAStall(target)
  return results.every(Boolean)
}

async function othersInAStall(target: Target): Promise<void> {
  const others: readonly (readonly [string, () => Promise<tools.ToolFigures>, boolean])[] = [
    ['autocannon -R 1000', () => tools.autocannonFigures(target.url, wholeSeconds, 1_000), true],
    ['wrk', () => tools.wrkFigures(target.url, wholeSeconds), tools.isInstalled('wrk')],
    [
      'hey -q 20 (1000/s)',
      () => tools.heyFigures(target.url, wholeSeconds, 20),
      tools.isInstalled('hey'),
    ],
  ]
  for (const [name, measure, isThere] of others) {
    if (!isThere) continue
    const { stopMs, figures, connections } = await whileStopped(target, measure)
    const truth = Math.round(stopMs - 10 * wholeSeconds)
    const text = `${figures.p99?.toFixed(1)} ms, ${connections} connections`
    row(`  ${name} says p99`, text, `the truth is ${truth} ms`)
  }
}

async function whileStopped<T>(
  target: Target,
  measure: () => Promise<T>,
): Promise<{ stopMs: number; figures: T; connections: number }> {
  using seen = new OpenConnections(target.port)
  const running = measure()
  // Its 10 s begin with its first request, however long it takes to start. One that fails has none.
  await Promise.race([seen.first, running])
  await delay((wholeSeconds * 1_000) / 2)
  const stopMs = await target.stopFor(1_000)
  return { stopMs, figures: await running, connections: seen.most }
}

/** wrk has no rate: what it measures is as fast as it goes over as many connections. */
async function jitter(target: Target, scale: number): Promise<boolean> {
  if (!tools.isInstalled('wrk')) {
    row('jitter beside wrk', 'not compared', 'apt-get install wrk')
    return true
  }
  const rounds = Math.max(1, Math.round(5 * scale))
  const own: number[] = []
  const theirs: number[] = []
  const waited: number[] = []
  for (let i = 0; i < rounds; i += 1) {
    const { p99, marks } = await tools.ours(target.url, open(1_000, 5))
    own.push(p99)
    waited.push(tools.waited(marks))
    theirs.push((await tools.wrkFigures(target.url, 5)).p99 ?? NaN)
  }
  const ratio = median(own) / median(theirs)
  const text = `${median(own).toFixed(2)} ms, ${ratio.toFixed(2)} of wrk's ${median(theirs).toFixed(2)} ms`
  const isReached = reached(
    'p99 at 1000 a second, from the intended start',
    text,
    ratio <= 1.5,
    '1.5',
  )
  row('  its threads waited for a core', `${median(waited).toFixed(0)} ms a second`)
  return isReached
}

async function memory(target: Target, scale: number): Promise<boolean> {
  const seconds = Math.max(20, Math.round(600 * scale))
  const { marks } = await tools.ours(target.url, open(2_000, seconds))
  const tenth = Math.max(1, Math.floor(marks.length / 10))
  const at = (from: number) => median(marks.slice(from, from + tenth).map(({ rssMiB }) => rssMiB))
  const grown = at(marks.length - tenth) - at(2 * tenth)
  const what = `memory grown in ${seconds} s at 2000 a second`
  return goal(what, grown, 'MiB', (value) => value <= 16, '16 MiB')
}

function open(rate: number, seconds: number) {
  const executor = 'constant-arrival-rate'
  return { executor, rate, duration: `${seconds}s`, preAllocatedVUs: 20_000 } as const
}
