import { Pointer, createPatch, type Operation } from 'rfc6902'
import { differenceLines } from '../changes/index.ts'
import { unusable, type Bench } from './bench.ts'

/** What writing a document would alter on one replica. */
export interface Alteration {
  readonly replica: string
  /** What it has now, with and without the number that grows with each write. */
  readonly now: unknown
  readonly plain: unknown
  /** Empty when it has the document already. */
  readonly difference: readonly string[]
}

const readMs = 5_000

/** By replica of the service, in order. */
export async function alterationsBy(
  bench: Bench,
  service: string,
  document: unknown,
): Promise<readonly Alteration[]> {
  const signal = bench.within(readMs)
  return Promise.all(
    bench.configsOf(service).map(async ({ id, config }) => {
      const now = (await config.read(signal)).document
      const plain = bench.withoutGeneration(service, now)
      return { replica: id, now, plain, difference: differenceLines(plain, document) }
    }),
  )
}

/** What makes the wanted document of each of these. Where that is not the same for all of them, whole members are put in or taken out. */
export function operationsFor(documents: readonly unknown[], wanted: unknown): Operation[] {
  const patches = documents.map((document) => createPatch(document, wanted))
  const [first = []] = patches
  if (new Set(patches.map((patch) => JSON.stringify(patch))).size <= 1) return first
  if (![...documents, wanted].every(hasMembers)) {
    throw unusable('what has no members can be written only to replicas that have the same now')
  }
  const members = new Set(patches.flat().map(({ path }) => `/${path.split('/')[1]}`))
  return [...members].flatMap((path): Operation[] => {
    const value: unknown = Pointer.fromJSON(path).evaluate(wanted).value
    // What some do not have can be taken out of all only when it is put in before.
    return value === undefined
      ? [
          { op: 'add', path, value: null },
          { op: 'remove', path },
        ]
      : [{ op: 'add', path, value }]
  })
}

function hasMembers(document: unknown): boolean {
  return typeof document === 'object' && document !== null && !Array.isArray(document)
}
