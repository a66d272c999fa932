import { relative } from 'node:path'
import { HarnessError } from '../core/index.ts'
import { trendPage } from '../compare/index.ts'
import { say } from '../session/index.ts'
import { runsOf } from './figures-of.ts'
import { sayPage, type PageFormat } from './compare-command.ts'
import { openHere } from './open-here.ts'
import { renderOptionsFor } from './screen.ts'

interface TrendOptions {
  readonly last: number
  readonly runs?: string
  readonly format: PageFormat
}

/** `aftershock trend <scenario>`: the newest runs of a scenario, from the summaries that they left. */
export async function trendCommand(
  scenario: string,
  { last, runs: named, format }: TrendOptions,
): Promise<void> {
  const directory = named ?? relative(process.cwd(), (await openHere()).runsFolder)
  const { runs: found, sessions } = runsOf(scenario, directory)
  const runs = found.slice(-last).map(({ summary }) => summary)
  if (runs.length === 0) {
    throw new HarnessError(
      'USAGE',
      `there is no run of the scenario '${scenario}' below ${directory}`,
      {
        hint: '`aftershock list` shows the scenarios; --runs names another folder',
      },
    )
  }
  if (format === 'json') {
    const rows = runs.map(
      ({ runId, startedAt, verdict, comparison, timings, statusPage, git }) => ({
        runId,
        startedAt,
        verdict,
        ...(comparison === undefined ? {} : { compared: comparison.outcome }),
        timings,
        statusPage,
        git,
      }),
    )
    say(`${JSON.stringify({ scenario, runs: rows })}\n`)
    return
  }
  const { unicode } = renderOptionsFor(process.stdout)
  sayPage(trendPage(scenario, runs, sessions, format !== 'terminal' || unicode), format)
}
