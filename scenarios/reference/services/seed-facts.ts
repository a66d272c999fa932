/**
 * What a fresh reference site contains. The services seed themselves from it, flows address it. Data and
 * pure functions only: importing this file must cost nothing.
 */

export interface SeedApp {
  readonly id: string
  readonly name: string
  /** The site's own clients and services, as the directory knows them. */
  readonly firstParty: boolean
  readonly kind: 'app' | 'service'
  /** Development key; the environment replaces those of services. */
  readonly key: string
}

export const APPS: readonly SeedApp[] = [
  { id: 'web', name: 'Web', firstParty: true, kind: 'app', key: 'web-key' },
  { id: 'mobile', name: 'Mobile', firstParty: true, kind: 'app', key: 'mobile-key' },
  { id: 'power', name: 'Power client', firstParty: true, kind: 'app', key: 'power-key' },
  { id: 'paid-app', name: 'A paying client', firstParty: false, kind: 'app', key: 'paid-app-key' },
  { id: 'free-app', name: 'A free client', firstParty: false, kind: 'app', key: 'free-app-key' },
  { id: 'svc-media', name: 'Media', firstParty: true, kind: 'service', key: 'svc-media-dev-key' },
  { id: 'svc-link', name: 'Link', firstParty: true, kind: 'service', key: 'svc-link-dev-key' },
]

export const ACCOUNTS: readonly string[] = [
  'ada',
  'grace',
  'linus',
  'margaret',
  'dennis',
  'radia',
  'edsger',
  'barbara',
  'katherine',
  'newsdesk',
]

export const passwordOf = (user: string): string => `${user}-password`

export const DOCS_URL = 'http://docs.reference.example'

/** Pages of the external sites that the seeded links lead to, in rotation. */
const LINK_TARGETS: readonly string[] = [
  'http://news.example/2023/03/outage',
  'http://video.example/watch/42',
  'http://shop.example/items/7',
  'http://plain.example/',
]

/** The site's own pages are reached through its own shortener, as everything else is. */
export const PAGE_LINKS: Readonly<Record<string, string>> = {
  terms: `${DOCS_URL}/terms`,
  privacy: `${DOCS_URL}/privacy`,
  help: `${DOCS_URL}/help`,
}

export const OLD_IMAGE_COUNT = 300
export const NEW_IMAGE_COUNT = 300
export const OLD_LINK_COUNT = 100
export const NEW_LINK_COUNT = 100
export const LINK_POST_COUNT = 20
export const IMAGE_POST_COUNT = 20

const padded = (n: number, width: number): string => String(n).padStart(width, '0')

/** n counts from 1 in all of these. */
export const oldImageId = (n: number): string => `old-${padded(n, 4)}`
export const newImageId = (n: number): string => `new-${padded(n, 4)}`
export const oldLinkCode = (n: number): string => `o${padded(n, 4)}`
export const newLinkCode = (n: number): string => `n${padded(n, 4)}`
export const linkPostId = (n: number): string => `post-link-${padded(n, 3)}`
export const imagePostId = (n: number): string => `post-image-${padded(n, 3)}`

/** Where the seeded link number n leads, old or new. */
export const linkTarget = (n: number): string => cycle(LINK_TARGETS, n - 1)

/** Who owns the seeded image, link or post number n. */
export const ownerOf = (n: number): string => cycle(ACCOUNTS, n - 1)

/** Posts 1 to 10 of each kind carry recent content, 11 to 20 old content. */
const RECENT_POSTS = 10
/** Images of image posts begin here, clear of those which timelines show and caches may hold. */
const FIRST_POST_IMAGE = 101

export const imageOfPost = (n: number): string =>
  n <= RECENT_POSTS
    ? newImageId(FIRST_POST_IMAGE + n - 1)
    : oldImageId(FIRST_POST_IMAGE + n - RECENT_POSTS - 1)

/** Number of the link that link post n carries; see linkTarget. */
const FIRST_POST_LINK = 11
export const linkOfPost = (n: number): string =>
  n <= RECENT_POSTS
    ? newLinkCode(FIRST_POST_LINK + n - 1)
    : oldLinkCode(FIRST_POST_LINK + n - RECENT_POSTS - 1)

export const targetOfLinkPost = (n: number): string =>
  linkTarget(Number(linkOfPost(n).replace(/\D/g, '')))

/** Everyone's favourite, so a cache that has served any traffic holds it. */
export const POPULAR_OLD_IMAGE = oldImageId(1)

export interface TimelinePost {
  readonly id: string
  readonly author: string
  readonly text: string
  readonly mediaId?: string
  readonly linkCode?: string
}

/** The same accounts are followed by every seeded account. */
export const HOME_TIMELINE: readonly TimelinePost[] = [
  { id: 'post-home-1', author: 'grace', text: 'It is easier to ask forgiveness than permission.' },
  { id: 'post-home-2', author: 'ada', text: 'The engine, at last.', mediaId: newImageId(1) },
  { id: 'post-home-3', author: 'newsdesk', text: 'What went wrong.', linkCode: newLinkCode(1) },
  { id: 'post-home-4', author: 'margaret', text: 'There was no second chance. We knew that.' },
  { id: 'post-home-5', author: 'radia', text: 'A tree, in a graph.', mediaId: newImageId(2) },
  { id: 'post-home-6', author: 'linus', text: 'Worth a look.', linkCode: newLinkCode(2) },
]

/** Chosen by editors, for visitors without an account. */
export const PUBLIC_TIMELINE: readonly TimelinePost[] = [
  { id: 'post-public-1', author: 'newsdesk', text: 'Today in pictures.', mediaId: newImageId(3) },
  { id: 'post-public-2', author: 'katherine', text: 'Numbers first.' },
  { id: 'post-public-3', author: 'newsdesk', text: 'From the archive.', mediaId: oldImageId(1) },
  { id: 'post-public-4', author: 'dennis', text: 'Read this.', linkCode: newLinkCode(3) },
  { id: 'post-public-5', author: 'barbara', text: 'Substitution is a principle.' },
  { id: 'post-public-6', author: 'edsger', text: 'Considered harmful.', linkCode: newLinkCode(4) },
]

/** Content created before this moment is legacy content, stored under its own prefix. */
export const LEGACY_CUTOFF = '2020-01-01T00:00:00.000Z'
export const LEGACY_PREFIX = 'legacy/2019'

/** Deterministic times: old content is from 2015 on, recent content from early 2023, one a minute. */
export const oldTime = (n: number): string => minutesAfter('2015-06-01T00:00:00.000Z', n)
export const newTime = (n: number): string => minutesAfter('2023-03-01T00:00:00.000Z', n)

function minutesAfter(start: string, minutes: number): string {
  return new Date(Date.parse(start) + minutes * 60_000).toISOString()
}

function cycle(list: readonly string[], index: number): string {
  const item = list[index % list.length]
  if (item === undefined) throw new RangeError(`no item ${index} in an empty list`)
  return item
}

export function developmentKey(appId: string): string {
  const app = APPS.find(({ id }) => id === appId)
  if (app === undefined) throw new RangeError(`no app ${appId}`)
  return app.key
}
