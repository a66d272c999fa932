import {
  combine,
  count,
  fail,
  inconclusive,
  pass,
  type JournalEvent,
  type Verdict,
  type WriteRecord,
} from '../core/index.ts'
import { isCutShort } from './history.ts'

const namedInMessage = 3

/** Whether every acknowledged write can be read exactly once, and none that was refused. Nothing acknowledged proves nothing. */
export function checkWrites(history: readonly JournalEvent[]): Verdict {
  const started = history.find((event) => event.kind === 'run.started')
  if (started?.writes === undefined) return pass
  if (isCutShort(history)) return pass
  const finding = history.findLast((event) => event.kind === 'writes.checked')
  if (!finding) {
    return inconclusive({ code: 'no-data', message: 'what was written was never read back' })
  }
  const { ok, failed, lost, duplicated, phantom, unread } = finding
  return combine([
    pass,
    ...(lost.count === 0
      ? []
      : [
          fail({
            code: 'write-lost',
            message: `${lost.count} of ${ok} acknowledged writes cannot be read any more: ${named(lost)}`,
          }),
        ]),
    ...(duplicated.count === 0
      ? []
      : [
          fail({
            code: 'write-duplicated',
            message: `${count(duplicated.count, 'write')} ${duplicated.count === 1 ? 'is' : 'are'} there more than once: ${named(duplicated)}`,
          }),
        ]),
    ...(phantom === undefined || phantom.count === 0
      ? []
      : [
          fail({
            code: 'write-phantom',
            message: `${phantom.count} of ${failed} refused writes are there all the same: ${named(phantom)}`,
          }),
        ]),
    ...(unread.count === 0
      ? []
      : [
          inconclusive({
            code: 'no-data',
            message: `${unread.count} of ${ok} acknowledged writes could not be read back${unread.why === undefined ? '' : `: ${unread.why}`}`,
          }),
        ]),
    ...(ok > 0
      ? []
      : [
          inconclusive({
            code: 'no-data',
            message: 'no write was acknowledged, so none can have been lost',
          }),
        ]),
  ])
}

function named({ count, first }: { count: number; first: readonly WriteRecord[] }): string {
  const shown = first.slice(0, namedInMessage).map(({ kind, id, reference, flow, actor, atMs }) => {
    const known = reference === undefined ? '' : `, acknowledged as ${reference}`
    return `${kind} '${id}' of ${flow} as ${actor} at ${(atMs / 1000).toFixed(1)} s${known}`
  })
  const more = count - shown.length
  return `${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}`
}
