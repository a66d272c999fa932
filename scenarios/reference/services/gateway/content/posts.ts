import { randomBytes } from 'node:crypto'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { inTransaction } from '../../common/database.ts'

export interface Post {
  id: string
  author: string
  text: string
  createdAt: string
  mediaId?: string
  linkCode?: string
}

export type NewPost = Pick<Post, 'author' | 'text' | 'mediaId' | 'linkCode'>

export const POST_SCHEMA = `CREATE TABLE posts (
  id TEXT PRIMARY KEY, author TEXT NOT NULL, text TEXT NOT NULL, created_at TEXT NOT NULL,
  media_id TEXT, link_code TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX posts_by_text ON posts (author, text);
CREATE TABLE timelines (
  name TEXT NOT NULL, position INTEGER NOT NULL, post_id TEXT NOT NULL, PRIMARY KEY (name, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE published (
  account TEXT NOT NULL, day TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (account, day)
) STRICT, WITHOUT ROWID`

export type TimelineName = 'home' | 'public'

export class Posts {
  readonly #db: DatabaseSync
  readonly #insert: StatementSync
  readonly #select: StatementSync
  readonly #byText: StatementSync
  readonly #timeline: StatementSync
  readonly #countUp: StatementSync

  constructor(db: DatabaseSync) {
    this.#db = db
    this.#insert = db.prepare(`INSERT INTO posts VALUES (?, ?, ?, ?, ?, ?)`)
    this.#select = db.prepare(`SELECT * FROM posts WHERE id = ?`)
    this.#byText = db.prepare(`SELECT * FROM posts WHERE author = ? AND text = ? LIMIT 20`)
    this.#timeline = db.prepare(
      `SELECT posts.* FROM timelines JOIN posts ON posts.id = post_id WHERE name = ? ORDER BY position`,
    )
    this.#countUp = db.prepare(
      `INSERT INTO published VALUES (?, ?, 1)
       ON CONFLICT DO UPDATE SET count = count + 1 WHERE count < ? RETURNING count`,
    )
  }

  /** Undefined when the account has used up its day. The count is shared by all replicas. */
  publish(post: NewPost, perDay: number | undefined, now: Date): Post | undefined {
    if (perDay !== undefined && perDay < 1) return undefined
    const createdAt = now.toISOString()
    const id = `p${now.getTime().toString(36)}${randomBytes(5).toString('hex')}`
    const stored = { ...post, id, createdAt }
    return inTransaction(this.#db, () => {
      const limit = perDay ?? Number.MAX_SAFE_INTEGER
      const counted = this.#countUp.get(post.author, createdAt.slice(0, 10), limit)
      if (counted === undefined) return undefined
      this.add(stored)
      return stored
    })
  }

  add(post: Post): void {
    const { id, author, text, createdAt, mediaId, linkCode } = post
    this.#insert.run(id, author, text, createdAt, mediaId ?? null, linkCode ?? null)
  }

  find(id: string): Post | undefined {
    const row = this.#select.get(id)
    return row === undefined ? undefined : toPost(row)
  }

  /** Posts of an account with just this text. */
  by(author: string, text: string): Post[] {
    return this.#byText.all(author, text).map(toPost)
  }

  timeline(name: TimelineName): Post[] {
    return this.#timeline.all(name).map(toPost)
  }
}

type Row = NonNullable<ReturnType<StatementSync['get']>>

function toPost(row: Row): Post {
  const mediaId = row['media_id']
  const linkCode = row['link_code']
  return {
    id: String(row['id']),
    author: String(row['author']),
    text: String(row['text']),
    createdAt: String(row['created_at']),
    ...(typeof mediaId === 'string' ? { mediaId } : {}),
    ...(typeof linkCode === 'string' ? { linkCode } : {}),
  }
}
