import { expect, test } from 'vitest'
import { Redactor, type JournalEvent, type Stack } from '../core/index.ts'
import type { Runtime, RunningStack, StartOptions } from '../engine/index.ts'
import { StackPool } from './stack-pool.ts'

/** A service that counts what it was asked, and whose reset forgets that, or does not. */
class CountingRuntime implements Runtime {
  readonly name = 'counting'
  readonly log: string[] = []
  readonly forgets: boolean
  readonly hashesConfig: boolean

  constructor({ forgets = true, hashesConfig = false } = {}) {
    this.forgets = forgets
    this.hashesConfig = hashesConfig
  }

  start(stack: Stack): Promise<RunningStack> {
    this.log.push('start')
    let asked = 0
    let config = configOf(stack)
    return Promise.resolve({
      services: [],
      replicas: [{ id: 'app-1', use: () => (asked += 1) }],
      resettable: {
        reset: (next: Stack) => {
          this.log.push('reset')
          config = configOf(next)
          if (this.forgets) asked = 0
          return Promise.resolve()
        },
        stateHashes: () =>
          Promise.resolve({ 'app-1': this.hashesConfig ? `${asked} ${config}` : `${asked}` }),
      },
      [Symbol.asyncDispose]: () => {
        this.log.push('stop')
        return Promise.resolve()
      },
    } as unknown as RunningStack)
  }
}

function stackWith(config: string, args: readonly string[] = []): Stack {
  return {
    name: 'one service',
    entry: 'app',
    sites: [],
    services: [
      {
        name: 'app',
        replicas: 1,
        run: { kind: 'command', command: 'node', args, env: { CONFIG: config } },
        ports: ['http', 'reset'],
        health: { path: '/' },
        reset: { port: 'reset', path: '/reset', variables: ['CONFIG'] },
        connects: [],
      },
    ],
  }
}

function configOf({ services: [app] }: Stack): string {
  return app?.run.kind === 'command' ? (app.run.env?.['CONFIG'] ?? '') : ''
}

interface Told {
  readonly isLast?: boolean
  readonly verdict?: 'pass' | 'fail'
  readonly signal?: AbortSignal
  readonly events?: readonly object[]
}

/** A run in which the service is asked once. Returns what was said while it started. */
async function run(pool: StackPool, runtime: Runtime, stack: Stack, told: Told = {}) {
  const { isLast = false, verdict = 'pass', events = [] } = told
  const said: string[] = []
  const options: StartOptions = {
    runId: 'run',
    seed: 1,
    logDir: '/nowhere',
    redactor: new Redactor(),
    signal: told.signal ?? new AbortController().signal,
    onProgress: (text) => said.push(text),
    onExit: () => undefined,
  }
  pool.listen({ kind: 'run.started' } as JournalEvent)
  const running = await pool.runtime(runtime, isLast).start(stack, options)
  for (const replica of running.replicas) (replica as unknown as { use(): void }).use()
  for (const event of events) pool.listen(event as JournalEvent)
  pool.listen({ kind: 'verdict.reached', verdict: { kind: verdict } } as unknown as JournalEvent)
  await running[Symbol.asyncDispose]()
  return said.join('\n')
}

test('a stack is reset and handed on when every replica is as it was at first, and goes with the last run', async () => {
  const runtime = new CountingRuntime()
  await using pool = new StackPool()
  await run(pool, runtime, stackWith('{}'))
  const said = await run(pool, runtime, stackWith('{}'), { isLast: true })
  expect(said).toContain('the stack of the run before is reused')
  expect(runtime.log).toEqual(['start', 'reset', 'stop'])
})

test('where a reset leaves something, a stack is started anew', async () => {
  const runtime = new CountingRuntime({ forgets: false })
  await using pool = new StackPool()
  await run(pool, runtime, stackWith('{}'))
  const said = await run(pool, runtime, stackWith('{}'))
  expect(said).toBe(
    'started anew, not reused: app-1 keeps something that it did not have at the start',
  )
  expect(runtime.log).toEqual(['start', 'reset', 'stop', 'start'])
})

test('variables may differ that a service names', async () => {
  const runtime = new CountingRuntime({ hashesConfig: false })
  await using pool = new StackPool()
  for (const config of ['a', 'b', 'b', 'a']) await run(pool, runtime, stackWith(config))
  expect(runtime.log).toEqual(['start', 'reset', 'reset', 'reset'])
})

test('where they change the hash, the reset is proven with the old ones and then given the new ones', async () => {
  const runtime = new CountingRuntime({ hashesConfig: true })
  await using pool = new StackPool()
  for (const config of ['a', 'b', 'b']) await run(pool, runtime, stackWith(config))
  const proof = ['reset', 'reset', 'reset']
  expect(runtime.log).toEqual(['start', ...proof, 'reset'])
})

test('with other variables too, a stack that keeps something is started anew', async () => {
  const runtime = new CountingRuntime({ forgets: false })
  await using pool = new StackPool()
  for (const config of ['a', 'b']) await run(pool, runtime, stackWith(config))
  expect(runtime.log).toEqual(['start', 'reset', 'reset', 'stop', 'start'])
})

test('another stack is started anew', async () => {
  const runtime = new CountingRuntime()
  await using pool = new StackPool()
  await run(pool, runtime, stackWith('{}'))
  expect(await run(pool, runtime, stackWith('{}', ['--other']))).toContain('it is another stack')
  expect(runtime.log).toEqual(['start', 'stop', 'start'])
})

test.each<[string, Told]>([
  ['did not pass', { verdict: 'fail' }],
  ['was interrupted', { signal: AbortSignal.abort() }],
  ['lost a replica', { events: [{ kind: 'replica.exited' }] }],
  ['could not undo', { events: [{ kind: 'undo.failed' }] }],
])('the stack of a run that %s goes with it', async (_, told) => {
  const runtime = new CountingRuntime()
  await using pool = new StackPool()
  await run(pool, runtime, stackWith('{}'), told)
  expect(runtime.log).toEqual(['start', 'stop'])
})

test('what is held is torn down with the pool', async () => {
  const runtime = new CountingRuntime()
  await using pool = new StackPool()
  await run(pool, runtime, stackWith('{}'))
  expect(runtime.log).toEqual(['start'])
  await pool[Symbol.asyncDispose]()
  expect(runtime.log).toEqual(['start', 'stop'])
})
