import { timingSafeEqual } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { sha256 } from '../../common/secrets.ts'
import { APPS } from '../../seed-facts.ts'

export interface App {
  readonly id: string
  readonly name: string
  /** Made by the site itself. */
  readonly firstParty: boolean
  readonly kind: 'app' | 'service'
}

export const APP_SCHEMA = `CREATE TABLE apps (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, first_party INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('app', 'service')), key_hash BLOB NOT NULL
) STRICT`

/** Who may call at all. A few entries that hardly change, so they are read once, at the start. */
export class AppDirectory {
  readonly #entries: ReadonlyMap<string, { app: App; keyHash: Uint8Array }>

  /** `serviceKeys` are this deployment's; they replace the keys stored for those apps. */
  constructor(db: DatabaseSync, serviceKeys: Readonly<Record<string, string>>) {
    const rows = db.prepare(`SELECT id, name, first_party, kind, key_hash FROM apps`).all()
    this.#entries = new Map(
      rows.map((row) => {
        const id = String(row['id'])
        const app: App = {
          id,
          name: String(row['name']),
          firstParty: row['first_party'] === 1,
          kind: row['kind'] === 'service' ? 'service' : 'app',
        }
        const key = serviceKeys[id]
        const keyHash = key === undefined ? (row['key_hash'] as Uint8Array) : sha256(key)
        return [id, { app, keyHash }]
      }),
    )
  }

  /** Undefined when the app is unknown or the key is not its own. */
  identify(id: string | undefined, key: string | undefined): App | undefined {
    const entry = this.#entries.get(id ?? '')
    if (entry === undefined || key === undefined) return undefined
    return timingSafeEqual(sha256(key), entry.keyHash) ? entry.app : undefined
  }
}

export function seedApps(db: DatabaseSync): void {
  const insert = db.prepare(`INSERT INTO apps VALUES (?, ?, ?, ?, ?)`)
  for (const { id, name, firstParty, kind, key } of APPS) {
    insert.run(id, name, firstParty ? 1 : 0, kind, sha256(key))
  }
}
