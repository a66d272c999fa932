import type { DatabaseSync } from 'node:sqlite'
import {
  HOME_TIMELINE,
  IMAGE_POST_COUNT,
  LINK_POST_COUNT,
  PUBLIC_TIMELINE,
  imageOfPost,
  imagePostId,
  linkOfPost,
  linkPostId,
  newTime,
  ownerOf,
  type TimelinePost,
} from '../../seed-facts.ts'
import { APP_SCHEMA, seedApps } from '../access/app-directory.ts'
import { ACCOUNT_SCHEMA, seedAccounts } from '../access/accounts.ts'
import { SESSION_SCHEMA } from '../access/sessions.ts'
import { POST_SCHEMA, Posts, type TimelineName } from './posts.ts'

export const GATEWAY_SCHEMA = [APP_SCHEMA, ACCOUNT_SCHEMA, SESSION_SCHEMA, POST_SCHEMA].join(';')

export function seedGateway(db: DatabaseSync): void {
  seedApps(db)
  seedAccounts(db)
  const posts = new Posts(db)
  for (let n = 1; n <= LINK_POST_COUNT; n++) {
    const text = `Found this, number ${n}.`
    const linkCode = linkOfPost(n)
    posts.add({ id: linkPostId(n), author: ownerOf(n), text, createdAt: newTime(n), linkCode })
  }
  for (let n = 1; n <= IMAGE_POST_COUNT; n++) {
    const text = `Look at this, number ${n}.`
    const mediaId = imageOfPost(n)
    posts.add({ id: imagePostId(n), author: ownerOf(n), text, createdAt: newTime(n), mediaId })
  }
  seedTimeline(db, posts, 'home', HOME_TIMELINE)
  seedTimeline(db, posts, 'public', PUBLIC_TIMELINE)
}

function seedTimeline(
  db: DatabaseSync,
  posts: Posts,
  name: TimelineName,
  entries: readonly TimelinePost[],
): void {
  const insert = db.prepare(`INSERT INTO timelines VALUES (?, ?, ?)`)
  entries.forEach((entry, position) => {
    // The first post of a timeline is its latest.
    posts.add({ ...entry, createdAt: newTime(1_000 - position) })
    insert.run(name, position, entry.id)
  })
}
