/**
 * `npm run verify:k6`: everything that has to do with k6, for real, where there is one (on the PATH, or named by AFTERSHOCK_K6). Tests have
 * only what stands in for it. Exit code 0 when all holds, 1 when something does not, 2 when there is no k6 and nothing was verified.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { $, which } from 'zx'

interface Figures {
  readonly verdict: { readonly kind: string }
  readonly loads: readonly { readonly cells?: readonly { readonly count: number }[] }[]
}

const quiet = $({ nothrow: true, quiet: true })

async function verify(k6: string, directory: string): Promise<boolean> {
  const say = (what: string, isGood: boolean, detail: string) => {
    process.stdout.write(`${isGood ? 'holds' : 'FAILS'}  ${what}: ${detail.trim().slice(0, 500)}\n`)
    return isGood
  }
  const version = await quiet`${k6} version`
  const exported = await quiet`npx aftershock load smoke --export k6 --out ${directory}`
  const inspected = await quiet`${k6} inspect ${join(directory, 'smoke.k6.js')}`
  const out = join(directory, 'run')
  const args = ['--load-engine', 'k6', '--runtime', 'processes', '--out', out]
  const ran = await quiet`npx aftershock load smoke ${args}`
  const figures = JSON.parse(readFileSync(join(out, 'load.json'), 'utf8')) as Figures
  const flows = figures.loads.flatMap(({ cells = [] }) => cells.map(({ count }) => count))
  const count = flows.reduce((sum, one) => sum + one, 0)
  return [
    say('k6 runs', version.exitCode === 0, version.stdout),
    say('a script is exported', exported.exitCode === 0, exported.stdout + exported.stderr),
    say('k6 understands the script', inspected.exitCode === 0, inspected.stderr || 'its options'),
    say('flows run by k6 are counted', count > 0, `${count} flows`),
    say('the load has the verdict of its thresholds', ran.exitCode === 0, figures.verdict.kind),
  ].every(Boolean)
}

const k6 = process.env['AFTERSHOCK_K6'] ?? (await which('k6', { nothrow: true }))
if (k6) {
  const directory = mkdtempSync(join(tmpdir(), 'aftershock-verify-k6-'))
  try {
    process.exitCode = (await verify(k6, directory)) ? 0 : 1
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
} else {
  process.stderr.write('there is no k6 on the PATH: nothing was verified\n')
  process.exitCode = 2
}
