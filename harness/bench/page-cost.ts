import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { JournalEvent } from '../core/index.ts'
import { LiveServer } from '../live/index.ts'
import { parseJournal } from '../report/index.ts'
import { makeLivePage, RunFolder } from '../session/index.ts'
import { goal, row } from './figures.ts'
import { cliFile } from './reference.ts'

const tickMs = 20
const reader = `for await (const part of (await fetch(process.argv[1])).body) void part`

/** CPU of the journal and of a live page that is looked at, as a share of what the whole run took, its services included. */
export async function pageCost(directory: string): Promise<boolean> {
  const out = join(directory, 'run')
  const runMs = await cpuOfRunMs(out)
  const { events } = parseJournal(readFileSync(join(out, 'journal.ndjson'), 'utf8'))
  const idleMs = await replayMs(events, () => undefined)
  using folder = new RunFolder(join(directory, 'again'))
  const journalMs = (await replayMs(events, folder.take)) - idleMs
  using watched = new RunFolder(join(directory, 'watched'))
  await using live = await LiveServer.start({
    page: makeLivePage(),
    journalFile: watched.file('journal.ndjson'),
    state: () => ({}),
    act: async () => ({ kind: 'refused', message: 'nobody acts here' }),
  })
  const address = live.url.replace('/?', '/events?')
  const args = ['--input-type=module', '--eval', reader, address]
  const client = spawn(process.execPath, args, { stdio: 'ignore' })
  try {
    const bothMs = (await replayMs(events, watched.take)) - idleMs
    row('CPU of a run of twitter-api-plan', `${(runMs / 1_000).toFixed(1)} s`)
    row('CPU of its journal', `${journalMs.toFixed(0)} ms`, `${events.length} events`)
    const share = (bothMs / runMs) * 100
    return goal('CPU of its journal and a live page', share, '%', (it) => it <= 3, 'at most 3 %')
  } finally {
    client.kill()
  }
}

/** User and system time of the run and of all that it started and waited for, as the shell says. */
async function cpuOfRunMs(out: string): Promise<number> {
  const args = [cliFile, 'run', 'twitter-api-plan', '--runtime', 'processes', '--out', out]
  const line = '"$@" >/dev/null && times'
  const child = spawn('sh', ['-c', line, 'sh', process.execPath, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const said = (await text(child.stdout)).trim().split('\n').at(-1) ?? ''
  const times = [...said.matchAll(/(\d+)m([\d.]+)s/g)]
  if (times.length !== 2) throw new Error(`the run did not pass, or the shell said '${said}'`)
  return times.reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60e3 + Number(seconds) * 1e3,
    0,
  )
}

/** CPU time of this process while the events come as they came in the run. */
async function replayMs(
  events: readonly JournalEvent[],
  take: (event: JournalEvent) => void,
): Promise<number> {
  const before = process.cpuUsage()
  const startedMs = performance.now()
  for (let next = 0; next < events.length; await delay(tickMs)) {
    const nowMs = performance.now() - startedMs
    for (; (events[next]?.atMs ?? Infinity) <= nowMs; next += 1) take(events[next] as JournalEvent)
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}
