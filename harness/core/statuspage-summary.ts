import { FlowFailure } from './http.ts'
import type { StatusPageProbe, StatusState } from './scenario.ts'

const indicators: Readonly<Record<string, StatusState>> = {
  none: 'operational',
  minor: 'degraded',
  major: 'outage',
  critical: 'outage',
  maintenance: 'degraded',
}
const components: Readonly<Record<string, StatusState>> = {
  operational: 'operational',
  degraded_performance: 'degraded',
  partial_outage: 'degraded',
  major_outage: 'outage',
  under_maintenance: 'degraded',
}

interface Summary {
  readonly status?: { readonly indicator?: string }
  readonly components?: readonly {
    readonly name?: string
    readonly status?: string
    readonly group?: boolean
  }[]
}

/**
 * Reads the summary that pages of Statuspage (statuspage.io) offer, `GET /api/v2/summary.json`: the overall indicator, and the state of each
 * component by its name, groups left out. A word that it does not know is 'unknown'. Source: https://metastatuspage.com/api
 */
export function statuspageSummary(path = '/api/v2/summary.json'): StatusPageProbe {
  return {
    title: `GET ${path}, as Statuspage has it`,
    async read(http) {
      const answer = await http.get(path, { headers: { accept: 'application/json' } })
      if (answer.status !== 200) {
        throw new FlowFailure(
          String(answer.status),
          `${path} answered ${answer.status}`,
          answer.exchange,
        )
      }
      const summary = answer.json() as Summary
      const known = (summary.components ?? []).filter(({ group }) => group !== true)
      return {
        overall: indicators[summary.status?.indicator ?? ''] ?? 'unknown',
        components: Object.fromEntries(
          known.map(({ name = '', status = '' }) => [name, components[status] ?? 'unknown']),
        ),
      }
    },
  }
}
