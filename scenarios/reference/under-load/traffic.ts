import type { LoadJudgementOptions, LoadProfile } from 'aftershock'
import { openNewLink } from '../flows/links.ts'
import { viewCachedImage } from '../flows/images.ts'

export const flows = [openNewLink, viewCachedImage]

/** Ordinary readers: 60 a second of each. */
export const readers: LoadProfile = {
  executors: {
    readers: {
      executor: 'constant-arrival-rate',
      rate: 120,
      duration: '1m',
      preAllocatedVUs: 200,
      maxVUs: 1_000,
    },
  },
  mix: [
    { flow: 'open-new-link', actor: 'web' },
    { flow: 'view-cached-image', actor: 'visitor' },
  ],
}

/** What is slower by less may come from a machine that does something else as well; these scenarios run on every machine. */
export const loadJudgement: Partial<LoadJudgementOptions> = {
  slowerBy: 0.5,
  slowerByMs: 40,
  baselineMs: 8_000,
}
