import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { BlobLocation } from './blob-store.ts'

export interface ImageRecord {
  id: string
  owner: string
  createdAt: string
  contentType: string
  width: number
  height: number
  etag: string
  original: BlobLocation
  thumb: BlobLocation & { contentType: string; etag: string }
}

export const IMAGE_SCHEMA = `CREATE TABLE images (
  id TEXT PRIMARY KEY, owner TEXT NOT NULL, created_at TEXT NOT NULL, content_type TEXT NOT NULL,
  width INTEGER NOT NULL, height INTEGER NOT NULL, etag TEXT NOT NULL,
  volume TEXT NOT NULL, "offset" INTEGER NOT NULL, length INTEGER NOT NULL,
  thumb_type TEXT NOT NULL, thumb_etag TEXT NOT NULL,
  thumb_offset INTEGER NOT NULL, thumb_length INTEGER NOT NULL
) STRICT, WITHOUT ROWID`

/** What is known of each image; the bytes are in the blob store. */
export class ImageCatalog {
  readonly #insert: StatementSync
  readonly #select: StatementSync

  constructor(db: DatabaseSync) {
    this.#insert = db.prepare(
      `INSERT INTO images VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    this.#select = db.prepare(`SELECT * FROM images WHERE id = ?`)
  }

  /** The thumbnail lies in the volume of the original. */
  add(image: ImageRecord): void {
    const { original, thumb } = image
    this.#insert.run(
      image.id,
      image.owner,
      image.createdAt,
      image.contentType,
      image.width,
      image.height,
      image.etag,
      original.volume,
      original.offset,
      original.length,
      thumb.contentType,
      thumb.etag,
      thumb.offset,
      thumb.length,
    )
  }

  find(id: string): ImageRecord | undefined {
    const row = this.#select.get(id)
    return row === undefined ? undefined : toRecord(row)
  }
}

type Row = NonNullable<ReturnType<StatementSync['get']>>

function toRecord(row: Row): ImageRecord {
  const text = (column: string): string => String(row[column])
  const count = (column: string): number => Number(row[column])
  const volume = text('volume')
  return {
    id: text('id'),
    owner: text('owner'),
    createdAt: text('created_at'),
    contentType: text('content_type'),
    width: count('width'),
    height: count('height'),
    etag: text('etag'),
    original: { volume, offset: count('offset'), length: count('length') },
    thumb: {
      volume,
      offset: count('thumb_offset'),
      length: count('thumb_length'),
      contentType: text('thumb_type'),
      etag: text('thumb_etag'),
    },
  }
}
