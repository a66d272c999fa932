import { Command, InvalidArgumentError, Option } from 'commander'
import { packageVersion } from '../session/index.ts'
import { runtimeNames } from '../core/index.ts'
import { runtimeVariable } from '../runtimes/choose-runtime.ts'
import { baselineUpdateCommand } from './baseline-command.ts'
import { cleanCommand } from './clean-command.ts'
import { compareCommand, pageFormats } from './compare-command.ts'
import { doctorCommand } from './doctor-command.ts'
import { listCommand } from './list-command.ts'
import { exportKinds } from './export-load.ts'
import { loadCommand, loadEngineNames } from './load-command.ts'
import { reportCommand } from './report-command.ts'
import { proveCommand } from './prove-command.ts'
import { reproduceCommand } from './reproduce-command.ts'
import { runCommand } from './run-command.ts'
import { trendCommand } from './trend-command.ts'

const exitCodeHelp = `
Exit codes:
  0    pass          1    fail          2    inconclusive, which is never a pass
  64   wrong usage or an invalid scenario: nothing was started
  70   a fault of the harness           130, 143   interrupted, after undo and teardown`

/** The whole command line. `argv` is what was typed, for the journal. */
export function buildProgram(argv: readonly string[]): Command {
  const program = new Command('aftershock')
    .description(
      'Applies a change to a running system, and says what broke, for whom, and whether undoing it helps.',
    )
    .version(packageVersion())
    .showHelpAfterError('(aftershock --help lists the commands)')
    .exitOverride()
    .addHelpText('after', exitCodeHelp)
  program
    .command('run')
    .description('run scenarios: baseline, change, judgement, undo, recovery')
    .argument(
      '[filter...]',
      'ids, or parts of ids or paths; without any, all scenarios that are to pass',
    )
    .addOption(runtimeOption())
    .addOption(seedOption())
    .option('--out <dir>', 'folder for journal, reports and logs (default: reports/runs/<run id>)')
    .option(
      '--baseline <file>',
      'compare with this baseline, or with <id>.json in this folder; a regression fails the run',
    )
    .option(
      '--no-reuse',
      'start a stack for each scenario, also where that of the one before could be reset',
    )
    .option('--verbose', 'show a failing exchange for every broken cell', false)
    .option(
      '--json',
      'print one summary per line on stdout, for several scenarios a table of them as the last line, and nothing else',
      false,
    )
    .action((filter: string[], options: Parameters<typeof runCommand>[1]) =>
      runCommand(filter, options, argv),
    )
  program
    .command('reproduce')
    .description('apply the change of a scenario and stay up, broken, to look at and poke')
    .argument('<scenario>', 'id of the scenario, or a part of it')
    .addOption(runtimeOption())
    .addOption(seedOption())
    .option('--open', 'open the live page in a browser; its address is printed always')
    .option('--out <dir>', 'folder for journal, reports and logs (default: reports/runs/<run id>)')
    .action((name: string, options: Parameters<typeof reproduceCommand>[1]) =>
      reproduceCommand(name, options, argv),
    )
  program
    .command('load')
    .description('put a system under load, and say whether its thresholds hold')
    .argument('<test>', 'name of a *.load.ts, or a part of its path')
    .addOption(runtimeOption())
    .addOption(seedOption())
    .option(
      '--out <dir>',
      'folder for journal, figures and logs (default: reports/runs/<run id>); with --export for what is written (default: here)',
    )
    .option('--json', 'print the figures on stdout, and nothing else', false)
    .addOption(
      new Option(
        '--load-engine <engine>',
        'what makes the traffic; k6 is one that you have installed, or the image grafana/k6',
      )
        .choices(loadEngineNames)
        .default('embedded'),
    )
    .addOption(
      new Option(
        '--export <kind>',
        'run nothing, and write the load test as a script for k6, or as manifests for the k6 operator',
      ).choices(exportKinds),
    )
    .addOption(
      new Option(
        '--parallelism <pods>',
        'with --export k6-operator: pods that share the load (default: 4, or as many as there are users)',
      ).argParser(wholeFrom1),
    )
    .option(
      '--baseline [file]',
      'fail when it is worse than this one (default: reports/baselines/<test>.load.json)',
    )
    .option('--update-baseline [file]', 'keep the figures as the baseline when the load passes')
    .action((name: string, options: Parameters<typeof loadCommand>[1]) =>
      loadCommand(name, options, argv),
    )
  program
    .command('prove')
    .description('break the system on purpose, and say which flows and hypotheses do not notice')
    .argument('[filter...]', 'ids, or parts of ids or paths, of scenarios')
    .addOption(runtimeOption())
    .addOption(seedOption())
    .option('--json', 'print what was found on stdout, and nothing else', false)
    .action((filter: string[], options: Parameters<typeof proveCommand>[1]) =>
      proveCommand(filter, options, argv),
    )
  program
    .command('list')
    .description('list the scenarios below this directory')
    .option('--json', 'as JSON', false)
    .action(listCommand)
  program
    .command('report')
    .description('make a report from the journal of a run')
    .argument('<journal>', 'journal.ndjson, or the folder that holds it')
    .addOption(
      new Option('--format <format>')
        .choices(['terminal', 'summary', 'junit', 'markdown', 'html'])
        .default('terminal'),
    )
    .option('--verbose', 'show a failing exchange for every broken cell', false)
    .action(reportCommand)
  addComparing(program)
  program
    .command('doctor')
    .description('check what this machine has and what is missing')
    .option('--json', 'as JSON', false)
    .action(doctorCommand)
  program
    .command('clean')
    .description('remove what a killed run may have left; runs that are going on are not touched')
    .option('--images', 'remove the images that runs have built as well', false)
    .option('--json', 'as JSON', false)
    .action(cleanCommand)
  return program
}

