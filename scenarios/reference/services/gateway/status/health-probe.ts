import { Agent, get } from 'node:http'
import type { Probe, ProbeTarget } from './status-monitor.ts'

/** Asks /healthz over kept connections. Small and independent of the clients that serve users. */
export function createHealthProbe(urls: Readonly<Record<ProbeTarget, string>>): {
  probe: Probe
  close: () => void
} {
  const agent = new Agent({ keepAlive: true })
  const probe: Probe = (target, timeoutMs) =>
    new Promise((resolve) => {
      const signal = AbortSignal.timeout(timeoutMs)
      const request = get(`${urls[target]}/healthz`, { agent, signal }, (answer) => {
        answer.resume()
        answer.on('end', () => resolve(answer.statusCode === 200))
        answer.on('error', () => resolve(false))
      })
      // Why a probe failed is visible in the service's own log; the page only needs that it did.
      request.on('error', () => resolve(false))
    })
  return { probe, close: () => agent.destroy() }
}
