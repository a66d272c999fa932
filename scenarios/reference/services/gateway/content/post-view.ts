import type { Post } from './posts.ts'

/** A post as the site's own apps see it. Addresses are relative to the gateway. */
export interface PostView {
  id: string
  author: string
  text: string
  createdAt: string
  media?: { id: string; url: string; thumbUrl: string }
  link?: { code: string; url: string; expandUrl: string }
}

export function viewPost(post: Post): PostView {
  const { id, author, text, createdAt, mediaId, linkCode } = post
  const view: PostView = { id, author, text, createdAt }
  if (mediaId !== undefined) {
    view.media = { id: mediaId, url: `/media/${mediaId}`, thumbUrl: `/media/${mediaId}/thumb` }
  }
  if (linkCode !== undefined) {
    view.link = { code: linkCode, url: `/l/${linkCode}`, expandUrl: `/api/links/${linkCode}` }
  }
  return view
}
