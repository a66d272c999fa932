import type { ConfigStore } from '../../common/config-store.ts'
import type { GatewayConfig, StatusSettings } from '../config.ts'
import type { FlowComponent, FlowWatch } from './flow-watch.ts'

export type State = 'operational' | 'degraded' | 'outage'
export type ProbeTarget = 'gateway' | 'media' | 'link'
export type ComponentId = ProbeTarget | 'timeline'

export interface Component {
  id: ComponentId
  name: string
  state: State
  /** When this state began, ISO 8601. */
  since: string
}

export interface StatusReport {
  overall: State
  components: Component[]
  updatedAt: string
}

/** True when the health endpoint answered 200 in time. Never throws. */
export type Probe = (target: ProbeTarget, timeoutMs: number) => Promise<boolean>

const NAMES: Readonly<Record<ComponentId, string>> = {
  gateway: 'Website and API',
  timeline: 'Timelines',
  media: 'Images',
  link: 'Links',
}
const SEVERITY: readonly State[] = ['operational', 'degraded', 'outage']
const PROBED: readonly ProbeTarget[] = ['gateway', 'media', 'link']

/** What the status page says, renewed in the background: opening the page costs the site nothing. */
export class StatusMonitor {
  readonly #config: ConfigStore<GatewayConfig>
  readonly #probe: Probe
  readonly #flows: FlowWatch
  readonly #now: () => Date
  readonly #failures: Record<ProbeTarget, number> = { gateway: 0, media: 0, link: 0 }
  #components: Component[]
  #updatedAt: string
  #timer: NodeJS.Timeout | undefined
  #stopped = false

  constructor(
    config: ConfigStore<GatewayConfig>,
    probe: Probe,
    flows: FlowWatch,
    now: () => Date = () => new Date(),
  ) {
    this.#config = config
    this.#probe = probe
    this.#flows = flows
    this.#now = now
    this.#updatedAt = now().toISOString()
    const since = this.#updatedAt
    this.#components = (Object.keys(NAMES) as ComponentId[]).map((id) => ({
      id,
      name: NAMES[id],
      state: 'operational',
      since,
    }))
  }

  start(): void {
    const next = (): void => {
      if (this.#stopped) return
      this.#timer = setTimeout(() => {
        void this.refresh().finally(next)
      }, this.#config.current.status.intervalMs)
    }
    next()
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
  }

  /** Without its times, which go on by themselves. */
  get contents(): unknown {
    return { failures: this.#failures, states: this.#components.map(({ state }) => state) }
  }

  report(): StatusReport {
    const states = this.#components.map(({ state }) => state)
    return { overall: worst(states), components: this.#components, updatedAt: this.#updatedAt }
  }

  async refresh(): Promise<void> {
    const settings = this.#config.current.status
    await Promise.all(
      PROBED.map(async (target) => {
        const healthy = await this.#probe(target, settings.probeTimeoutMs)
        this.#failures[target] = healthy ? 0 : this.#failures[target] + 1
      }),
    )
    const at = this.#now().toISOString()
    this.#components = this.#components.map((component) => {
      const state = this.#stateOf(component.id, settings)
      return state === component.state ? component : { ...component, state, since: at }
    })
    this.#updatedAt = at
  }

  #stateOf(id: ComponentId, settings: StatusSettings): State {
    const probed = id === 'timeline' ? 'operational' : stateByProbes(this.#failures[id])
    if (settings.probes === 'health' || id === 'gateway') return probed
    return worst([probed, this.#stateByFlows(id, settings)])
  }

  #stateByFlows(id: FlowComponent, settings: StatusSettings): State {
    const { degradeAfter, outageRatio } = settings
    const { total, bad } = this.#flows.counts(id, degradeAfter.windowMs)
    if (total < degradeAfter.minRequests || bad === 0) return 'operational'
    if (bad / total >= outageRatio) return 'outage'
    return bad / total >= degradeAfter.ratio ? 'degraded' : 'operational'
  }
}

/** One lost probe may be chance, two in a row are not. */
function stateByProbes(failuresInARow: number): State {
  if (failuresInARow === 0) return 'operational'
  return failuresInARow === 1 ? 'degraded' : 'outage'
}

function worst(states: readonly State[]): State {
  return SEVERITY[Math.max(0, ...states.map((state) => SEVERITY.indexOf(state)))] ?? 'outage'
}
