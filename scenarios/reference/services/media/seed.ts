import type { DatabaseSync } from 'node:sqlite'
import {
  LEGACY_PREFIX,
  NEW_IMAGE_COUNT,
  OLD_IMAGE_COUNT,
  newImageId,
  newTime,
  oldImageId,
  oldTime,
  ownerOf,
} from '../seed-facts.ts'
import { CURRENT_PREFIX, type BlobStore } from './blob-store.ts'
import { ImageCatalog } from './image-catalog.ts'
import { SEED_IMAGE_EDGE, seedPng } from './seed-png.ts'

interface Batch {
  /** Where the content really lies, whatever the configuration says about it. */
  prefix: string
  count: number
  idOf: (n: number) => string
  timeOf: (n: number) => string
  /** Keeps the colours of the batches apart. */
  firstColour: number
}

const VOLUME = 'seed.volume'

const BATCHES: readonly Batch[] = [
  {
    prefix: LEGACY_PREFIX,
    count: OLD_IMAGE_COUNT,
    idOf: oldImageId,
    timeOf: oldTime,
    firstColour: 1,
  },
  {
    prefix: CURRENT_PREFIX,
    count: NEW_IMAGE_COUNT,
    idOf: newImageId,
    timeOf: newTime,
    firstColour: OLD_IMAGE_COUNT + 1,
  },
]

/** Six hundred small images in two volumes. They are small enough to be their own thumbnails. */
export function seedImages(db: DatabaseSync, blobs: BlobStore): void {
  const catalog = new ImageCatalog(db)
  for (const batch of BATCHES) {
    const parts: Buffer[] = []
    let offset = 0
    for (let n = 1; n <= batch.count; n++) {
      const bytes = seedPng(batch.firstColour + n - 1)
      const id = batch.idOf(n)
      const location = { volume: VOLUME, offset, length: bytes.length }
      const etag = `"seed-${id}"`
      catalog.add({
        id,
        owner: ownerOf(n),
        createdAt: batch.timeOf(n),
        contentType: 'image/png',
        width: SEED_IMAGE_EDGE,
        height: SEED_IMAGE_EDGE,
        etag,
        original: location,
        thumb: { ...location, contentType: 'image/png', etag },
      })
      parts.push(bytes)
      offset += bytes.length
    }
    blobs.writeSync(batch.prefix, VOLUME, Buffer.concat(parts))
  }
}
