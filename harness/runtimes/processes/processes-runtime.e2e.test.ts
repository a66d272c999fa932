import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempDisposableSync, mkdtempSync, rmSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { Redactor, type ServiceInfo, type ServiceSpec } from '../../core/index.ts'
import type { RunningStack, StartOptions } from '../../engine/index.ts'
import { removeLeftovers, scratchPrefix } from './leftovers.ts'
import { processesRuntime } from './processes-runtime.ts'
import { isAlive, stackOf, supervisorOf, waitUntilGone } from './test-stack.ts'

let scope: AsyncDisposableStack
let logDir: string
let runs = 0
beforeEach(() => {
  scope = new AsyncDisposableStack()
  logDir = mkdtempSync(join(tmpdir(), 'aftershock-test-'))
  scope.defer(() => rmSync(logDir, { recursive: true }))
})
afterEach(() => scope.disposeAsync())

function newRunId(): string {
  runs += 1
  return `test-${process.pid}-${runs}`
}

function scratchOf(runId: string): string {
  return join(tmpdir(), `${scratchPrefix}${runId}`)
}

async function start(
  behaviour: string,
  given: Partial<ServiceSpec> = {},
  options: Partial<StartOptions> = {},
): Promise<RunningStack> {
  const stack = await processesRuntime.start(stackOf(behaviour, given), {
    runId: newRunId(),
    seed: 1,
    logDir,
    redactor: new Redactor(),
    signal: new AbortController().signal,
    onProgress: () => undefined,
    onExit: () => undefined,
    ...options,
  })
  return scope.use(stack)
}

interface Facts {
  readonly args: string[]
  readonly env: Record<string, string>
  readonly children: number[]
  readonly cwd: string
}

async function factsOf(
  services: readonly ServiceInfo[],
  index = 0,
): Promise<Facts & { pid: number }> {
  const replica = services[0]?.replicas[index]
  const facts = (await (await fetch(`${replica?.url}/facts`)).json()) as Facts
  return { ...facts, pid: replica?.pid as number }
}

async function failureOf(promise: Promise<unknown>) {
  return promise.then(
    () => {
      throw new Error('it started')
    },
    (error: unknown) => error as Error & { code: string },
  )
}

describe('a program that does not start', () => {
  it('because it ends fails at once, with how it ended and its last lines', async () => {
    const runId = newRunId()
    const error = await failureOf(start('dies', {}, { runId }))
    expect(error).toMatchObject({ code: 'START_FAILED' })
    expect(error.message).toMatch(/^app-1 ended while starting \(exit code 3\):\n {2}line 9\n/)
    expect(error.message).toMatch(/\n {2}line 20$/)
    expect(existsSync(scratchOf(runId))).toBe(false)
  })

  it('because it does not get healthy fails with what was last seen', async () => {
    const runId = newRunId()
    const health = { path: '/healthz', timeoutMs: 1_500 }
    const error = await failureOf(start('never-ready', { health }, { runId }))
    expect(error).toMatchObject({ code: 'START_FAILED' })
    expect(error.message).toMatch(
      /app-1 was not healthy within 1500 ms \(GET .*\/healthz: it answered 503\)/,
    )
    expect(existsSync(scratchOf(runId))).toBe(false)
  })

  it('because there is no such program fails with that', async () => {
    const run = { kind: 'command', command: 'no-such-program', args: [] } as const
    const error = await failureOf(start('', { run }))
    expect(error).toMatchObject({ code: 'START_FAILED' })
    expect(error.message).toContain('ENOENT')
  })

  it('because it is interrupted leaves nothing', async () => {
    const runId = newRunId()
    const interrupts = new AbortController()
    const starting = start('never-ready', {}, { runId, signal: interrupts.signal })
    const failed = failureOf(starting)
    await expect.poll(() => existsSync(scratchOf(runId)), { timeout: 20_000 }).toBe(true)
    const supervisor = await expect
      .poll(() => supervisorOf(scratchOf(runId)), { timeout: 20_000 })
      .toBeGreaterThan(0)
      .then(() => supervisorOf(scratchOf(runId)))
    interrupts.abort('SIGINT')
    expect(await failed).toMatchObject({ code: 'ABORTED' })
    await waitUntilGone([supervisor], scratchOf(runId))
  })
})

it('starts a program anew on another port when its own was taken meanwhile', async () => {
  const said: string[] = []
  const stack = await start('finds-its-port-taken', {}, { onProgress: (text) => said.push(text) })
  expect((await factsOf(stack.services)).args).toEqual(['finds-its-port-taken'])
  expect(said).toContain('app-1: its port was taken meanwhile, starting it on another one')
})

