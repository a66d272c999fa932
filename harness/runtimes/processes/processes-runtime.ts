import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkSites } from '../../fabric/check-sites.ts'
import type { Runtime, RunningStack, StartOptions } from '../../engine/index.ts'
import {
  count,
  deriveSeed,
  type ServiceInfo,
  type ServiceSpec,
  type Stack,
  wholeStack,
} from '../../core/index.ts'
import { FabricClient } from '../../fabric/client.ts'
import { linkKey, type FabricReady } from '../../fabric/contract.ts'
import { startFabric } from './fabric-process.ts'
import { scratchPrefix } from './leftovers.ts'
import { processResources } from './process-resources.ts'
import { startReplica, type ReplicaProcess } from './replica-process.ts'
import { readStateHashes, resetReplicas } from './reset-stack.ts'
import { Supervised } from './supervised.ts'

/** Programs as child processes of this machine. They share its file system and its network; the proxy variables lead to the outside. */
export const processesRuntime: Runtime = {
  name: 'processes',
  checkSites,
  async start(stack, options) {
    const scratch = join(tmpdir(), `${scratchPrefix}${options.runId}`)
    const supervised = await Supervised.launch(scratch)
    try {
      return await startStack(stack, options, supervised, scratch)
    } catch (error) {
      await supervised[Symbol.asyncDispose]()
      throw error
    }
  },
}

async function startStack(
  stack: Stack,
  given: StartOptions,
  supervised: Supervised,
  scratch: string,
): Promise<RunningStack> {
  const plans = stack.services.flatMap((spec) =>
    Array.from({ length: spec.replicas }, (_, i) => ({ spec, id: `${spec.name}-${i + 1}` })),
  )
  // Of the run that uses the stack now.
  let options = given
  const secrets: string[] = []
  const makeSecret = () => {
    const secret = randomBytes(24).toString('hex')
    secrets.push(secret)
    options.redactor.addValue(secret)
    return secret
  }
  const controlToken = makeSecret()
  const callers = Object.fromEntries(
    ['actor', ...plans.map(({ id }) => id)].map((id) => [id, makeSecret()]),
  )
  const fabric = await startFabric(
    supervised,
    join(options.logDir, 'fabric.log'),
    options.signal,
    {
      host: '127.0.0.1',
      seed: deriveSeed(options.seed, 'fabric'),
      services: stack.services.map(({ name }) => name),
      links: stack.services.flatMap(({ name, connects }) =>
        connects.map((to) => ({ from: name, to, callers: idsOf(plans, name) })),
      ),
      sites: stack.sites,
      controlToken,
      callers,
    },
    (detail) =>
      options.onExit({ replica: wholeStack, detail: `the fabric ended by itself (${detail})` }),
  )
  const caFile = join(scratch, 'ca.pem')
  writeFileSync(caFile, fabric.caCertificate)
  options.onProgress(`the fabric is ready; starting ${count(plans.length, 'replica')}`)
  const replicas = await Promise.all(
    plans.map(({ spec, id }) =>
      startReplica({
        spec,
        id,
        supervised,
        links: linksOf(spec, id, fabric),
        dataDir: join(scratch, spec.name),
        logFile: join(options.logDir, `${id}.log`),
        proxyUrl: withCredentials(fabric.proxy, id, callers[id] as string),
        caFile,
        adminToken: makeSecret(),
        signal: options.signal,
        onProgress: options.onProgress,
        onExit: (detail) => options.onExit({ replica: id, detail }),
      }),
    ),
  )
  const client = new FabricClient(fabric.control, controlToken)
  await connectReplicas(client, stack, replicas, options.signal)
  return {
    services: stack.services.map((spec) => serviceInfo(spec, fabric, replicas)),
    replicas,
    proxyUrl: withCredentials(fabric.proxy, 'actor', callers['actor'] as string),
    caCertificate: fabric.caCertificate,
    scratchDir: scratch,
    links: client,
    sites: { setVariant: (host, variant, signal) => client.setVariant(host, variant, signal) },
    outside: async (after, signal) => (await client.outside(after, signal)).records,
    counted: (signal) => client.links(signal),
    strain: (signal) => client.strain(signal),
    resources: async () =>
      replicas.flatMap(({ id }) => {
        const pid = supervised.pidOf(id)
        return (pid === undefined ? undefined : processResources(id, pid)) ?? []
      }),
    ...(stack.services.every(({ reset }) => reset) && {
      resettable: {
        async reset(next: Stack, nextOptions: StartOptions) {
          const from = options.logDir
          options = nextOptions
          for (const secret of secrets) options.redactor.addValue(secret)
          await resetReplicas({ stack: next, replicas, from, scratch, options, client })
          await connectReplicas(client, next, replicas, options.signal)
        },
        stateHashes: (signal: AbortSignal) => readStateHashes(replicas, signal),
      },
    }),
    [Symbol.asyncDispose]: () => supervised[Symbol.asyncDispose](),
  }
}

async function connectReplicas(
  client: FabricClient,
  stack: Stack,
  replicas: readonly ReplicaProcess[],
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(
    stack.services.map(({ name }) =>
      client.setUpstreams(
        name,
        replicas
          .filter(({ service }) => service === name)
          .map(({ id, ports }) => ({ id, host: '127.0.0.1', port: ports['http'] as number })),
        signal,
      ),
    ),
  )
}

function serviceInfo(
  spec: ServiceSpec,
  fabric: FabricReady,
  replicas: readonly ReplicaProcess[],
): ServiceInfo {
  return {
    name: spec.name,
    frontDoor: fabric.frontDoors[spec.name] as string,
    replicas: replicas
      .filter(({ service }) => service === spec.name)
      .map(({ id, url, pid }) => ({ id, url, ...(pid === undefined ? {} : { pid }) })),
  }
}

function idsOf(
  plans: readonly { readonly spec: ServiceSpec; readonly id: string }[],
  service: string,
): string[] {
  return plans.filter(({ spec }) => spec.name === service).map(({ id }) => id)
}

function linksOf(spec: ServiceSpec, id: string, fabric: FabricReady): Record<string, string> {
  return Object.fromEntries(
    spec.connects.map((to) => [to, fabric.links[linkKey({ from: id, to })] as string]),
  )
}

function withCredentials(proxy: string, user: string, password: string): string {
  const url = new URL(proxy)
  url.username = user
  url.password = password
  return url.href
}
