/**
 * Runs the program of its arguments so that it does not outlive whoever started this one: when standard input ends, or on a signal, the
 * program is interrupted, and killed when it does not end. Its exit code is passed on.
 */
import { spawn } from 'node:child_process'
import { constants } from 'node:os'

const graceMs = 5_000
const [command = '', ...args] = process.argv.slice(2)
const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] })
let isEnding = false

function end(): void {
  if (isEnding) return
  isEnding = true
  child.kill('SIGINT')
  setTimeout(() => child.kill('SIGKILL'), graceMs)
}

child.on('error', (error) => {
  process.stderr.write(`${error.message}\n`)
  process.exit(127)
})
child.on('exit', (code, signal) =>
  process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0)),
)
process.stdin.on('end', end).on('error', end).resume()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end)
