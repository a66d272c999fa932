#!/usr/bin/env -S node --experimental-vm-modules --no-warnings
/**
 * Stands in for k6 in tests: runs a script as k6's documentation says that k6 does, as far as our scripts need it. Each user has a world of
 * its own with what the language has and nothing of Node.
 * Sources: grafana.com/docs/k6/latest/javascript-api, .../using-k6/scenarios, .../results-output/real-time/json.
 */
import { parseArgs } from 'node:util'
import { Load } from './load.ts'
import { refusalsOf } from './options.ts'
import { Output } from './output.ts'
import { ScriptAbort, World } from './world.ts'

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: 'string' },
    quiet: { type: 'boolean' },
    'no-color': { type: 'boolean' },
    'no-usage-report': { type: 'boolean' },
    address: { type: 'string' },
  },
})

async function main(): Promise<number> {
  const [command, script = ''] = positionals
  if (command === 'version') {
    process.stdout.write('k6 v0.0.0 (a stand-in for tests)\n')
    return 0
  }
  const output = new Output((values.out ?? 'json=/dev/null').replace(/^json=/, ''))
  const first = await World.open(script, output).catch((error: unknown) => String(error))
  if (typeof first === 'string') {
    process.stderr.write(`level=error msg=${JSON.stringify(first)}\n`)
    return 107
  }
  const refusals = refusalsOf(first.options)
  if (refusals.length > 0) {
    process.stderr.write(`level=error msg=${JSON.stringify(refusals.join('; '))}\n`)
    return 104
  }
  if (command === 'inspect') {
    process.stdout.write(`${JSON.stringify(first.options)}\n`)
    return 0
  }
  const load = new Load(first.options, () => World.open(script, output), output)
  process.on('SIGINT', () => load.interrupt())
  // k6 itself looks every two seconds.
  let aborting: readonly string[] = []
  const looking = setInterval(() => {
    aborting = output.aborting(first.options.thresholds ?? {})
    if (aborting.length > 0) load.interrupt()
  }, 200)
  try {
    await load.run(await first.setup())
  } catch (error) {
    process.stderr.write(`level=error msg=${JSON.stringify(String(error))}\n`)
    return error instanceof ScriptAbort ? 108 : 107
  } finally {
    clearInterval(looking)
    output.close()
  }
  if (aborting.length > 0) {
    const said = `thresholds on metrics '${aborting.join(', ')}' were crossed; at least one has abortOnFail enabled, stopping test prematurely`
    process.stderr.write(`level=error msg=${JSON.stringify(said)}\n`)
    return 99
  }
  if (load.interrupted) return 105
  return output.crossed(first.options.thresholds ?? {}).length > 0 ? 99 : 0
}

process.exit(await main())