/** What looks at more than one run. */
function addComparing(program: Command): void {
  const formatOption = () =>
    new Option('--format <format>').choices([...pageFormats]).default('terminal')
  program
    .command('compare')
    .description(
      'say what got worse from one run to another: 0 nothing, 1 something, 2 inconclusive',
    )
    .argument('<a>', 'the reference: folder of a run, journal.ndjson, or a baseline')
    .argument('<b>', 'what is compared with it, named in the same ways')
    .option(
      '--noise <run...>',
      'further runs of the version of <a>: what differs among them is noise',
    )
    .addOption(formatOption())
    .action(compareCommand)
  program
    .command('baseline')
    .description('figures of a run to compare later ones with, small enough to commit')
    .command('update')
    .description('write reports/baselines/<scenario>.json')
    .argument('<what...>', 'id of a scenario, for its newest runs, or folders of runs')
    .option('--out <file>', 'where to write it instead')
    .option(
      '--runs <number>',
      'of a scenario take up to so many runs of one commit (default: 3)',
      wholeNumber,
    )
    .action(baselineUpdateCommand)
  program
    .command('trend')
    .description('show the newest runs of a scenario')
    .argument('<scenario>', 'its id')
    .option('--last <number>', 'how many runs', wholeNumber, 20)
    .option('--runs <dir>', 'folder of runs (default: where this project has them)')
    .addOption(formatOption())
    .action(trendCommand)
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('Use a whole number from 1.')
}

function runtimeOption(): Option {
  return new Option(
    '--runtime <runtime>',
    'what starts the system; auto, the default, takes containers where an engine answers, else processes',
  )
    .choices(runtimeNames)
    .env(runtimeVariable)
}

function wholeFrom1(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('Use a whole number from 1.')
  return Number(text)
}

function seedOption(): Option {
  return new Option(
    '--seed <number>',
    'for all that is random (default: random, and printed)',
  ).argParser((text) => {
    const seed = Number(text)
    if (!/^\d+$/.test(text) || seed >= 2 ** 32) {
      throw new InvalidArgumentError('Use a whole number from 0 to 4294967295.')
    }
    return seed
  })
}
