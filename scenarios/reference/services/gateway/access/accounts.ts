import { randomBytes, scrypt, scryptSync, timingSafeEqual } from 'node:crypto'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { promisify } from 'node:util'
import { sha256 } from '../../common/secrets.ts'
import { ACCOUNTS, oldTime, passwordOf } from '../../seed-facts.ts'

export interface Account {
  id: string
  name: string
  createdAt: string
}

export const ACCOUNT_SCHEMA = `CREATE TABLE accounts (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, created_at TEXT NOT NULL,
  salt BLOB NOT NULL, password_hash BLOB NOT NULL
) STRICT`

// Far below what a real site needs (N = 2^17), on purpose: load tests sign in all the time, and they are to
// measure the site, not the hash. About half a millisecond.
const COST = { N: 256, r: 8, p: 1 }
const HASH_BYTES = 32

const scryptAsync = promisify(
  (password: string, salt: Uint8Array, done: (error: Error | null, hash: Buffer) => void) =>
    scrypt(password, salt, HASH_BYTES, COST, done),
)

export class Accounts {
  readonly #select: StatementSync

  constructor(db: DatabaseSync) {
    this.#select = db.prepare(`SELECT * FROM accounts WHERE id = ?`)
  }

  find(id: string): Account | undefined {
    const row = this.#select.get(id)
    if (row === undefined) return undefined
    return {
      id: String(row['id']),
      name: String(row['name']),
      createdAt: String(row['created_at']),
    }
  }

  async checkPassword(id: string, password: string): Promise<boolean> {
    const row = this.#select.get(id)
    // Unknown users cost as much as known ones, so that the time does not tell which exist.
    const salt = (row?.['salt'] as Uint8Array | undefined) ?? randomBytes(16)
    const hash = await scryptAsync(password, salt)
    return row !== undefined && timingSafeEqual(hash, row['password_hash'] as Uint8Array)
  }
}

export function seedAccounts(db: DatabaseSync): void {
  const insert = db.prepare(`INSERT INTO accounts VALUES (?, ?, ?, ?, ?)`)
  for (const id of ACCOUNTS) {
    const name = id.charAt(0).toUpperCase() + id.slice(1)
    // Of these accounts everybody knows the passwords; the seed is to be the same each time.
    const salt = sha256(`salt of ${id}`).subarray(0, 16)
    insert.run(id, name, oldTime(0), salt, scryptSync(passwordOf(id), salt, HASH_BYTES, COST))
  }
}
