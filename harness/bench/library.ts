import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { row } from './figures.ts'
import { cliFile } from './reference.ts'

interface Table {
  readonly suite: readonly { scenario: string; verdict: string; seconds: number }[]
  readonly counts: Readonly<Record<string, number>>
  readonly seconds: number
}

const goalS = 90

/** Every incident with its guard, on processes, as one suite; repeated, so that a verdict that is not always the same shows. */
export async function library(scale: number): Promise<boolean> {
  const runs = Math.max(1, Math.round(2 * scale))
  let allPass = true
  for (let i = 0; i < runs; i += 1) {
    const table = await runLibrary()
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

async function runLibrary(): Promise<Table> {
  const ids = await incidentIds()
  const out = mkdtempSync(join(tmpdir(), 'aftershock-bench-'))
  try {
    const text = await output(['run', ...ids, '--runtime', 'processes', '--json', '--out', out])
    return JSON.parse(text.trimEnd().split('\n').at(-1) ?? '') as Table
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