describe('a program', () => {
  it('is told its ports, replica, directory and links; other braces stay', async () => {
    const run = {
      ...(stackOf('steady').services[0] as ServiceSpec).run,
      env: {
        PORT: '{port:http}',
        WHO: '{replica}',
        WHERE: '{dataDir}',
        LINK: '{link:app}',
        JSON: '{"a":{"b":1}} {unknown} {port:none}',
      },
      cwd: logDir,
    } as ServiceSpec['run']
    const stack = await start('steady', { run, replicas: 2, connects: ['app'] })
    const { env, cwd } = await factsOf(stack.services, 1)
    expect(env).toMatchObject({
      WHO: 'app-2',
      WHERE: join(stack.scratchDir, 'app'),
      LINK: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as string,
      JSON: '{"a":{"b":1}} {unknown} {port:none}',
    })
    expect(cwd).toBe(logDir)
    expect(env['PORT']).toBe(new URL(stack.services[0]?.replicas[1]?.url ?? '').port)
  })

  it('sees nothing of the environment of the harness but its PATH', async () => {
    process.env['AFTERSHOCK_TEST_SECRET'] = 'do-not-leak'
    scope.defer(() => {
      delete process.env['AFTERSHOCK_TEST_SECRET']
    })
    const stack = await start('steady')
    const { env } = await factsOf(stack.services)
    expect(JSON.stringify(env)).not.toContain('do-not-leak')
    expect(env['PATH']).toBe(process.env['PATH'])
    const inherited = Object.keys(env).filter((name) => env[name] === process.env[name])
    expect(inherited).toEqual(['PATH'])
  })

  it('that ends by itself is told with how, and its last lines', async () => {
    const ended = Promise.withResolvers<{ replica: string; detail: string }>()
    const stack = await start('steady', {}, { onExit: ended.resolve })
    await fetch(`${stack.services[0]?.replicas[0]?.url}/exit`).catch(() => undefined)
    expect(await ended.promise).toEqual({
      replica: 'app-1',
      detail: 'exit code 7\n  I was told to go',
    })
  })
})

describe('afterwards', () => {
  it('a program that ignores SIGTERM is gone, with what it started, in its own session or not', async () => {
    const stack = await start('stubborn')
    const { pid, children } = await factsOf(stack.services)
    const pids = [pid, ...children, supervisorOf(stack.scratchDir)]
    expect(pids).toHaveLength(4)
    expect(pids.filter(isAlive)).toEqual(pids)
    await stack[Symbol.asyncDispose]()
    await waitUntilGone(pids, stack.scratchDir)
  })

  it('disposing again does nothing', async () => {
    const stack = await start('steady')
    await Promise.all([stack[Symbol.asyncDispose](), stack[Symbol.asyncDispose]()])
    await stack[Symbol.asyncDispose]()
    expect(existsSync(stack.scratchDir)).toBe(false)
  })

  it('nothing is left when the supervisor was killed, and the replicas count as ended', async () => {
    const exits: string[] = []
    const stack = await start('stubborn', {}, { onExit: ({ detail }) => exits.push(detail) })
    const { pid, children } = await factsOf(stack.services)
    process.kill(supervisorOf(stack.scratchDir), 'SIGKILL')
    // The replica and the fabric.
    await expect.poll(() => exits.length, { timeout: 20_000 }).toBe(2)
    expect(exits.filter((detail) => !detail.includes('its supervisor ended'))).toEqual([])
    await stack[Symbol.asyncDispose]()
    await waitUntilGone([pid, ...children], stack.scratchDir)
  })
})

/** Another harness with a stack of its own. */
async function startHarness() {
  const program = fileURLToPath(new URL('./fixtures/harness.ts', import.meta.url))
  const harness = spawn(process.execPath, [program, newRunId(), logDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  scope.defer(() => void harness.kill('SIGKILL'))
  const [line] = (await once(createInterface({ input: harness.stdout }), 'line')) as [string]
  const { services, scratch } = JSON.parse(line) as { services: ServiceInfo[]; scratch: string }
  const { pid, children } = await factsOf(services)
  return { harness, scratch, pids: [pid, ...children], supervisor: supervisorOf(scratch) }
}

describe('when the harness is killed by SIGKILL', () => {
  it('no process and no directory is left', async () => {
    const { harness, scratch, pids, supervisor } = await startHarness()
    harness.kill('SIGKILL')
    await waitUntilGone([...pids, supervisor], scratch)
  })

  it('together with its supervisor, what is left is removed, and a run that goes on is not touched', async () => {
    const live = await start('steady')
    const { harness, scratch, pids, supervisor } = await startHarness()
    process.kill(supervisor, 'SIGKILL')
    harness.kill('SIGKILL')
    await waitUntilGone([supervisor])
    expect(pids.filter(isAlive)).toEqual(pids)
    const removed = removeLeftovers()
    await waitUntilGone(pids, scratch)
    expect(removed).toContainEqual({ what: 'directory', name: scratch })
    for (const pid of pids) {
      expect(removed).toContainEqual({ what: 'process', name: `${pid} of ${scratch}` })
    }
    expect(removed.filter(({ name }) => name.includes(live.scratchDir))).toEqual([])
    expect((await factsOf(live.services)).args).toEqual(['steady'])
  })

  it.each(['build', 'prove'])(
    'during a %s, its own folder goes, and that of one that goes on stays',
    (purpose) => {
      using live = mkdtempDisposableSync(join(tmpdir(), `aftershock-${purpose}-${process.pid}-`))
      // No process has a number as large.
      const dead = mkdtempSync(join(tmpdir(), `aftershock-${purpose}-4194305-`))
      expect(removeLeftovers()).toContainEqual({ what: 'directory', name: dead })
      expect([existsSync(dead), existsSync(live.path)]).toEqual([false, true])
    },
  )
})
