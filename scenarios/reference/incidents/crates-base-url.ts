import { mergePatch, type Incident, type Step } from 'aftershock'
import { practices } from './practices.ts'

export const incident: Incident = {
  date: '2023-07-20',
  organisation: 'crates.io',
  durationText: '13 minutes',
  mechanism: 'a base address and a path were joined without a slash between them',
  caughtBy: [practices.realValue, practices.oneReplica, practices.meaning],
  sources: [
    {
      title: 'crates.io Postmortem: Broken Crate Downloads',
      url: 'https://blog.rust-lang.org/inside-rust/2023/07/21/crates-io-postmortem.html',
      kind: 'own report',
    },
  ],
}

export const steps: readonly Step[] = [
  mergePatch('images-from-the-cdn', {
    title: 'deliver images from the CDN',
    service: 'media',
    patch: { delivery: 'redirect', publicBaseUrl: '/cdn' },
  }),
]
