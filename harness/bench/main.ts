/**
 * `npm run bench [-- name...]`: the figures that the project promises, measured here and now. Absolute times depend on the machine and on
 * what else it does; counts (false alarms, misses, leftovers) must be zero everywhere. Exit code 1 when a count is not.
 */
import { containers } from './containers.ts'
import { incidentTime } from './incident-time.ts'
import { killNine } from './kill-nine.ts'
import { library, writes } from './library.ts'
import { links } from './links.ts'
import { load, loadParts } from './load.ts'
import { outside } from './outside.ts'
import { ownScratch } from './own-scratch.ts'
import { report } from './report.ts'
import { reset } from './reset.ts'
import { verdict } from './verdict.ts'
import { verdictAccuracy } from './verdict-accuracy.ts'

/** Prints its figures; true when all that must hold did. */
type Bench = (scale: number) => Promise<boolean>

const benches: Readonly<Record<string, Bench>> = {
  time: incidentTime,
  accuracy: verdictAccuracy,
  kill: killNine,
  containers,
  outside,
  links,
  load,
  library,
  writes,
  reset,
  verdict,
  report,
}
/** Parts of them, run only when they are named. */
const parts: Readonly<Record<string, Bench>> = loadParts

/** BENCH_SCALE=0.1 makes a tenth of the runs: to try out the bench itself. */
const scale = Number(process.env['BENCH_SCALE'] ?? 1)
const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(benches)
await using _scratch = await ownScratch()
for (const name of names) {
  const bench = benches[name] ?? parts[name]
  if (!bench) {
    process.stderr.write(
      `bench: there is no '${name}'; known are ${Object.keys({ ...benches, ...parts }).join(', ')}\n`,
    )
    process.exitCode = 64
    break
  }
  process.stdout.write(`\n${name}\n`)
  if (!(await bench(scale))) process.exitCode = 1
}
