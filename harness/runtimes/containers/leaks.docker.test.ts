import { spawn, execFileSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { supervisorPidFile, scratchPrefix } from '../processes/leftovers.ts'
import { labelled } from './testing/test-stack.ts'

const cli = fileURLToPath(new URL('../../bin/aftershock.js', import.meta.url))
const probeFile = fileURLToPath(new URL('testing/probe.ts', import.meta.url))
const harness = fileURLToPath(new URL('../../index.ts', import.meta.url))
const goneWithinMs = 40_000

/** A scenario that does not end by itself for a long time: its flow waits. */
const scenario = `
import { FlowFailure, defineScenario, defineStack, holds, mergePatch } from ${JSON.stringify(harness)}
export default defineScenario({
  id: 'unending',
  title: 'A run to be killed',
  stack: defineStack({
    name: 'probe',
    entry: 'probe',
    services: [{
      name: 'probe',
      replicas: 2,
      run: { kind: 'command', command: 'node', args: [${JSON.stringify(probeFile)}], env: { HOST: '{host}', PORT: '{port:http}' } },
      ports: ['http'],
      health: { path: '/healthz' },
      config: { kind: 'http', port: 'http', path: '/config', tokenEnv: 'TOKEN' },
      connects: [],
    }],
    sites: [],
  }),
  actors: [{ id: 'visitor', title: 'A visitor', headers: {} }],
  flows: [{
    id: 'ask',
    title: 'Ask',
    actors: ['visitor'],
    timeoutMs: 60_000,
    run: ({ signal }) => new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(new FlowFailure('stopped', 'it was stopped')))
    }),
  }],
  steps: [mergePatch('nothing', { service: 'probe', patch: {} })],
  expect: holds(),
  judgement: { windowMs: 600_000 },
})
`

describe.skipIf(!inject('docker'))('of a run on containers', () => {
  let folder: string

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'aftershock-test-'))
    writeFileSync(join(folder, 'unending.scenario.ts'), scenario)
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  })

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  function run(): ChildProcess {
    const args = [cli, 'run', 'unending', '--runtime', 'containers', '--out', join(folder, 'out')]
    return spawn(process.execPath, args, { cwd: folder, stdio: 'ignore' })
  }

  const journal = () => {
    try {
      return readFileSync(join(folder, 'out', 'journal.ndjson'), 'utf8')
    } catch {
      // Not written yet.
      return ''
    }
  }
  const runIdOf = () => /"runId":"([^"]+)"/.exec(journal())?.[1] as string

  /** Starts a run and waits until it has come so far. */
  async function runUntil(said: string): Promise<{ child: ChildProcess; runId: string }> {
    rmSync(join(folder, 'out'), { recursive: true, force: true })
    const child = run()
    await expect.poll(journal, { timeout: 60_000, interval: 50 }).toContain(said)
    return { child, runId: runIdOf() }
  }

  async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
    const exited = once(child, 'exit')
    child.kill(signal)
    const [code] = (await exited) as [number | null]
    return code
  }

  test.each(['starting', 'the fabric is ready', 'stack.ready'])(
    'nothing stays after kill -9 once it says "%s"',
    async (said) => {
      const { child, runId } = await runUntil(said)
      await end(child, 'SIGKILL')
      await expect.poll(() => labelled(runId), { timeout: goneWithinMs }).toEqual([])
    },
  )

  test('nothing stays after SIGTERM, and the exit code says so', async () => {
    const { child, runId } = await runUntil('stack.ready')
    expect(await end(child, 'SIGTERM')).toBe(143)
    expect(await labelled(runId)).toEqual([])
  })

  test('aftershock clean removes what stays when harness and reaper are killed, and nothing of a run that goes on', async () => {
    const { child, runId } = await runUntil('stack.ready')
    const scratch = join(tmpdir(), `${scratchPrefix}${runId}`)
    const clean = () => execFileSync(process.execPath, [cli, 'clean'], { encoding: 'utf8' })
    expect(clean()).not.toContain(runId)
    process.kill(Number(readFileSync(join(scratch, supervisorPidFile), 'utf8')), 'SIGKILL')
    await end(child, 'SIGKILL')
    expect(await labelled(runId)).not.toEqual([])
    expect(clean()).toContain(`removed network aftershock-${runId}-inner`)
    expect(await labelled(runId)).toEqual([])
  })
})
