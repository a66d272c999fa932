import { Console } from 'node:console'
import { exitCodes } from '../core/index.ts'
import { buildProgram } from './program.ts'
import { reportFault } from './faults.ts'

// A reader that went away (`| head`) is no error of ours: what is left to do is undoing and tearing down, without a word.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}

// What flows and other code of the project print is no part of what is reported.
globalThis.console = new Console(process.stderr)

// Node's own exit code for it, 1, would be taken for the verdict 'fail'. What runs is stopped by its supervisor.
process.on('uncaughtException', (error) => {
  reportFault(error)
  process.exit(exitCodes.harness)
})

try {
  await buildProgram(process.argv.slice(2)).parseAsync(process.argv)
} catch (error) {
  process.exitCode = reportFault(error)
}
process.exitCode ??= exitCodes.pass

// All is done and said. Something left open, as a connection to an engine that was killed, is not to keep the command from ending.
function endAnyway(): void {
  if (process.stdout.writableLength + process.stderr.writableLength === 0) process.exit()
  setTimeout(endAnyway, 1_000).unref()
}
setTimeout(endAnyway, 5_000).unref()
