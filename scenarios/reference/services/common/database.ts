import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

const BUSY_TIMEOUT_MS = 5_000

/**
 * Opens the service's database, shared by its replicas. `schema` and `seed` run in one transaction, once
 * for the directory: a replica that starts at the same time waits for the first and finds the work done.
 */
export function openDatabase(
  dataDir: string,
  service: string,
  schema: string,
  seed: (db: DatabaseSync) => void,
): DatabaseSync {
  mkdirSync(dataDir, { recursive: true })
  const db = new DatabaseSync(join(dataDir, `${service}.db`), { timeout: BUSY_TIMEOUT_MS })
  try {
    const seeded = untilUnlocked(() => {
      // Losing the last moments on a power cut is fine here, an fsync per post is not.
      db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
      return isSeeded(db)
    })
    if (!seeded) {
      inTransaction(db, () => {
        if (isSeeded(db)) return
        db.exec(schema)
        seed(db)
        db.exec(`CREATE TABLE seeded (at TEXT NOT NULL) STRICT;
          INSERT INTO seeded VALUES ('${new Date().toISOString()}')`)
      })
    }
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** Every row of every table, but for the moment of the seed. */
export function databaseContents(db: DatabaseSync): unknown {
  const tables = db
    .prepare(
      `SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'seeded' ORDER BY name`,
    )
    .all()
  return tables.map(({ name }) => [name, db.prepare(`SELECT * FROM "${String(name)}"`).all()])
}

/** The schema and the seed are committed together, so the marker vouches for both. */
export function isSeeded(db: DatabaseSync): boolean {
  return (
    db.prepare(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'seeded'`).get() !==
    undefined
  )
}

export function inTransaction<T>(db: DatabaseSync, body: () => T): T {
  // IMMEDIATE takes the write lock at once: a read that turns into a write cannot wait for it.
  db.exec('BEGIN IMMEDIATE')
  try {
    const result = body()
    db.exec('COMMIT')
    return result
  } catch (error) {
    db.exec('ROLLBACK')
    throw error
  }
}

/** SQLite does not apply the busy timeout while two processes race for the switch to WAL mode. */
function untilUnlocked<T>(body: () => T): T {
  const deadline = Date.now() + BUSY_TIMEOUT_MS
  for (;;) {
    try {
      return body()
    } catch (error) {
      const locked = error instanceof Error && error.message.includes('locked')
      if (!locked || Date.now() > deadline) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}
