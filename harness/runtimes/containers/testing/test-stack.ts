import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Redactor, type CommandSpec, type ServiceSpec, type Stack } from '../../../core/index.ts'
import type { RunningStack, StartOptions } from '../../../engine/index.ts'
import { containersRuntime } from '../containers-runtime.ts'
import { connectEngine } from '../engine.ts'
import { runLabel } from '../labels.ts'

const program = fileURLToPath(new URL('probe.ts', import.meta.url))

/** A service that runs the probe. */
export function probe(
  env: Readonly<Record<string, string>> = {},
  given: Partial<ServiceSpec> & { readonly packages?: CommandSpec['packages'] } = {},
): ServiceSpec {
  return {
    name: 'probe',
    replicas: 1,
    run: {
      kind: 'command',
      command: 'node',
      args: [program],
      env: { HOST: '{host}', PORT: '{port:http}', ...env },
    },
    ports: ['http'],
    health: { path: '/healthz', timeoutMs: 30_000 },
    connects: [],
    ...given,
  }
}

export interface TestStack extends AsyncDisposable {
  readonly running: RunningStack
  readonly spec: Stack
  readonly runId: string
  readonly logDir: string
  readonly exits: readonly { readonly replica: string; readonly detail: string }[]
}

/** Starts services as containers, with folders of their own. */
export async function startTestStack(
  services: readonly ServiceSpec[],
  given: Partial<StartOptions> & Pick<Partial<Stack>, 'sites'> = {},
): Promise<TestStack> {
  const runId = given.runId ?? `test-${randomBytes(4).toString('hex')}`
  const logDir = mkdtempSync(join(tmpdir(), 'aftershock-test-'))
  const exits: { replica: string; detail: string }[] = []
  const stack: Stack = {
    name: 'test',
    entry: services[0]?.name ?? '',
    services,
    sites: given.sites ?? [],
  }
  const running = await containersRuntime
    .start(stack, {
      runId,
      seed: 1,
      logDir,
      redactor: new Redactor(),
      signal: new AbortController().signal,
      onProgress: () => undefined,
      onExit: (exit) => exits.push(exit),
      ...given,
    })
    .catch((error: unknown) => {
      rmSync(logDir, { recursive: true, force: true })
      throw error
    })
  return {
    running,
    spec: stack,
    runId,
    logDir,
    exits,
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]()
      rmSync(logDir, { recursive: true, force: true })
    },
  }
}

/** What a probe answers, whatever the status. */
export async function ask(base: string | undefined, path: string): Promise<unknown> {
  const response = await fetch(`${base}${path}`)
  return response.json()
}

/** Names of all that carries the label of a run, or of any run. */
export async function labelled(runId?: string): Promise<string[]> {
  const docker = await connectEngine()
  const filters = { label: [runId === undefined ? runLabel : `${runLabel}=${runId}`] }
  const [containers, networks, volumes] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ])
  return [
    ...containers.flatMap(({ Names }) => Names),
    ...networks.map(({ Name }) => Name),
    ...(volumes.Volumes ?? []).map(({ Name }) => Name),
  ]
}
