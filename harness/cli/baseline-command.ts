import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { HarnessError } from '../core/index.ts'
import { failedReference, mergeRuns, writeBaseline, type RunFigures } from '../compare/index.ts'
import { say } from '../session/index.ts'
import { openHere } from './open-here.ts'
import { refuseIgnored } from './refuse-ignored.ts'
import { baselinesDirectory, readFigures, runsOf } from './figures-of.ts'

const usualRuns = 3

interface BaselineOptions {
  readonly out?: string
  /** Default 3. */
  readonly runs?: number
}

/**
 * `aftershock baseline update <what...>`: writes a baseline from runs that are named, or from the newest runs of a scenario. Runs of
 * a scenario are taken while they are of one commit, runtime and verdict: what differs between them is noise.
 */
export async function baselineUpdateCommand(
  what: readonly string[],
  { out, runs }: BaselineOptions,
): Promise<void> {
  if (what.every(isRun)) refuseIgnored({ '--runs': runs }, 'says nothing to runs that are named')
  const { runsFolder } = await openHere()
  const figures = mergeRuns(
    what.flatMap((one) =>
      isRun(one) ? [readFigures(one)] : figuresOfScenario(one, runs, runsFolder),
    ),
  )
  if (figures.verdict === 'inconclusive') {
    throw new HarnessError(
      'USAGE',
      `the run ${figures.runs[0]} was inconclusive: nothing can be compared with it`,
      {
        hint: 'run the scenario again',
      },
    )
  }
  const file = out ?? join(baselinesDirectory, `${figures.scenario}.json`)
  const text = writeBaseline(figures)
  const before = existsSync(file) ? readFileSync(file, 'utf8') : undefined
  if (out === undefined) mkdirSync(baselinesDirectory, { recursive: true })
  writeFileSync(file, text)
  const done = before === undefined ? 'written' : before === text ? 'is as it was' : 'updated'
  const from = figures.runs.join(', ')
  say(`${file}: ${done}, from ${from}; ${Math.ceil(text.length / 1_024)} kB\n`)
  const failed = failedReference(figures)
  if (failed !== undefined) say(`${failed}\n`)
  if (figures.runs.length === 1) {
    say(
      'Made from one run: values of answers that are different in each run cannot be told from drift, and are not judged. Run the scenario twice for that.\n',
    )
  }
}

function isRun(what: string): boolean {
  return existsSync(what) && (statSync(what).isDirectory() || what.endsWith('.ndjson'))
}

function figuresOfScenario(what: string, most = usualRuns, runsFolder: string): RunFigures[] {
  const found = runsOf(what, runsFolder).runs.toReversed()
  const newest = found[0]?.summary
  if (!newest) {
    throw new HarnessError(
      'USAGE',
      `there is no run of the scenario '${what}' below ${relative(process.cwd(), runsFolder)}`,
      {
        hint: `run it first: aftershock run ${what}`,
      },
    )
  }
  const alike = found.filter(
    ({ summary }) =>
      summary.git?.head === newest.git?.head &&
      summary.git?.dirty === newest.git?.dirty &&
      summary.runtime === newest.runtime &&
      summary.verdict === newest.verdict,
  )
  return alike.slice(0, most).map(({ folder }) => readFigures(folder))
}
