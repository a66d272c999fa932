import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { Summary } from '../../report/index.ts'
import { scratchPrefix, supervisorPidFile } from '../processes/leftovers.ts'
import { runLabel } from './labels.ts'
import { canHaveOwnEngine, OwnEngine } from './testing/own-engine.ts'

const cli = fileURLToPath(new URL('../../bin/aftershock.js', import.meta.url))
const probeFile = fileURLToPath(new URL('testing/probe.ts', import.meta.url))
const harness = fileURLToPath(new URL('../../index.ts', import.meta.url))
/** Longer than the engine gives its containers, and the reaper the engine. */
const goneWithinMs = 90_000

/** Its flow takes long enough for the engine to be stopped while its cells are judged. */
const scenario = `
import { FlowFailure, defineScenario, defineStack, envChange, holds } from ${JSON.stringify(harness)}
export default defineScenario({
  id: 'slow',
  title: 'A run whose engine is stopped',
  stack: defineStack({
    name: 'probe',
    entry: 'probe',
    services: [{
      name: 'probe',
      replicas: 2,
      run: { kind: 'command', command: 'node', args: [${JSON.stringify(probeFile)}], env: { HOST: '{host}', PORT: '{port:http}' } },
      ports: ['http'],
      health: { path: '/healthz' },
      connects: [],
    }],
    sites: [],
  }),
  actors: [{ id: 'visitor', title: 'A visitor', headers: {} }],
  flows: [{
    id: 'ask',
    title: 'Ask',
    actors: ['visitor'],
    run: async ({ http }) => {
      const { status } = await http.get('/slow?ms=300')
      if (status !== 200) throw new FlowFailure(String(status), 'it did not answer')
    },
  }],
  steps: [envChange('greet', { service: 'probe', env: { GREETING: 'hello' } })],
  expect: holds(),
})
`

const can = inject('docker') && canHaveOwnEngine()

describe.skipIf(!can)('an engine that stops', { timeout: 300_000 }, () => {
  let folder: string
  let engine: OwnEngine

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'aftershock-test-'))
    writeFileSync(join(folder, 'slow.scenario.ts'), scenario)
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
    engine = await OwnEngine.start()
  })

  afterAll(async () => {
    await engine?.[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  function aftershock(...args: readonly string[]) {
    const command = engine.inside(process.execPath, cli, ...args)
    const child = spawn('nsenter', command, {
      cwd: folder,
      env: { ...process.env, DOCKER_HOST: engine.address },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data: Buffer) => (output += data.toString()))
    }
    // Not when its output is closed: the reaper, which outlives it, writes there as well.
    const ended = once(child, 'exit').then(async ([code]) => {
      await delay(100)
      return { code: code as number | null, output }
    })
    return ended
  }

  const run = (out: string) =>
    aftershock('run', 'slow', '--runtime', 'containers', '--out', join(folder, out))
  const journal = (out: string) => {
    try {
      return readFileSync(join(folder, out, 'journal.ndjson'), 'utf8')
    } catch {
      // Not written yet.
      return ''
    }
  }
  const labelled = () =>
    [
      ['ps', '--all'],
      ['network', 'ls'],
      ['volume', 'ls'],
    ]
      .map((list) => engine.docker(...list, '--quiet', '--filter', `label=${runLabel}`).stdout)
      .join('')

  /** Starts a run, stops the engine while cells are judged, and looks at what became of the run. */
  async function runAndStop(out: string, signal: NodeJS.Signals): Promise<string> {
    const ended = run(out)
    await expect
      .poll(() => journal(out), { timeout: 120_000, interval: 20 })
      .toContain(`watching what 'greet' does`)
    await engine.stop(signal)
    const { code, output } = await ended
    expect(output).toContain('the run broke off')
    expect(code).toBe(70)
    const summary = JSON.parse(readFileSync(join(folder, out, 'summary.json'), 'utf8')) as Summary
    expect(summary).toMatchObject({ verdict: 'inconclusive', reasons: [{ code: 'no-data' }] })
    const judged = summary.cells.flatMap(({ baseline, change, recovery }) =>
      [baseline, change, recovery].map((outcome) => outcome?.judgement),
    )
    expect(judged).not.toContain('broken')
    return /"runId":"([^"]+)"/.exec(journal(out))?.[1] as string
  }

  test('by SIGTERM ends the run, inconclusive, and nothing stays once it is back', async () => {
    await runAndStop('terminated', 'SIGTERM')
    await engine.restart()
    await expect.poll(labelled, { timeout: goneWithinMs, interval: 500 }).toBe('')
  })

  test('by SIGKILL too; what stays when the reaper is killed as well aftershock clean removes, and a later run passes', async () => {
    const runId = await runAndStop('killed', 'SIGKILL')
    const pid = readFileSync(join(tmpdir(), `${scratchPrefix}${runId}`, supervisorPidFile), 'utf8')
    process.kill(Number(pid), 'SIGKILL')
    await engine.restart()
    expect(labelled()).not.toBe('')
    const cleaned = await aftershock('clean')
    expect(cleaned.output).toContain(`removed network aftershock-${runId}-inner`)
    expect(labelled()).toBe('')
    expect(await run('later')).toMatchObject({ code: 0 })
  })
})
