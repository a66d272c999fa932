import { randomBytes } from 'node:crypto'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Clock } from '../../common/lru-cache.ts'
import { sha256 } from '../../common/secrets.ts'

export const SESSION_SCHEMA = `CREATE TABLE sessions (
  token_hash BLOB PRIMARY KEY, account TEXT NOT NULL, expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID`

/** Shared by all replicas through the database, which knows digests of tokens only. */
export class Sessions {
  readonly #insert: StatementSync
  readonly #select: StatementSync
  readonly #clock: Clock

  constructor(db: DatabaseSync, clock: Clock = Date) {
    this.#clock = clock
    this.#insert = db.prepare(`INSERT INTO sessions VALUES (?, ?, ?)`)
    this.#select = db.prepare(
      `SELECT account FROM sessions WHERE token_hash = ? AND expires_at > ?`,
    )
  }

  create(account: string, ttlS: number): string {
    const token = randomBytes(24).toString('base64url')
    this.#insert.run(sha256(token), account, this.#clock.now() + ttlS * 1_000)
    return token
  }

  /** The account of a valid session. */
  accountOf(token: string): string | undefined {
    const row = this.#select.get(sha256(token), this.#clock.now())
    return row === undefined ? undefined : String(row['account'])
  }
}
