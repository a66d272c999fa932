import { mergePatch, undo, type Incident, type Step } from 'aftershock'
import { flows as all } from '../flows/index.ts'
import { practices } from './practices.ts'

export const incident: Incident = {
  date: '2023-08-19',
  organisation: 'X',
  durationText: 'days',
  mechanism: 'undisclosed; content from before a cutoff was looked for in the wrong place',
  caughtBy: [practices.contentAges, practices.realValue],
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

const images = mergePatch('one-place-for-images', {
  title: 'read all images from one place',
  service: 'media',
  patch: { legacy: { prefix: '' } },
})

const links = mergePatch('one-place-for-links', {
  title: 'read all links from one place',
  service: 'link',
  patch: { legacy: { prefix: '' } },
})

/** One service after the other. */
export const changes: readonly Step[] = [images, links]

/** There and back. */
export const asItWent: readonly Step[] = [...changes, undo(images.name), undo(links.name)]

/** The names of the steps with which the one and the other are over. */
export const over = { images: `undo-${images.name}`, links: `undo-${links.name}` }

const asked = [
  'timeline',
  'post-image',
  'post-link',
  'view-new-image',
  'view-old-image',
  'view-cached-image',
  'open-new-link',
  'open-old-link',
  'status-page',
]
/** Previews are left out, since they take posts of both ages in turn. */
export const flows = all.filter(({ id }) => asked.includes(id))
