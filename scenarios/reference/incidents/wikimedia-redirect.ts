import { mergePatch, type Incident, type Step } from 'aftershock'
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

export const steps: readonly Step[] = [
  mergePatch('canonical-addresses', {
    title: 'permanent addresses for the own pages',
    service: 'link',
    patch: {
      redirect: {
        status: 301,
        cacheTtlS: 4,
        rules: ['terms', 'privacy', 'help'].map((code) => ({ code, to: `/l/${code}` })),
      },
    },
  }),
]
