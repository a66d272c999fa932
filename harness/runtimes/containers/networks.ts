import { HarnessError } from '../../core/index.ts'
import type { Docker } from './engine.ts'
import { labelsOf, type RunIdentity } from './labels.ts'

export interface RunNetwork {
  readonly id: string
  readonly name: string
  /** CIDR, IPv4. */
  readonly subnet: string
}

export interface RunNetworks {
  /** Of the fabric alone: through it the harness comes in. Nothing leaves the machine by it. */
  readonly outer: RunNetwork
  /** Of the services and the fabric: there is no way out of it, not even to this machine. */
  readonly inner: RunNetwork
}

export async function makeNetworks(docker: Docker, run: RunIdentity): Promise<RunNetworks> {
  const [outer, inner] = await Promise.all([
    makeNetwork(docker, run, 'outer', false, {
      'com.docker.network.bridge.enable_ip_masquerade': 'false',
    }),
    makeNetwork(docker, run, 'inner', true, {
      // Without an address of its own on the bridge this machine cannot be reached from it either.
      'com.docker.network.bridge.inhibit_ipv4': 'true',
    }),
  ])
  return { outer, inner }
}

async function makeNetwork(
  docker: Docker,
  run: RunIdentity,
  side: 'outer' | 'inner',
  isInternal: boolean,
  options: Readonly<Record<string, string>>,
): Promise<RunNetwork> {
  const name = `aftershock-${run.runId}-${side}`
  const network = await docker.createNetwork({
    Name: name,
    Driver: 'bridge',
    Internal: isInternal,
    Options: { ...options },
    Labels: labelsOf(run),
  })
  const { IPAM } = await network.inspect()
  const subnet = (IPAM?.Config ?? [])
    .map((config) => config.Subnet)
    .find((one) => one?.includes('.'))
  if (subnet !== undefined) return { id: network.id, name, subnet }
  throw new HarnessError('START_FAILED', `the engine gave the network ${name} no IPv4 addresses`, {
    hint: 'look at default-address-pools in the configuration of the engine',
  })
}
