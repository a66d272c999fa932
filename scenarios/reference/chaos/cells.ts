import type { Effect } from 'aftershock'

/** What needs an image from the media service, or puts one there. It may suffer when media does. */
export function usesMedia(becomes: string): readonly Effect[] {
  return [
    {
      flows: [
        'timeline',
        'public-timeline',
        'post-image',
        'view-new-image',
        'view-old-image',
        'read-by-api',
      ],
      becomes,
      optional: true,
    },
  ]
}
