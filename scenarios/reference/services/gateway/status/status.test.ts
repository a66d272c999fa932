import { describe, expect, it, vi } from 'vitest'
import { ConfigStore } from '../../common/config-store.ts'
import { newImageId } from '../../seed-facts.ts'
import { asApp, call, eventually, reconfigure, signIn, startSite } from '../../testing/site.ts'
import { gatewayConfig, type GatewayConfig } from '../config.ts'
import { FlowWatch } from './flow-watch.ts'
import { StatusMonitor, type ComponentId, type State } from './status-monitor.ts'

// Longer than the deadline of eventually(), so that its message is the one that shows.
vi.setConfig({ testTimeout: 15_000 })

function monitorOf(
  status: Partial<GatewayConfig['status']>,
  health: Record<string, boolean> = {},
  flows = new FlowWatch(),
): StatusMonitor {
  const defaults = gatewayConfig.defaults
  const config = new ConfigStore({
    ...gatewayConfig,
    defaults: { ...defaults, status: { ...defaults.status, ...status } },
  })
  return new StatusMonitor(config, (target) => Promise.resolve(health[target] ?? true), flows)
}

async function stateOf(monitor: StatusMonitor, id: ComponentId): Promise<State | undefined> {
  await monitor.refresh()
  return monitor.report().components.find((component) => component.id === id)?.state
}

describe('probes of health endpoints', () => {
  it('tell a lost probe from a service that is down, and from one that is back', async () => {
    const health: Record<string, boolean> = { media: false }
    const monitor = monitorOf({}, health)
    expect(await stateOf(monitor, 'media')).toBe('degraded')
    expect(await stateOf(monitor, 'media')).toBe('outage')
    expect(monitor.report().overall).toBe('outage')
    expect(await stateOf(monitor, 'link')).toBe('operational')
    health['media'] = true
    expect(await stateOf(monitor, 'media')).toBe('operational')
    expect(monitor.report().overall).toBe('operational')
  })
})

describe('the watch over the answers that users got', () => {
  const settings = { ratio: 0.1, windowMs: 1_000, minRequests: 10 }

  it.each([
    ['health', 10, 10, 'operational'],
    ['flows', 10, 10, 'outage'],
    ['flows', 5, 10, 'outage'],
    ['flows', 2, 10, 'degraded'],
    ['flows', 1, 20, 'operational'],
    ['flows', 9, 9, 'operational'],
  ] as const)('with probes: %s and %i of %i refused says %s', async (probes, bad, total, state) => {
    const flows = new FlowWatch()
    for (let n = 0; n < total; n++) flows.record('media.read', n < bad ? 403 : 200, 1_000)
    const monitor = monitorOf({ probes, degradeAfter: settings, outageRatio: 0.5 }, {}, flows)
    expect(await stateOf(monitor, 'media')).toBe(state)
    expect(await stateOf(monitor, 'timeline')).toBe('operational')
  })

  it.each([
    [403, true],
    [429, true],
    [500, true],
    [502, true],
    [200, false],
    [302, false],
    [304, false],
    [401, false],
    [404, false],
    [422, false],
  ])('counts status %i as bad: %s', (status, bad) => {
    const flows = new FlowWatch()
    flows.record('links.open', status, 1_000)
    expect(flows.counts('link', 1_000)).toEqual({ total: 1, bad: bad ? 1 : 0 })
  })

  it('forgets what lies outside of the window', () => {
    let nowMs = 0
    const flows = new FlowWatch({ now: () => nowMs })
    flows.record('timeline.public', 500, 1_000)
    nowMs = 950
    flows.record('timeline.home', 200, 1_000)
    expect(flows.counts('timeline', 1_000)).toEqual({ total: 2, bad: 1 })
    nowMs = 1_000
    expect(flows.counts('timeline', 1_000)).toEqual({ total: 1, bad: 0 })
  })
})

describe('the status page', () => {
  it('is open to everybody, as JSON for programs and HTML for browsers', async () => {
    await using site = await startSite()
    const json = await call(site.gateway.url, '/status')
    expect(await json.json()).toMatchObject({
      overall: 'operational',
      components: ['gateway', 'timeline', 'media', 'link'].map((id) => ({
        id,
        state: 'operational',
        name: expect.any(String),
        since: expect.stringMatching(/^\d{4}-/),
      })),
    })
    const headers = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
    const html = await call(site.gateway.url, '/status', { headers })
    expect(html.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(await html.text()).toContain('<h1 class="operational">All systems operational</h1>')
  })

  it('sees a service that is down, and that it is back', async () => {
    await using site = await startSite({ gateway: { status: { intervalMs: 20 } } })
    const overall = async (): Promise<string> =>
      ((await (await call(site.gateway.url, '/status')).json()) as { overall: string }).overall
    site.relays.media.cut()
    await eventually(overall, (seen) => seen === 'outage')
    site.relays.media.pointAt(site.media.url)
    await eventually(overall, (seen) => seen === 'operational')
  })

  it.each([
    ['health', 'operational'],
    ['flows', 'outage'],
  ])('with probes: %s says %s while users are refused', async (probes, expected) => {
    await using site = await startSite({
      gateway: {
        plan: { enforce: true },
        status: { intervalMs: 20, probes, degradeAfter: { minRequests: 5 } },
      },
    })
    const ada = await signIn(site.gateway.url, 'web', 'ada')
    for (let n = 1; n <= 10; n++) {
      const path = `/media/${newImageId(n)}`
      expect((await call(site.gateway.url, path, { headers: ada })).status).toBe(403)
    }
    const report = async (): Promise<{ updatedAt: string; components: object[] }> =>
      (await (await call(site.gateway.url, '/status')).json()) as never
    const { updatedAt } = await report()
    // Two rounds of probes later it has had every chance to notice.
    const later = await eventually(
      report,
      (seen) => Date.parse(seen.updatedAt) > Date.parse(updatedAt) + 40,
    )
    expect(later.components).toContainEqual(
      expect.objectContaining({ id: 'media', state: expected }),
    )
  })

  it('does not count what third parties are refused', async () => {
    await using site = await startSite({
      gateway: {
        plan: { enforce: true },
        guards: { exemptOwnServices: true },
        status: { intervalMs: 20, probes: 'flows', degradeAfter: { minRequests: 1 } },
      },
    })
    const refused = (): Promise<Response> =>
      call(site.gateway.url, '/l/terms', { headers: asApp('free-app') })
    for (let n = 0; n < 5; n++) expect((await refused()).status).toBe(403)
    const report = async (): Promise<{ updatedAt: string; overall: string }> =>
      (await (await call(site.gateway.url, '/status')).json()) as never
    const { updatedAt } = await report()
    const later = await eventually(
      report,
      (seen) => Date.parse(seen.updatedAt) > Date.parse(updatedAt) + 40,
    )
    expect(later.overall).toBe('operational')
  })

  it('can be switched while it runs', async () => {
    await using site = await startSite({ gateway: { status: { intervalMs: 20 } } })
    await reconfigure(site.gateway, {
      plan: { enforce: true },
      status: {
        probes: 'flows',
        degradeAfter: { ratio: 0.1, windowMs: 60_000, minRequests: 1 },
      },
    })
    await call(site.gateway.url, '/l/terms', { headers: asApp('web') })
    await eventually(
      async () =>
        ((await (await call(site.gateway.url, '/status')).json()) as { overall: string }).overall,
      (overall) => overall === 'outage',
    )
  })
})
