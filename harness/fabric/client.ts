import {
  describeError,
  HarnessError,
  linkTargetKey,
  toxicName,
  type LinkCount,
  type LinkPort,
  type LinkTarget,
  type LoopStrain,
  type OutsideRecord,
  type SitePort,
  type SiteVariant,
  type Toxic,
} from '../core/index.ts'
import type { RelayTarget, UpstreamAddress } from './contract.ts'
import type { OutsidePage } from './outside-log.ts'

/** The control API of a running fabric. Every method throws FABRIC_FAILED, or ABORTED when its signal ends the wait. */
export class FabricClient implements SitePort, LinkPort {
  readonly #control: string
  readonly #token: string

  /** `control` is the URL from FabricReady, `token` the controlToken of FabricSettings. */
  constructor(control: string, token: string) {
    this.#control = control
    this.#token = token
  }

  /** Replaces the replicas that the front door of `service` and the links to it spread over. */
  async setUpstreams(
    service: string,
    replicas: readonly UpstreamAddress[],
    signal: AbortSignal,
  ): Promise<void> {
    await this.#ask('PUT', `/upstreams/${encodeURIComponent(service)}`, signal, replicas)
  }

  /** Forgets all that it has seen and was told; connections are cut. `seed` as in FabricSettings. */
  async restart(seed: number, signal: AbortSignal): Promise<void> {
    await this.#ask('PUT', '/restart', signal, { seed })
  }

  /** Requests in flight to replicas that the service no longer has. */
  async draining(service: string, signal: AbortSignal): Promise<number> {
    const path = `/upstreams/${encodeURIComponent(service)}/draining`
    const { requests } = (await this.#ask('GET', path, signal)) as { requests?: unknown }
    return Number(requests)
  }

  /** Leads relays to where they go from now on; those that are not named stay as they are. */
  async setRelays(targets: readonly RelayTarget[], signal: AbortSignal): Promise<void> {
    await this.#ask('PUT', '/relays', signal, targets)
  }

  /** Finished requests to the outside with a sequence number above `seq`, and how many of these the log has lost. */
  async outside(seq: number, signal: AbortSignal): Promise<OutsidePage> {
    const page = (await this.#ask('GET', `/outside?after=${seq}`, signal)) as Partial<OutsidePage>
    if (!Array.isArray(page.records) || typeof page.dropped !== 'number') {
      throw unexpected('the outside log', page)
    }
    return { records: page.records as OutsideRecord[], dropped: page.dropped }
  }

  /** What passed through front doors and links and to the outside since the start. Who asked the outside is a replica, 'actor', or 'unknown'. */
  async links(signal: AbortSignal): Promise<readonly LinkCount[]> {
    const counts = await this.#ask('GET', '/links', signal)
    if (!Array.isArray(counts)) throw unexpected('what passed through links', counts)
    return counts as LinkCount[]
  }

  /** What its event loop went through since it was last asked. */
  async strain(signal: AbortSignal): Promise<LoopStrain> {
    const { busy, cpu, lagMs } = (await this.#ask('GET', '/strain', signal)) as Partial<LoopStrain>
    return { busy: Number(busy), cpu: Number(cpu), lagMs: Number(lagMs) }
  }

  /** Puts a failure mode of a site in force; undefined: the site answers as its handlers say. */
  async setVariant(
    host: string,
    variant: SiteVariant | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const path = `/sites/${encodeURIComponent(host)}/variant`
    await this.#ask(variant ? 'PUT' : 'DELETE', path, signal, variant)
  }

  async setToxic(link: LinkTarget, toxic: Toxic, signal: AbortSignal): Promise<void> {
    await this.#ask('PUT', toxicPath(link, toxicName(toxic)), signal, toxic)
  }

  async removeToxic(
    link: LinkTarget,
    name: string,
    signal: AbortSignal,
  ): Promise<number | undefined> {
    const { struck } = (await this.#ask('DELETE', toxicPath(link, name), signal)) as {
      readonly struck?: number
    }
    return struck
  }

  async #ask(
    method: 'GET' | 'PUT' | 'DELETE',
    path: string,
    signal: AbortSignal,
    body?: unknown,
  ): Promise<object> {
    const what = `fabric: ${method} ${path}`
    let status: number
    let answer: unknown
    try {
      const response = await fetch(this.#control + path, {
        method,
        signal,
        headers: { authorization: `Bearer ${this.#token}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      status = response.status
      answer = await response.json()
    } catch (error) {
      if (signal.aborted) throw new HarnessError('ABORTED', `${what} was aborted`, { cause: error })
      throw new HarnessError('FABRIC_FAILED', `${what} got no answer: ${describeError(error)}`, {
        cause: error,
        hint: 'the fabric has ended or is not reachable; what it said last is in its log',
      })
    }
    if (status === 200 && typeof answer === 'object' && answer !== null) return answer
    throw new HarnessError(
      'FABRIC_FAILED',
      `${what} was answered ${status}: ${JSON.stringify(answer)}`,
      {
        hint: 'the runtime asked for something that this fabric does not have: do they have the same version?',
      },
    )
  }
}

function toxicPath(link: LinkTarget, name: string): string {
  return `/toxics/${encodeURIComponent(linkTargetKey(link))}/${encodeURIComponent(name)}`
}

function unexpected(what: string, value: unknown): HarnessError {
  return new HarnessError(
    'FABRIC_FAILED',
    `${what} is not as expected: ${JSON.stringify(value).slice(0, 200)}`,
    {
      hint: 'the runtime and the fabric must have the same version',
    },
  )
}
