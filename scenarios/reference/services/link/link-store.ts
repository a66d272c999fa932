import { randomInt } from 'node:crypto'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import {
  LEGACY_PREFIX,
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

/** Links from before the cutoff keep the keys of the system that made them, their code below a prefix. */
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

  /** By its code, or else below the first of these prefixes that has it. */
  find(code: string, legacyPrefixes: readonly string[] = []): Link | undefined {
    for (const key of keysOf(code, legacyPrefixes)) {
      const row = this.#select.get(key)
      if (row !== undefined) return toLink(code, row)
    }
    return undefined
  }

  countClick(code: string, legacyPrefixes: readonly string[] = []): void {
    keysOf(code, legacyPrefixes).find((key) => this.#count.run(key).changes > 0)
  }
}

function keysOf(code: string, legacyPrefixes: readonly string[]): string[] {
  return [code, ...legacyPrefixes.map((prefix) => keyBelow(prefix, code))]
}

function keyBelow(prefix: string, code: string): string {
  return prefix === '' ? code : `${prefix}/${code}`
}

type Row = NonNullable<ReturnType<StatementSync['get']>>

function toLink(code: string, row: Row): Link {
  return {
    code,
    url: String(row['url']),
    createdAt: String(row['created_at']),
    clicks: Number(row['clicks']),
  }
}

export function seedLinks(db: DatabaseSync): void {
  const store = new LinkStore(db)
  for (let n = 1; n <= OLD_LINK_COUNT; n++) {
    store.add(keyBelow(LEGACY_PREFIX, oldLinkCode(n)), linkTarget(n), oldTime(n))
  }
  for (let n = 1; n <= NEW_LINK_COUNT; n++) store.add(newLinkCode(n), linkTarget(n), newTime(n))
  for (const [code, url] of Object.entries(PAGE_LINKS)) store.add(code, url, oldTime(0))
}
