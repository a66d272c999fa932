import type { Flow } from 'aftershock'
import { internalLookup, readByApi } from './api.ts'
import { viewCachedImage, viewNewImage, viewOldImage } from './images.ts'
import { openNewLink, openOldLink, preview, readTerms } from './links.ts'
import { postImage, postLink, postText } from './publish.ts'
import { signIn } from './sign-in.ts'
import { viewStatusPage } from './status.ts'
import { publicTimeline, timeline } from './timeline.ts'

export const flows: readonly Flow[] = [
  signIn,
  timeline,
  publicTimeline,
  postText,
  postImage,
  postLink,
  viewNewImage,
  viewOldImage,
  viewCachedImage,
  openNewLink,
  openOldLink,
  preview,
  readTerms,
  readByApi,
  internalLookup,
  viewStatusPage,
]
