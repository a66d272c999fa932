import { clockFault, jsonPatch, undo, type Incident, type Step } from 'aftershock'
import { flows as all } from '../flows/index.ts'
import type { InitialConfig } from '../stack.ts'
import { practices } from './practices.ts'

export const incident: Incident = {
  date: '2025-02-28',
  organisation: 'Wikimedia',
  durationText: '7 hours',
  mechanism: 'a rule redirected an address to itself, and caches kept the redirect beyond the fix',
  caughtBy: [practices.undo, practices.coldCache, practices.soak, practices.realValue],
  sources: [
    {
      title: 'Incidents/2025-02-28 www.wikipedia.org redirect',
      url: 'https://wikitech.wikimedia.org/wiki/Incidents/2025-02-28_www.wikipedia.org_redirect',
      kind: 'own report',
    },
  ],
}

const hours = 3_600

/** Links are redirects for good, which caches may keep for six hours. */
export const link: InitialConfig = { redirect: { status: 301, cacheTtlS: 6 * hours } }

const rules = jsonPatch('canonical-addresses', {
  title: 'canonical addresses for the own pages',
  service: 'link',
  operations: ['terms', 'privacy', 'help'].map((code) => ({
    op: 'add' as const,
    path: '/redirect/rules/-',
    value: { code, to: `/l/${code}` },
  })),
})

/** By the clock of the gateways, which hold what is kept. */
const later = (name: string, title: string, passed: number) =>
  clockFault(name, { title, service: 'gateway', offsetMs: passed * hours * 1_000 })

/** The name of the step with which it is over. */
export const over = 'seven-hours-more'

/** What was kept of the good answers expires. */
export const changes: readonly Step[] = [rules, later('seven-hours-later', 'seven hours pass', 7)]

/** And after the undo what was kept of the bad ones. */
export const asItWent: readonly Step[] = [
  ...changes,
  undo(rules.name),
  later(over, 'seven more hours pass', 14),
]

const asked = [
  'timeline',
  'public-timeline',
  'post-link',
  'open-new-link',
  'open-old-link',
  'preview',
  'read-terms',
  'status-page',
]
export const flows = all.filter(({ id }) => asked.includes(id))

/** So many samples that by the end of the baseline both gateways have kept each of the three pages. */
export const judgement = { miss: 0.0005 }
