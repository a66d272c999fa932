import { randomInt } from 'node:crypto'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import {
  NEW_LINK_COUNT,
  OLD_LINK_COUNT,
  PAGE_LINKS,
  linkTarget,
  newLinkCode,
  newTime,
  oldLinkCode,
  oldTime,
} from '../seed-facts.ts'

export interface Link {
  code: string
  url: string
  createdAt: string
  clicks: number
}

export const LINK_SCHEMA = `CREATE TABLE links (
  code TEXT PRIMARY KEY, url TEXT NOT NULL, created_at TEXT NOT NULL, clicks INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID`

const CODE_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
/** 62^8 codes: the chance that two meet is negligible, and the primary key would refuse the second. */
const CODE_LENGTH = 8

export class LinkStore {
  readonly #insert: StatementSync
  readonly #select: StatementSync
  readonly #count: StatementSync

  constructor(db: DatabaseSync) {
    this.#insert = db.prepare(`INSERT INTO links (code, url, created_at) VALUES (?, ?, ?)`)
    this.#select = db.prepare(`SELECT code, url, created_at, clicks FROM links WHERE code = ?`)
    this.#count = db.prepare(`UPDATE links SET clicks = clicks + 1 WHERE code = ?`)
  }

  create(url: string): Link {
    const code = Array.from({ length: CODE_LENGTH }, () =>
      CODE_ALPHABET.charAt(randomInt(CODE_ALPHABET.length)),
    ).join('')
    return this.add(code, url, new Date().toISOString())
  }

  add(code: string, url: string, createdAt: string): Link {
    this.#insert.run(code, url, createdAt)
    return { code, url, createdAt, clicks: 0 }
  }

  find(code: string): Link | undefined {
    const row = this.#select.get(code)
    if (row === undefined) return undefined
    return {
      code: String(row['code']),
      url: String(row['url']),
      createdAt: String(row['created_at']),
      clicks: Number(row['clicks']),
    }
  }

  countClick(code: string): void {
    this.#count.run(code)
  }
}

export function seedLinks(db: DatabaseSync): void {
  const store = new LinkStore(db)
  for (let n = 1; n <= OLD_LINK_COUNT; n++) store.add(oldLinkCode(n), linkTarget(n), oldTime(n))
  for (let n = 1; n <= NEW_LINK_COUNT; n++) store.add(newLinkCode(n), linkTarget(n), newTime(n))
  for (const [code, url] of Object.entries(PAGE_LINKS)) store.add(code, url, oldTime(0))
}
