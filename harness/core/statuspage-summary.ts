import { FlowFailure } from './http.ts'
import type { StatusPageProbe, StatusState } from './scenario.ts'

const indicators: Readonly<Record<string, StatusState>> = {
  none: 'operational',
  minor: 'degraded',
  major: 'outage',
  critical: 'outage',
  maintenance: 'unknown',
}
const components: Readonly<Record<string, StatusState>> = {
  operational: 'operational',
  degraded_performance: 'degraded',
  partial_outage: 'degraded',
  major_outage: 'outage',
  under_maintenance: 'unknown',
}

const worstFirst: readonly StatusState[] = ['outage', 'degraded', 'unknown', 'operational']

interface Summary {
  readonly status?: { readonly indicator?: string }
  readonly components?: readonly Component[]
}

interface Component {
  readonly id?: string
  readonly name?: string
  readonly status?: string
  /** Whether it is one. */
  readonly group?: boolean
  /** The one that it is in. */
  readonly group_id?: string | null
}

/**
 * Reads the summary that pages of Statuspage (statuspage.io) offer, `GET /api/v2/summary.json`: the overall indicator, and the state of each
 * component by its name, groups left out; where several have one name, each by that of its group too, and the worst of those that are still alike.
 * Maintenance tells neither of a failure nor that all is well: it is 'unknown', as is a word that it does not know. Source: https://metastatuspage.com/api
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
      return {
        overall: stateOf(indicators, summary.status?.indicator),
        components: statesOf(summary.components ?? []),
      }
    },
  }
}

function statesOf(all: readonly Component[]): Record<string, StatusState> {
  const groups = new Map(all.map(({ id, name }) => [id, name]))
  const single = all.filter(({ group }) => group !== true)
  const named = Map.groupBy(single, ({ name = '' }) => name)
  const labelled = Map.groupBy(single, ({ name = '', group_id: group }) => {
    const isAlone = named.get(name)?.length === 1 || typeof group !== 'string'
    return isAlone ? name : `${groups.get(group) ?? group}: ${name}`
  })
  return Object.fromEntries(
    [...labelled].map(([label, alike]) => {
      const states = alike.map(({ status }) => stateOf(components, status))
      return [label, worstFirst.find((state) => states.includes(state)) ?? 'unknown']
    }),
  )
}

function stateOf(words: Readonly<Record<string, StatusState>>, word = ''): StatusState {
  return Object.hasOwn(words, word) ? (words[word] as StatusState) : 'unknown'
}
