import { linkFault, type Scenario } from 'aftershock'
import { actors } from '../actors.ts'
import { viewOldImage } from '../flows/images.ts'
import { postText } from '../flows/publish.ts'
import { publicTimeline, timeline } from '../flows/timeline.ts'

/** The media service is overloaded and says so; who reads old images has to do without. */
export const overload: Pick<Scenario, 'actors' | 'flows' | 'steps' | 'amplification'> = {
  actors: actors.filter(({ id }) => ['web', 'visitor'].includes(id)),
  flows: [viewOldImage, timeline, publicTimeline, postText],
  steps: [
    linkFault('media-overloaded', {
      title: 'the media service has too much to do, and says so',
      from: 'gateway',
      to: 'media',
      toxics: [{ type: 'status', attributes: { status: 503 } }],
      effects: [{ flows: ['view-old-image'], becomes: '502/130' }],
    }),
  ],
  // Of ten requests some three are for images: one more try for each of them stays below, and eight more do not.
  amplification: [{ link: { from: 'gateway', to: 'media' }, atMost: 1, window: 'change' }],
}
