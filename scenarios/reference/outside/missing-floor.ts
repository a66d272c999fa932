import { mergePatch, siteFault, type Incident, type Stack, type Step } from 'aftershock'
import { referenceSite, type InitialConfig } from '../stack.ts'
import { actors } from '../actors.ts'
import { practices } from '../incidents/practices.ts'

export const incident: Incident = {
  date: '2018-11-22',
  organisation: 'AWS Seoul',
  durationText: '84 minutes',
  mechanism: 'a setting was removed, and what stood in for it was a dangerous default',
  caughtBy: [practices.realValue, practices.fuzzing, practices.soak],
  sources: [
    {
      title:
        'Summary of the Amazon EC2 DNS Resolution Issues in the Asia Pacific (Seoul) Region (AP-NORTHEAST-2)',
      url: 'https://aws.amazon.com/message/74876-2/',
      kind: 'own report',
    },
  ],
}

/** A setting is removed, which nobody notices as long as all sites are well; then the sites that links lead to stop answering. */
export const steps: readonly Step[] = [
  mergePatch('remove-the-timeout', {
    title: 'clean up settings that look unused',
    service: 'link',
    patch: { fetch: { timeoutMs: null } },
  }),
  siteFault('sites-hang', {
    title: 'the sites that links lead to stop answering',
    host: ['news.example', 'video.example', 'shop.example', 'plain.example'],
    variant: 'hangs',
  }),
]

const link: InitialConfig = {
  fetch: { timeoutMs: 500, concurrency: 4 },
  preview: { cacheTtlS: 0, failureTtlS: 0 },
}

/** Longer than the link service waits for a site, so that its answer comes when it has one. */
const gateway: InitialConfig = { upstream: { timeoutMs: 2_000 } }

/**
 * One pool that is exhausted in seconds and not in an hour: the few previews that it takes to see that they are broken fill it, whichever
 * way requests are spread over replicas. Cards are not kept, so that each preview asks its site.
 */
export function smallPool(guards: Readonly<Record<string, boolean>> = {}): Stack {
  return referenceSite({ gateway, link: { ...link, guards }, linkReplicas: 1 })
}

export const users = actors.filter(({ id }) => ['web', 'mobile', 'visitor'].includes(id))
