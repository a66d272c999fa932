import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Proof } from '../prove/index.ts'
import { reached, row } from './figures.ts'
import { cliFile } from './reference.ts'

interface Table {
  readonly suite: readonly { scenario: string; verdict: string; seconds: number }[]
  readonly seconds: number
}

/** What became of the writes of a run, as its summary says. */
type WritesOfRun = Readonly<Record<'ok' | 'lost' | 'duplicated' | 'unread', number>>

const goalS = 90
const lossy = 'acknowledged and not stored'

/** Every incident with its guard, on processes, as one suite; repeated, so that a verdict that is not always the same shows: BENCH_SCALE=10 makes 20 rounds. */
export async function library(scale: number): Promise<boolean> {
  const runs = Math.max(1, Math.round(2 * scale))
  const ids = await incidentIds()
  let allPass = true
  for (let i = 0; i < runs; i += 1) {
    const { table } = await runSuite(ids)
    const others = table.suite.filter(({ verdict }) => verdict !== 'pass')
    allPass &&= others.length === 0
    row('incidents and guards, as one suite', `${table.seconds} s`, `goal ${goalS} s`)
    const slowest = table.suite.toSorted((a, b) => b.seconds - a.seconds)[0]
    row('  scenarios', `${table.suite.length}`)
    row('  the slowest of them', `${slowest?.seconds} s`, slowest?.scenario)
    row('  other than pass', `${others.length}`, 'must be 0')
    for (const { scenario, verdict } of others) row(`    ${scenario}`, verdict)
  }
  return allPass
}

/** Acknowledged writes over all scenarios with faults, and a system that loses them on purpose. */
export async function writes(): Promise<boolean> {
  const { table, runs } = await runSuite(['chaos', 'faults'])
  const sum = (of: keyof WritesOfRun) => runs.reduce((all, one) => all + one[of], 0)
  const problems = sum('lost') + sum('duplicated') + sum('unread')
  row('scenarios with faults', `${table.suite.length}`)
  row('writes acknowledged in them', `${sum('ok')}`)
  const isWhole = reached(
    '  lost, there twice, or not readable',
    `${problems}`,
    problems === 0 && sum('ok') > 0,
    '0',
  )
  const proof = JSON.parse(
    await output(['prove', 'twitter-api-plan', '--runtime', 'processes', '--json']),
  ) as Pick<Proof, 'hypotheses'>
  const attacks = proof.hypotheses
    .flatMap((one) => one.attacks)
    .filter((attack) => attack.on.endsWith(lossy))
  const found = attacks.filter(({ noticed }) => noticed).length
  const isSeen = attacks.length > 0 && found === attacks.length
  const text = `${found} of ${attacks.length} kinds`
  return reached('  a system that loses them is found out', text, isSeen, 'all') && isWhole
}

async function runSuite(
  filters: readonly string[],
): Promise<{ table: Table; runs: readonly WritesOfRun[] }> {
  const out = mkdtempSync(join(tmpdir(), 'aftershock-bench-'))
  try {
    const text = await output(['run', ...filters, '--runtime', 'processes', '--json', '--out', out])
    const lines = text.trimEnd().split('\n')
    return {
      table: JSON.parse(lines.pop() ?? '') as Table,
      runs: lines.flatMap((line) => (JSON.parse(line) as { writes?: WritesOfRun }).writes ?? []),
    }
  } finally {
    rmSync(out, { recursive: true })
  }
}

/** Of every incident and guard. */
export async function incidentIds(): Promise<string[]> {
  const rows = JSON.parse(await output(['list', '--json'])) as { id: string; incident?: object }[]
  return rows.filter(({ incident }) => incident !== undefined).map(({ id }) => id)
}

/** What the command line prints, given these arguments. */
export function output(args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cliFile, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const parts: Buffer[] = []
    child.stdout.on('data', (part: Buffer) => parts.push(part))
    child.on('error', reject)
    child.on('close', () => resolve(Buffer.concat(parts).toString('utf8')))
  })
}
