import { mergePatch, type Incident, type Step } from 'aftershock'
import { practices } from './practices.ts'

export const incident: Incident = {
  date: '2023-08-19',
  organisation: 'X',
  durationText: 'days',
  mechanism: 'undisclosed; content from before a cutoff was looked for in the wrong place',
  caughtBy: [practices.contentAges, practices.realValue, practices.statusHonesty],
  sources: [
    {
      title: 'Mysterious X Bug Breaks Links And Images In Old Twitter Posts',
      url: 'https://www.slashgear.com/1370984/x-bug-old-twitter-photos-links-disappear/',
      kind: 'press',
    },
    {
      title: 'X platform is fixing broken older Twitter links and images',
      url: 'https://www.fonearena.com/blog/402888/x-platform-fix-broken-twitter-links-images.html',
      kind: 'press',
    },
  ],
}

export const steps: readonly Step[] = [
  mergePatch('one-place-for-images', {
    title: 'read all images from one place',
    service: 'media',
    patch: { legacy: { prefix: '' } },
  }),
]
