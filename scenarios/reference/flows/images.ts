import { defineFlow } from 'aftershock'
import { apiApps, viewers } from '../actors.ts'
import {
  NEW_IMAGE_COUNT,
  OLD_IMAGE_COUNT,
  POPULAR_OLD_IMAGE,
  newImageId,
  oldImageId,
} from '../services/seed-facts.ts'
import { readImage } from './expect.ts'
import { freshNumber } from './fresh.ts'

export const viewNewImage = defineFlow({
  id: 'view-new-image',
  title: 'view a new image',
  actors: [...viewers, ...apiApps],
  async run(ctx) {
    const id = newImageId(freshNumber(ctx, [...viewers, ...apiApps], 11, NEW_IMAGE_COUNT))
    await readImage(ctx.http, `/media/${id}`)
  },
})

export const viewOldImage = defineFlow({
  id: 'view-old-image',
  title: 'view an old image',
  actors: viewers,
  async run(ctx) {
    const id = oldImageId(freshNumber(ctx, viewers, 2, OLD_IMAGE_COUNT))
    await readImage(ctx.http, `/media/${id}`)
  },
})

export const viewCachedImage = defineFlow({
  id: 'view-cached-image',
  title: 'view a popular old image',
  actors: viewers,
  async run(ctx) {
    await readImage(ctx.http, `/media/${POPULAR_OLD_IMAGE}`)
  },
})
